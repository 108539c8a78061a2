#include "jobs/mail.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "domain/mail.h"

static int64_t rest_until; /* clock_mono_ms() */
static int slow;	   /* letters in a row that took long */

/* Whoever did not answer, or hung up before he had said yes or no, is left alone for a while; so is
 * who takes his time again and again: nothing else is done meanwhile. */
static void
note_answer(int64_t took_ms, bool answered)
{
	slow = took_ms > MAIL_SLOW_MS ? slow + 1 : 0;
	rest_until = 0;
	if (answered && slow < 2)
		return;
	rest_until = clock_mono_ms() + MAIL_REST_MS;
	slow = 0;
}

static enum err
hand_over(struct arena *a, const struct mail_settings *settings, const struct letter *letter,
    const struct job *job)
{
	int64_t began = clock_mono_ms();
	struct mail_said said;

	if (began < rest_until) {
		log_info("mail waits: its server did not answer lately", lf_int("job", job->id));
		return ERR_UNAVAILABLE;
	}
	enum err e = letter_send(a, settings, letter, &said);
	note_answer(clock_mono_ms() - began, e == ERR_OK || said.code >= 400);
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
		log_info("mail not sent any more", lf_int("job", job->id),
		    lf_str(
			"why", e == ERR_GONE ? "its link has expired" : "no such address can be"));
		return ERR_OK;
	}
	return e != ERR_OK || letter.to.p == NULL ? e : hand_over(a, &settings, &letter, job);
}
