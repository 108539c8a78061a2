/* See mark.h. The flush takes what waits, stores it, and then takes away what has not moved since.
 */
#include "base/log.h"
#include "base/metric.h"
#include "domain/mark.h"
#include "domain/publish.h"

/* One step, so that a mark that was raised while the older one was being stored stays. A late one
 * of a flush that hung does no harm either. KEYS: the set. ARGV: member, score, member, score … */
static const char take_away[] = "for i = 1, #ARGV, 2 do\n"
				"	local s = redis.call('ZSCORE', KEYS[1], ARGV[i])\n"
				"	if s and tonumber(s) <= tonumber(ARGV[i + 1]) then "
				"redis.call('ZREM', KEYS[1], ARGV[i]) end\n"
				"end\n"
				"return redis.call('ZCARD', KEYS[1])";

struct taken {
	size_t n;
	int64_t accounts[MARKS_BATCH], channels[MARKS_BATCH], reads[MARKS_BATCH],
	    delivered[MARKS_BATCH];
};

/* <account>:<channel>:r|d. False: none of ours. */
static bool
add_mark(struct taken *t, struct str member, int64_t seq)
{
	uint64_t account, channel;

	if (!str_to_u64(str_cut(&member, ':'), INT64_MAX, &account) ||
	    !str_to_u64(str_cut(&member, ':'), INT64_MAX, &channel))
		return false;
	bool read = str_eq(member, STR("r"));
	if (seq == 0 || (!read && !str_eq(member, STR("d"))))
		return false;
	t->accounts[t->n] = (int64_t)account;
	t->channels[t->n] = (int64_t)channel;
	t->reads[t->n] = read ? seq : 0;
	t->delivered[t->n++] = read ? 0 : seq;
	return true;
}

/* What waits, lowest first, and that somebody cares. */
static enum err
look(struct world *w, struct arena *a, const struct redis_value **list)
{
	const struct str range[] = { STR("ZRANGE"), STR(MARKS_DIRTY), STR("0"),
		str_of(arena_printf(a, "%d", MARKS_BATCH - 1)), STR("WITHSCORES") };
	const struct str set[] = { STR("SET"), STR(MARKS_FLUSHER), STR("1"), STR("EX"),
		str_of(arena_printf(a, "%d", MARKS_FLUSHER_S)) };
	struct redis_command *c = arena_calloc(a, 2, sizeof(*c));

	c[0] = (struct redis_command){ .argv = range, .argc = 5 };
	c[1] = (struct redis_command){ .argv = set, .argc = 5 };
	TRY(redis_run(w->redis, a, c, 2));
	if (c[0].answer.kind != REDIS_LIST)
		return ERR_UNAVAILABLE;
	*list = &c[0].answer;
	return ERR_OK;
}

static enum err
forget(struct world *w, struct arena *a, const struct redis_value *list)
{
	struct str *argv = arena_calloc(a, list->n + 4, sizeof(*argv));
	struct redis_command c = { .argv = argv, .argc = list->n + 4 };

	argv[0] = STR("EVAL");
	argv[1] = (struct str){ take_away, sizeof(take_away) - 1 };
	argv[2] = STR("1");
	argv[3] = STR(MARKS_DIRTY);
	for (size_t i = 0; i < list->n; i++)
		argv[4 + i] = redis_value_text(&list->items[i]);
	TRY(redis_run(w->redis, a, &c, 1));
	return c.answer.kind == REDIS_INT ? ERR_OK : ERR_UNAVAILABLE;
}

static enum err
store(struct world *w, struct arena *a, const struct taken *t)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_MARKS_FLUSH, PG_ARGS(pg_int_array(a, t->accounts, t->n),
	    pg_int_array(a, t->channels, t->n), pg_int_array(a, t->reads, t->n),
	    pg_int_array(a, t->delivered, t->n)), &rows));
	publish_rows(w, &rows);
	metric_add(METRIC_marks_flushed, (int64_t)t->n);
	return ERR_OK;
}

enum err
marks_flush(struct world *w, struct arena *a, size_t *n)
{
	const struct redis_value *list;
	struct taken *t = arena_calloc(a, 1, sizeof(*t));

	*n = 0;
	TRY(look(w, a, &list));
	for (size_t i = 0; i + 1 < list->n && t->n < MARKS_BATCH; i += 2) {
		struct str member = redis_value_text(&list->items[i]);

		if (!add_mark(t, member, mark_score(&list->items[i + 1])))
			log_warn("not a mark", lf_strn("member", member));
	}
	if (t->n > 0)
		TRY(store(w, a, t));
	if (list->n > 0)
		TRY(forget(w, a, list));
	*n = list->n / 2;
	return ERR_OK;
}
