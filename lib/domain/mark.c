#include "domain/mark.h"

#include "domain/presence.h"
#include "domain/publish.h"
#include "domain/params.h"

/* What a mark comes to, as the database says. */
struct preview {
	struct mark mark;
	bool moved;
	struct str body;	/* the read state as of it */
	struct str mine, shown;	/* for the bus */
};

/* ERR_NOT_FOUND for who does not see the channel. */
static enum err
preview(struct call *c, int64_t channel, int64_t seq, bool delivered, struct preview *out)
{
	struct pg_rows rows;
	int64_t at;

	TRY(call_rows(c, STMT_MARK_PREVIEW, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, seq), pg_bool(delivered)), &rows));
	if (rows.n == 0)
		return ERR_NOT_FOUND;
	if (!pg_get_int(&rows, 0, 0, &at))
		return ERR_INTERNAL;
	*out = (struct preview){ .moved = pg_get_bool(&rows, 0, 1), .body = pg_get(&rows, 0, 2),
		.mine = pg_get(&rows, 0, 3), .shown = pg_get(&rows, 0, 4) };
	out->mark = (struct mark){ c->actor.account, channel, at, delivered, out->shown.p != NULL };
	return ERR_OK;
}

static enum err
run(struct call *c, struct mark_command *words, size_t n, struct redis_command *commands)
{
	for (size_t i = 0; i < n; i++)
		commands[i] = (struct redis_command){ .argv = words[i].argv, .argc = words[i].argc };
	return redis_run(c->world->redis, c->arena, commands, n);
}

struct kept {
	bool moved;		/* nobody else had brought it as far */
	bool safe;		/* it waits for a flush that will come */
	int64_t seq;		/* how far it is now */
};

/* ERR_UNAVAILABLE: Redis is away or too old. */
static enum err
keep(struct call *c, const struct mark *m, struct kept *kept)
{
	struct mark_command words[MARK_COMMANDS + MARK_QUESTIONS];
	struct redis_command commands[MARK_COMMANDS + MARK_QUESTIONS];
	size_t n = mark_commands(c->arena, m, words);

	mark_questions(c->arena, m, words + n);
	TRY(run(c, words, n + MARK_QUESTIONS, commands));
	if (!mark_is_kept(&commands[0].answer, &commands[1].answer, &kept->moved))
		return ERR_UNAVAILABLE;
	kept->seq = mark_score(&commands[n].answer);
	kept->safe = mark_is_safe(&commands[n + 1].answer, &commands[n + 2].answer);
	return ERR_OK;
}

static void
tell(struct call *c, const struct preview *v)
{
	if (v->mine.p != NULL)
		publish_one(c->world, str_of(ID(c, v->mark.account)), v->mine);
	if (v->shown.p != NULL)
		publish_one(c->world, str_of(ID(c, v->mark.channel)), v->shown);
}

/* What waits stands nowhere else, so one slow answer is no reason to go without it: asks twice; but not
 * a Redis that hangs, in each request anew. */
static enum err
look(struct call *c, struct redis_command *commands, size_t n)
{
	struct redis *r = c->world->redis;

	if (redis_is_away(r))
		return ERR_UNAVAILABLE;
	if (redis_run(r, c->arena, commands, n) == ERR_OK)
		return ERR_OK;
	redis_insist(r);
	return redis_run(r, c->arena, commands, n);
}

/* How far another device has brought him in the meantime, 0 when nobody knows. */
static int64_t
waiting(struct call *c, int64_t channel)
{
	struct mark_command words;
	struct redis_command command = { .argv = words.argv };

	mark_look(c->arena, c->actor.account, channel, &words);
	command.argc = words.argc;
	return look(c, &command, 1) == ERR_OK ? mark_score(&command.answer) : 0;
}

enum err
read_put(struct call *c, int64_t channel, int64_t seq, struct answer *out)
{
	struct kept kept = { .safe = true };
	struct preview v;

	TRY(preview(c, channel, seq, false, &v));
	if (v.moved) {
		if (keep(c, &v.mark, &kept) != ERR_OK || !kept.safe)
			return call_mutate(c, channel, STMT_READ_PUT, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, v.mark.seq)), out);
		if (kept.moved)
			tell(c, &v);
	} else {
		kept.seq = waiting(c, channel);
	}
	if (kept.seq > v.mark.seq)
		TRY(preview(c, channel, kept.seq, false, &v));
	*out = (struct answer){ .kind = ANSWER_BODY, .body = v.body };
	return ERR_OK;
}

enum err
delivered_put(struct call *c, int64_t channel, int64_t seq, struct answer *out)
{
	/* First: what is not there any more the database knows by now. */
	bool hides = presence_hides(c);
	struct kept kept;
	struct preview v;

	TRY(preview(c, channel, seq, true, &v));
	*out = (struct answer){ .kind = ANSWER_EMPTY };
	if (!v.moved || hides)
		return ERR_OK;
	if (keep(c, &v.mark, &kept) != ERR_OK || !kept.safe)
		return call_mutate(c, channel, STMT_DELIVERED_PUT, PG_ARGS(ACTOR(c), ID(c, channel), ID(c, v.mark.seq)), out);
	if (kept.moved)
		tell(c, &v);
	return ERR_OK;
}

/* The answer to ZRANGE … WITHSCORES: members that are ids, each before its score. */
static struct mark_overlay
overlay(struct arena *a, const struct redis_value *v)
{
	int64_t *ids = arena_calloc(a, v->n / 2 + 1, sizeof(*ids));
	int64_t *seqs = arena_calloc(a, v->n / 2 + 1, sizeof(*seqs));
	size_t n = 0;
	uint64_t id;

	for (size_t i = 0; i + 1 < v->n; i += 2) {
		if (!str_to_u64(redis_value_text(&v->items[i]), INT64_MAX, &id))
			continue;
		ids[n] = (int64_t)id;
		seqs[n++] = mark_score(&v->items[i + 1]);
	}
	return (struct mark_overlay){ pg_int_array(a, ids, n), pg_int_array(a, seqs, n) };
}

#define RANGE(a, key) { STR("ZREVRANGE"), (key), STR("0"), \
	str_of(arena_printf((a), "%d", MARKS_OVERLAY_MAX - 1)), STR("WITHSCORES") }

struct mark_overlay
mark_overlay_read(struct call *c)
{
	struct str key = mark_key(c->arena, 'r', c->actor.account);
	const struct str argv[] = RANGE(c->arena, key);
	struct redis_command command = { .argv = argv, .argc = sizeof(argv) / sizeof(argv[0]) };

	if (look(c, &command, 1) != ERR_OK)
		return (struct mark_overlay){ "{}", "{}" };
	return overlay(c->arena, &command.answer);
}

enum err
receipts_list(struct call *c, int64_t channel, struct answer *out)
{
	struct arena *a = c->arena;
	struct str keys[] = { mark_key(a, 'c', channel), mark_key(a, 'd', channel) };
	const struct str argv[2][5] = { RANGE(a, keys[0]), RANGE(a, keys[1]) };
	struct redis_command commands[2] = { { .argv = argv[0], .argc = 5 }, { .argv = argv[1], .argc = 5 } };
	struct mark_overlay read = { "{}", "{}" }, got = read;

	if (look(c, commands, 2) == ERR_OK) {
		read = overlay(a, &commands[0].answer);
		got = overlay(a, &commands[1].answer);
	}
	return call_list(c, STMT_RECEIPTS_LIST, PG_ARGS(ACTOR(c), ID(c, channel), read.ids, read.seqs, got.ids, got.seqs),
	    out);
}
