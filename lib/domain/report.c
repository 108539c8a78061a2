#include "domain/report.h"

#include "domain/params.h"

enum err
message_report(struct call *c, int64_t channel, int64_t message, struct str reason,
    struct str note, struct answer *out)
{
	return call_mutate(c, channel, STMT_MESSAGE_REPORT,
	    PG_ARGS(ACTOR(c), ID(c, channel), ID(c, message), pg_text(c->arena, reason),
		pg_text(c->arena, note)),
	    out);
}

enum err
user_report(struct call *c, int64_t user, int64_t server, struct str reason, struct str note,
    struct answer *out)
{
	return call_mutate(c, server, STMT_USER_REPORT,
	    PG_ARGS(ACTOR(c), ID(c, user), ID(c, server), pg_text(c->arena, reason),
		pg_text(c->arena, note)),
	    out);
}

enum err
report_list(struct call *c, int64_t server, int64_t most, int64_t before, struct str state,
    struct answer *out)
{
	return call_list(c, STMT_REPORT_LIST,
	    PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most), ID_OR_NULL(c, before),
		pg_text(c->arena, state)),
	    out);
}

enum err
report_read(struct call *c, int64_t server, int64_t report, struct answer *out)
{
	return call_read(c, STMT_REPORT_READ, PG_ARGS(ACTOR(c), ID(c, server), ID(c, report)), out);
}

enum err
report_update(struct call *c, int64_t server, int64_t report, struct str state, struct answer *out)
{
	return call_mutate(c, server, STMT_REPORT_UPDATE,
	    PG_ARGS(ACTOR(c), ID(c, server), ID(c, report), pg_text(c->arena, state)), out);
}
