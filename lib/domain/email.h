/*
 * email - addresses, and new passwords for who reads the mail that is sent there.
 *
 * An address counts once a link sent to it was opened: then it signs in, and takes a new password.
 * Until then it keeps nobody from it: who verifies it first has it.
 */
#ifndef MOOT_DOMAIN_EMAIL_H
#define MOOT_DOMAIN_EMAIL_H

#include "domain/call.h"
#include "domain/factor.h"
#include "domain/ticket.h"

/* Parameters of a statement that may send a link: its hash and its secret, NULL when this
 * installation sends no mail, and what limits are multiplied by. In the arena. */
struct email_link {
	const char *hash;
	const char *secret;
	const char *scale;
};
void email_link_make(struct call *c, struct email_link *out);

/* address "": removes it. ERR_BAD_CREDENTIALS when it is not the actor's password. */
enum err email_set(struct call *c, struct str address, struct str password, struct answer *out);
/* Sends the link again. ERR_NOT_FOUND when no address waits, ERR_RATE_LIMITED when it was sent
 * just now, ERR_MAIL_OFF. */
enum err email_resend(struct call *c, struct answer *out);
/* By the secret of the link. ERR_TICKET, ERR_EMAIL_TAKEN. */
enum err email_verify(struct call *c, struct str secret, struct answer *out);

/* Sends a link for a new password to the verified address of an account, if there is one; what is
 * answered, and the time it takes, do not say. ERR_MAIL_OFF. */
enum err reset_ask(struct call *c, struct str login);
/* By the secret of the link, and a second factor if the account has one: all sessions end.
 * ERR_TICKET; ERR_SECOND_FACTOR when none is shown, ERR_BAD_CREDENTIALS for a wrong one: the link
 * stays. *known: see session_known(), so that who was locked out by others' tries signs in now. */
enum err reset_set(struct call *c, struct str secret, struct str password,
    const struct factor_try *shown, struct answer *out, struct str *known);

#endif
