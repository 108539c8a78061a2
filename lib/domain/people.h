/*
 * people - whom somebody does not want to hear from, and how an account ends.
 */
#ifndef MOOT_DOMAIN_PEOPLE_H
#define MOOT_DOMAIN_PEOPLE_H

#include "domain/call.h"

enum err block_list(struct call *c, struct answer *out);
/* ERR_CONFLICT for oneself, ERR_LIMIT_REACHED above 1,000 people. */
enum err block_put(struct call *c, int64_t user, struct answer *out);
enum err block_delete(struct call *c, int64_t user, struct answer *out);

/* The actor's own account, until an administrator enables it again. ERR_BAD_CREDENTIALS when that
 * is not the password; ERR_CONFLICT for the last administrator. */
enum err me_deactivate(struct call *c, struct str password, struct answer *out);
/* … for good; ERR_OWNER_STAYS for who owns a server. purge: what he has said is deleted too, by a
 * job. */
enum err me_delete(struct call *c, struct str password, bool purge, struct answer *out);

#endif
