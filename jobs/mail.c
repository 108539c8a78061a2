#include "jobs/mail.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "domain/mail.h"
#include "jobs/worker.h"

static struct {
	int64_t until;	/* clock_mono_ms() */
	int64_t last;	/* how long it was when the server did not answer; 0 when it did */
} rest;

int64_t
mail_rest_s(void)
{
	int64_t left = rest.until - clock_mono_ms();

	return left > 0 ? (left + 999) / 1000 : 0;
}

int64_t
mail_retry_s(const struct job *job)
{
	int64_t s = worker_retry_s(job->failures);

	if (clock_wall_ms() - (job->id >> 20) > LETTER_LIFE_S * 1000)
		return 0;
	return s > 0 && s < MAIL_RETRY_MAX_S ? s : MAIL_RETRY_MAX_S;
}

/* After a letter that took so long. */
static void
rest_after(int64_t took_ms, bool answered)
{
	if (answered) {
		rest.last = 0;
		rest.until = took_ms > MAIL_SLOW_MS ? clock_mono_ms() + 3 * took_ms : 0;
		return;
	}
	rest.last = rest.last == 0		      ? MAIL_REST_MS
	    : 2 * rest.last < MAIL_REST_MAX_MS ? 2 * rest.last
						      : MAIL_REST_MAX_MS;
	rest.until = clock_mono_ms() + rest.last;
}

static enum err
hand_over(struct arena *a, const struct mail_settings *settings, const struct letter *letter,
    const struct job *job)
{
	struct mail_said said;
	int64_t began = clock_mono_ms();
	enum err e = letter_send(a, settings, letter, &said);

	rest_after(clock_mono_ms() - began, e == ERR_OK || said.answered);
	if (e == ERR_OK) {
		metric_add(METRIC_mails_sent, 1);
		return ERR_OK;
	}
	metric_add(METRIC_mails_failed, 1);
	log_warn(said.refused ? "mail refused for good" : "mail not sent", lf_int("job", job->id),
	    lf_str("what", letter->what), lf_int("code", said.code), lf_str("said", said.text));
	return said.refused ? ERR_OK : e;
}

enum err
mail_step(struct world *w, struct arena *a, const struct job *job, bool *more)
{
	struct mail_settings settings;
	struct letter letter;
	const char *why;

	*more = false;
	enum err e = mail_settings_read(w, a, &settings, &why);
	if (e == ERR_NOT_FOUND) {
		log_info("no mail is sent here", lf_int("job", job->id));
		return ERR_OK;
	}
	if (e != ERR_OK) {
		log_error("mail cannot be sent", lf_str("why", why));
		return e;
	}
	e = letter_make(w, a, &settings, job->id, job->data, clock_wall_ms(), &letter);
	if (e == ERR_GONE || e == ERR_BAD_REQUEST) {
		metric_add(METRIC_mails_failed, 1);
		log_warn("mail not sent any more", lf_int("job", job->id),
		    lf_str("why",
			e == ERR_GONE ? "too old: nobody took it in time"
				      : "its address, or mail_from, cannot be written to"));
		return ERR_OK;
	}
	return e != ERR_OK || letter.to.p == NULL ? e : hand_over(a, &settings, &letter, job);
}
