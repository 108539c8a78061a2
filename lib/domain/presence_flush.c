/* What the daemons left in Redis goes to Postgres: statuses chosen on a stream, and who was seen
 * when. */
#include <string.h>

#include "base/crypt.h"
#include "base/id.h"
#include "base/log.h"
#include "domain/presence.h"
#include "domain/publish.h"

#define BATCH 500
#define ROUNDS 100 /* batches of one kind in one flush; the rest has time until the next one */
#define ROUND_ARENA (4u << 20)
#define LOCK_S "60"		/* longer than a round: than a statement of the jobs may run */

/* Only for who holds the lock. KEYS: it. ARGV: its value; seconds. */
static const char renew[] =
	"if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
	"return redis.call('EXPIRE', KEYS[1], ARGV[2])";
static const char give_up[] =
	"if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
	"return redis.call('DEL', KEYS[1])";

static enum err
ask(struct world *w, struct arena *a, struct redis_value *out, const struct str *argv, size_t argc)
{
	struct redis_command c = { argv, argc, { 0 } };

	TRY(redis_run(w->redis, a, &c, 1));
	*out = c.answer;
	return ERR_OK;
}

/* Sets what waits aside, unless an earlier flush has not come to its end: then that goes first. */
static enum err
set_aside(struct world *w, struct arena *a, struct str key, struct str aside)
{
	struct redis_value v;

	/* refused when nothing waits */
	return ask(w, a, &v, REDIS_WORDS(STR("RENAMENX"), key, aside));
}

/* Pairs (account, value) of an answer; those whose account is none are only named to be removed. */
struct batch {
	struct str names[BATCH];
	int64_t ids[BATCH];
	struct str values[BATCH];
	size_t n_names;
	size_t n;
};

static void
take_pairs(struct batch *b, const struct redis_value *v)
{
	b->n = b->n_names = 0;
	for (size_t i = 0; i + 1 < v->n && b->n_names < BATCH; i += 2) {
		struct str name = redis_value_text(redis_value_at(v, i));

		b->names[b->n_names++] = name;
		if (id_parse(name, &b->ids[b->n]))
			b->values[b->n++] = redis_value_text(redis_value_at(v, i + 1));
	}
}

static enum err
remove_names(
    struct world *w, struct arena *a, struct str command, struct str key, const struct batch *b)
{
	struct str *argv = arena_calloc(a, b->n_names + 2, sizeof(*argv));
	struct redis_value v;

	argv[0] = command;
	argv[1] = key;
	memcpy(argv + 2, b->names, b->n_names * sizeof(*argv));
	return ask(w, a, &v, argv, b->n_names + 2);
}

static enum err
store_statuses(struct world *w, struct arena *a, const struct batch *b)
{
	struct pg_rows rows;

	TRY(pg_run(w->pg, a, STMT_PRESENCE_STORE, PG_ARGS(pg_int_array(a, b->ids, b->n),
	    pg_text_array(a, b->values, b->n)), &rows));
	publish_rows(w, &rows);
	return ERR_OK;
}

static enum err
store_seen(struct world *w, struct arena *a, const struct batch *b)
{
	int64_t seen[BATCH];

	for (size_t i = 0; i < b->n; i++) {
		uint64_t s = 0;

		str_to_u64(b->values[i], INT64_MAX / 2, &s);
		seen[i] = (int64_t)s;
	}
	return pg_run(w->pg, a, STMT_SEEN_STORE, PG_ARGS(pg_int_array(a, b->ids, b->n),
	    pg_int_array(a, seen, b->n)), NULL);
}

/* *more: something waited, and more of it may. */
static enum err
statuses_round(struct world *w, struct arena *a, struct batch *b, bool *more)
{
	const struct str key = STR(PRESENCE_STATUS_FLUSH);
	struct str cursor = STR("0");
	struct redis_value v;

	/* a scan of what has become small may find nothing for a while */
	for (int i = 0; i < ROUNDS; i++) {
		TRY(ask(w, a, &v, REDIS_WORDS(STR("HSCAN"), key, cursor,
		    STR("COUNT"), STR("400"))));
		cursor = redis_value_text(redis_value_at(&v, 0));
		if (redis_value_at(&v, 1) == NULL || cursor.p == NULL)
			return ERR_OK;
		take_pairs(b, redis_value_at(&v, 1));
		*more = b->n_names > 0;
		if (*more) {
			TRY(store_statuses(w, a, b));
			return remove_names(w, a, STR("HDEL"), key, b);
		}
		if (str_eq(cursor, STR("0")))
			return ERR_OK;
	}
	return ERR_OK;
}

static enum err
seen_round(struct world *w, struct arena *a, struct batch *b, bool *more)
{
	const struct str key = STR(PRESENCE_SEEN_FLUSH);
	struct redis_value v;

	TRY(ask(w, a, &v, REDIS_WORDS(STR("ZRANGE"), key, STR("0"), STR("499"),
	    STR("WITHSCORES"))));
	take_pairs(b, &v);
	*more = b->n_names > 0;
	if (!*more)
		return ERR_OK;
	TRY(store_seen(w, a, b));
	return remove_names(w, a, STR("ZREM"), key, b);
}

/* Runs one of the scripts above; *held: the lock was still ours. */
static enum err
lock_do(struct world *w, struct arena *a, const char *script, const char *ours, bool *held)
{
	struct redis_value v;

	TRY(ask(w, a, &v, REDIS_WORDS(STR("EVAL"), str_of(script), STR("1"),
	    STR(PRESENCE_FLUSH_LOCK), str_of(ours), STR(LOCK_S))));
	*held = v.kind == REDIS_INT && v.number > 0;
	return ERR_OK;
}

/* Anything may wait: each round has memory of its own. *held: false when somebody else goes on. */
static enum err
rounds(struct world *w,
    enum err (*round)(struct world *w, struct arena *a, struct batch *b, bool *more),
    const char *ours, bool *held)
{
	bool more = true;
	enum err e = ERR_OK;

	for (int i = 0; i < ROUNDS && e == ERR_OK && more && *held; i++) {
		struct arena a;

		more = false;
		arena_init(&a, ROUND_ARENA);
		e = lock_do(w, &a, renew, ours, held);
		if (e == ERR_OK && *held)
			e = round(w, &a, arena_new(&a, struct batch), &more);
		arena_release(&a);
	}
	return e;
}

static enum err
flush(struct world *w, struct arena *a, const char *ours)
{
	bool held = true;

	TRY(set_aside(w, a, STR(PRESENCE_STATUS), STR(PRESENCE_STATUS_FLUSH)));
	TRY(rounds(w, statuses_round, ours, &held));
	if (!held)
		return ERR_OK;
	TRY(set_aside(w, a, STR(PRESENCE_SEEN), STR(PRESENCE_SEEN_FLUSH)));
	return rounds(w, seen_round, ours, &held);
}

/* One at a time: of two that store the same thing the slower one may store what is old by then. */
enum err
presence_flush(struct world *w, struct arena *a)
{
	uint8_t random[16];
	char ours[2 * sizeof(random) + 1];
	struct redis_value v;
	bool held;
	enum err e;

	if (!redis_is_used(w->redis))
		return ERR_OK;
	crypt_random(random, sizeof(random));
	crypt_hex(random, sizeof(random), ours);
	TRY(ask(w, a, &v, REDIS_WORDS(STR("SET"), STR(PRESENCE_FLUSH_LOCK), str_of(ours),
	    STR("NX"), STR("EX"), STR(LOCK_S))));
	if (v.kind != REDIS_TEXT)
		return ERR_OK;
	e = flush(w, a, ours);
	lock_do(w, a, give_up, ours, &held);
	return e;
}
