/*
 * registration - how accounts come to be: who may register, who waits, and who decides on that.
 *
 * What the configuration says (`registration`, `registration_domains`) holds for whoever registers;
 * neither for the first administrator nor for accounts made from the command line.
 */
#ifndef MOOT_DOMAIN_REGISTRATION_H
#define MOOT_DOMAIN_REGISTRATION_H

#include "domain/call.h"
#include "domain/session.h"

#define REGISTRATION_NOTE_MAX 500

struct registration_form {
	struct str username;
	struct str password;
	struct str email;		/* absent: none */
	struct str display_name;	/* absent: the user name */
	struct str note;		/* to who approves it; absent: none */
	struct str invite;		/* absent: none */
	struct str setup_token;		/* absent: an ordinary registration */
};

/* A new account: signed in (waits absent), or one that waits: then there is nothing but the JSON
 * object {"status":"verify"|"pending"}. */
struct newcomer {
	struct str waits;
	struct grant grant;
	struct str ref;		/* path of the account */
};

/* ERR_REGISTRATION when nobody may register, or not without the invite that was given; in mode
 * `invite` that is accepted in the same transaction, unless the account waits for its address. With
 * a setup token: the first administrator, in any mode; ERR_SETUP_CLOSED. ERR_INVALID when an
 * address of one of registration_domains is wanted. ERR_USERNAME_TAKEN. */
enum err registration_make(
    struct call *c, const struct registration_form *form, struct newcomer *out);

/* For administrators of the installation; ERR_FORBIDDEN, and ERR_NOT_FOUND of a single one. */
enum err registration_list(struct call *c, int64_t most, int64_t after, struct answer *out);
/* Lets in or turns away who waits for that: who is turned away has no account any more.
 * ERR_NOT_FOUND when it does not (any more). */
enum err registration_decide(struct call *c, int64_t account, bool approve, struct answer *out);

/* Adds the domains of registration_domains as a JSON array of words. */
void registration_add_domains(struct buf *out, const struct config *config);
/* The address is of one of these domains, compared without case; any is where there are none. */
bool registration_takes(const struct config *config, struct str address);

#endif
