/*
 * account - people: their own data, passwords, personal tokens, what others see.
 */
#ifndef MOOT_DOMAIN_ACCOUNT_H
#define MOOT_DOMAIN_ACCOUNT_H

#include "domain/call.h"
#include "domain/session.h"

#define USERNAME_MIN 2
#define USERNAME_MAX 32
#define EMAIL_MAX 254
#define DISPLAY_NAME_MAX 64
#define BIO_MAX 500
#define CUSTOM_STATUS_MAX 100

/* [A-Za-z0-9_.-]{2,32}; kept in lower case. */
bool username_is_valid(struct str s);
/* As mail_address_is_valid(). */
bool email_is_valid(struct str s);

enum err account_setup_needed(struct call *c, bool *needed);

enum err me_read(struct call *c, struct answer *out);
/* Absent or NULL: unchanged, and nothing is written when all are. */
struct me_change {
	struct str display_name;
	struct str username;
	const bool *receipts;
	const bool *show_last_seen;
	struct str bio;			/* empty removes it */
	struct str time_zone;		/* IANA name; empty removes it */
	struct str dms_from;		/* everyone, shared, nobody */
	bool says;			/* the next three: custom status, absent or empty: none */
	struct str emoji;
	struct str text;
	struct str until;		/* RFC 3339; absent or empty: until he says otherwise */
};
enum err me_update(struct call *c, const struct me_change *m, struct answer *out);
/* It is the actor's password, or ERR_BAD_CREDENTIALS. Few attempts: ERR_RATE_LIMITED. *hash (may
 * be NULL): what it was verified by, in the arena, for statements that ask if it still holds. */
enum err me_prove(struct call *c, struct str password, const char **hash);
/* Ends all other sessions. ERR_BAD_CREDENTIALS when `current` is not the password. */
enum err me_password(struct call *c, struct str current, struct str fresh, struct answer *out);
enum err user_read(struct call *c, int64_t user, struct answer *out);
enum err bootstrap_read(struct call *c, struct answer *out, struct str *cursor);

enum err personal_list(struct call *c, struct answer *out);
/* scopes: words separated by blanks, "" for everything; expires_s: seconds from now, 0 for never.
 * *secret is the token, never to be had again. */
enum err personal_create(struct call *c, struct str name, struct str scopes, int64_t expires_s,
    struct answer *out, struct str *secret);
enum err personal_delete(struct call *c, int64_t token, struct answer *out);

#endif
