/*
 * mail - what people are written. A letter is a row of job of kind `mail`, written in the
 * transaction that causes it (sql/func/23_mail.sql); moot-jobs words and sends it.
 *
 * A letter names people by their user name only, which nobody can write a sentence into, and leads
 * to base_url only, whatever a request said of its host.
 */
#ifndef MOOT_DOMAIN_MAIL_H
#define MOOT_DOMAIN_MAIL_H

#include "domain/world.h"
#include "link/mail.h"
#include "wire/mail_text.h"

#define LETTER_LIFE_S 86400	/* as long as a ticket lasts that goes by mail, or longer */

/* How letters are sent, from the configuration. */
struct mail_settings {
	struct mail_server server;
	struct mailbox from;
};

struct letter {
	struct str to;	  /* absent: to nobody, nothing is to be sent */
	struct str text;  /* the message, as mail_send() takes it */
	const char *what; /* its word */
};

/* This installation sends mail at all. */
bool mail_is_used(const struct config *config);
/* In the arena. ERR_NOT_FOUND when no mail is sent, ERR_INVALID when what is set cannot be used:
 * *why is one line for the administrator. */
enum err mail_settings_read(
    const struct world *w, struct arena *a, struct mail_settings *out, const char **why);
/* Words the letter of a job's data, {"to","what","name","secret"?,"note"?}, in the arena. id makes
 * its Message-ID, so that it is the same each time, and says when it was written. ERR_INTERNAL for
 * what is no letter; ERR_GONE when what it leads to ended before now_ms, or when it leads nowhere
 * and is older than LETTER_LIFE_S; ERR_BAD_REQUEST when its address, or mail_from, is none. */
enum err letter_make(const struct world *w, struct arena *a, const struct mail_settings *settings,
    int64_t id, struct str data, int64_t now_ms, struct letter *out);
/* One of no purpose but to arrive. */
enum err letter_make_test(const struct world *w, struct arena *a,
    const struct mail_settings *settings, struct str to, struct letter *out);
enum err letter_send(struct arena *a, const struct mail_settings *settings,
    const struct letter *letter, struct mail_said *said);

#endif
