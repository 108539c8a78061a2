/*
 * report - what members tell the moderators of a server about a message or a person.
 */
#ifndef MOOT_DOMAIN_REPORT_H
#define MOOT_DOMAIN_REPORT_H

#include "domain/call.h"

#define REPORT_NOTE_MAX 500	/* code points */
#define REPORT_REASONS "spam abuse illegal other"
#define REPORT_STATES "open resolved dismissed"

/* Answers the report's id. note absent: none. ERR_CONFLICT: the same one's is open already. */
enum err message_report(struct call *c, int64_t channel, int64_t message, struct str reason,
    struct str note, struct answer *out);
enum err user_report(struct call *c, int64_t user, int64_t server, struct str reason,
    struct str note, struct answer *out);

/* Newest first, of those the moderator is shown. Absent state: all. */
enum err report_list(struct call *c, int64_t server, int64_t most, int64_t before,
    struct str state, struct answer *out);
enum err report_read(struct call *c, int64_t server, int64_t report, struct answer *out);
enum err report_update(
    struct call *c, int64_t server, int64_t report, struct str state, struct answer *out);

#endif
