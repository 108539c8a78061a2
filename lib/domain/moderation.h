/*
 * moderation - bans, time-outs, and what is taken away in bulk.
 */
#ifndef MOOT_DOMAIN_MODERATION_H
#define MOOT_DOMAIN_MODERATION_H

#include "domain/call.h"

#define REASON_MAX 512		/* code points */
#define BAN_MAX_S 315360000	/* ten years: what lasts longer is for ever */
#define BAN_ERASE_MAX_S 604800
#define TIMEOUT_MIN_S 60
#define TIMEOUT_MAX_S 2419200	/* 28 days */
#define BULK_DELETE_MAX 100

/* expires_s: 0 for ever. erase_s: what he wrote in so many last seconds goes, by a job. */
enum err ban_put(struct call *c, int64_t server, int64_t user, struct str reason, int64_t expires_s,
    int64_t erase_s, struct answer *out);
enum err ban_delete(struct call *c, int64_t server, int64_t user, struct answer *out);
enum err ban_list(struct call *c, int64_t server, int64_t most, int64_t after, struct answer *out);
/* Reading only for `seconds`; 0 ends it. Answers the member. */
enum err member_timeout(struct call *c, int64_t server, int64_t user, int64_t seconds,
    struct str reason, struct answer *out);
/* At most BULK_DELETE_MAX messages of one channel of a server; those that are not there are passed
 * over. */
enum err messages_bulk_delete(
    struct call *c, int64_t channel, const int64_t *ids, size_t n, struct answer *out);
/* What somebody wrote in a server in so many last seconds goes, by a job … */
enum err member_purge(
    struct call *c, int64_t server, int64_t user, int64_t within_s, struct answer *out);
/* … and how many messages of those that the actor sees these are. */
enum err purge_count(
    struct call *c, int64_t server, int64_t user, int64_t within_s, struct answer *out);
/* How many messages are older than so many days, 1 to RETENTION_DAYS_MAX: what keeping them no
 * longer would take. */
enum err server_retention(struct call *c, int64_t server, int64_t days, struct answer *out);
enum err channel_retention(struct call *c, int64_t channel, int64_t days, struct answer *out);

#endif
