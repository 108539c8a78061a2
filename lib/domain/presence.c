/* See presence.h; presence_flush() stands in presence_flush.c. */
#include "domain/presence.h"

#include "domain/account.h"
#include "domain/publish.h"
#include "wire/bus.h"

struct person {
	struct str id;
	enum presence status;	/* by hand */
	enum presence on;
	int64_t seen_s;		/* -1: not to be shown */
	bool apart;		/* offline, whatever is known */
};

struct people {
	struct person *v;
	size_t n;
};

static struct people
read_people(struct arena *a, struct str text)
{
	struct people p = { arena_calloc(a, PRESENCE_WATCHED, sizeof(*p.v)), 0 };

	while (text.p != NULL && text.len > 0 && p.n < PRESENCE_WATCHED) {
		struct str item = str_cut(&text, ',');
		struct person *x = &p.v[p.n++];
		uint64_t seen;

		x->id = str_cut(&item, ' ');
		x->status = presence_value(item);
		x->apart = str_has_prefix(item, STR("apart"));
		str_cut(&item, ' ');
		x->seen_s =
		    item.p != NULL && str_to_u64(item, INT64_MAX, &seen) ? (int64_t)seen : -1;
	}
	return p;
}

/* KEYWORD key id id …, for all of them. */
static struct redis_command
about(struct arena *a, const char *word, const char *key, const struct people *p)
{
	struct str *argv = arena_calloc(a, p->n + 2, sizeof(*argv));

	argv[0] = str_of(word);
	argv[1] = str_of(key);
	for (size_t i = 0; i < p->n; i++)
		argv[i + 2] = p->v[i].id;
	return (struct redis_command){ argv, p->n + 2, { 0 } };
}

static void
take_status(struct people *p, const struct redis_value *v)
{
	for (size_t i = 0; i < p->n; i++) {
		enum presence status;

		if (presence_parse(redis_value_text(redis_value_at(v, i)), &status))
			p->v[i].status = status;
	}
}

static void
take_seen(struct people *p, const struct redis_value *v)
{
	for (size_t i = 0; i < p->n; i++) {
		struct str text = redis_value_text(redis_value_at(v, i));
		uint64_t seen;

		if (p->v[i].seen_s >= 0 && text.p != NULL && str_to_u64(text, INT64_MAX, &seen) &&
		    (int64_t)seen > p->v[i].seen_s)
			p->v[i].seen_s = (int64_t)seen;
	}
}

static void
take_on(struct people *p, const struct redis_value *v)
{
	for (size_t i = 0; i < p->n; i++) {
		enum presence on = presence_value(redis_value_text(redis_value_at(v, i)));

		if (on > p->v[i].on)
			p->v[i].on = on;
	}
}

/* Two round trips: which nodes there are, and what those that live say. */
static enum err
ask_redis(struct world *w, struct arena *a, struct people *p)
{
	struct redis_command first[] = {
		{ REDIS_WORDS(STR("SMEMBERS"), STR(PRESENCE_NODES)), { 0 } },
		about(a, "HMGET", PRESENCE_STATUS_FLUSH, p),
		about(a, "HMGET", PRESENCE_STATUS, p),
		about(a, "ZMSCORE", PRESENCE_SEEN_FLUSH, p),
		about(a, "ZMSCORE", PRESENCE_SEEN, p),
	};
	struct redis_command *nodes;
	size_t n;

	TRY(redis_run(w->redis, a, first, sizeof(first) / sizeof(first[0])));
	if (first[0].answer.kind == REDIS_REFUSED)
		return ERR_UNAVAILABLE;
	n = first[0].answer.n < PRESENCE_NODES_MAX ? first[0].answer.n : PRESENCE_NODES_MAX;
	nodes = arena_calloc(a, 2 * n, sizeof(*nodes));
	for (size_t i = 0; i < n; i++) {
		struct str *exists = arena_calloc(a, 2, sizeof(*exists));
		struct str node = redis_value_text(redis_value_at(&first[0].answer, i));

		exists[0] = STR("EXISTS");
		exists[1] = str_of(arena_printf(a, PRESENCE_LEASE "%.*s", STR_FMT(node)));
		nodes[2 * i] = (struct redis_command){ exists, 2, { 0 } };
		nodes[2 * i + 1] =
		    about(a, "HMGET", arena_printf(a, PRESENCE_ON "%.*s", STR_FMT(node)), p);
	}
	TRY(redis_run(w->redis, a, nodes, 2 * n));
	for (size_t i = 0; i < 2 * n; i++)
		if (nodes[i].answer.kind == REDIS_REFUSED)
			return ERR_UNAVAILABLE;
	take_status(p, &first[1].answer);
	take_status(p, &first[2].answer);
	take_seen(p, &first[3].answer);
	take_seen(p, &first[4].answer);
	for (size_t i = 0; i < n; i++)
		if (nodes[2 * i].answer.number == 1)
			take_on(p, &nodes[2 * i + 1].answer);
	return ERR_OK;
}

/*
 * Postgres knows who hides; only Redis who is there. Where it is not asked or does not answer
 * nobody is in *p: to call those offline of whom Postgres knows it would tell who hides.
 */
static enum err
look_at(struct call *c, struct str text, struct people *p)
{
	struct people asked = read_people(c->arena, text);

	*p = (struct people){ NULL, 0 };
	if (asked.n == 0 || !redis_is_used(c->world->redis))
		return ERR_OK;
	TRY(ask_redis(c->world, c->arena, &asked));
	for (size_t i = 0; i < asked.n; i++)
		if (asked.v[i].apart)
			asked.v[i].on = PRESENCE_OFFLINE;
	*p = asked;
	return ERR_OK;
}

enum err
presence_list(struct call *c, const int64_t *ids, size_t n, struct answer *out)
{
	struct arena *a = c->arena;
	struct pg_rows rows;
	struct people p;
	struct buf *b = buf_new(a, 64 * 1024);

	TRY(call_rows(c, STMT_PRESENCE_PEOPLE,
	    PG_ARGS(pg_int(a, c->actor.account), pg_int_array(a, ids, n)), &rows));
	TRY(look_at(c, pg_get(&rows, 0, 0), &p));
	buf_add_cstr(b, "{\"items\":[");
	for (size_t i = 0; i < p.n; i++) {
		buf_printf(b, "%s{\"user_id\":\"%.*s\",", i > 0 ? "," : "", STR_FMT(p.v[i].id));
		presence_render(b, presence_shown(p.v[i].on, p.v[i].status), p.v[i].seen_s);
		buf_add_char(b, '}');
	}
	buf_add_cstr(b, "]}");
	*out = (struct answer){ .kind = ANSWER_BODY, .body = buf_str(b) };
	return buf_ok(b) ? ERR_OK : ERR_NO_MEMORY;
}

void
presence_add_map(struct call *c, struct str people, struct buf *out)
{
	struct people p;

	/* The rest of the picture does not wait for Redis. */
	if (look_at(c, people, &p) != ERR_OK)
		p.n = 0;
	buf_add_char(out, '{');
	for (size_t i = 0; i < p.n; i++) {
		buf_printf(out, "%s\"%.*s\":{", i > 0 ? "," : "", STR_FMT(p.v[i].id));
		presence_render(out, presence_shown(p.v[i].on, p.v[i].status), p.v[i].seen_s);
		buf_add_char(out, '}');
	}
	buf_add_char(out, '}');
}

/* To the daemons that have a connection of this account. */
static void
tell_daemons(struct call *c, const char *type, struct str body)
{
	struct bus_event e = { .type = str_of(type), .body = body };
	struct buf *payload = buf_new(c->arena, 64 * 1024);

	e.subject = c->actor.kind == ACTOR_TOKEN ? c->actor.token : c->actor.session;
	bus_render(payload, &e);
	if (buf_ok(payload))
		publish_one(c->world, str_of(pg_int(c->arena, c->actor.account)), buf_str(payload));
}

/* What waits in Redis is older than what was just stored. */
static void
forget_chosen(struct call *c)
{
	struct str id = str_of(pg_int(c->arena, c->actor.account));
	struct redis_command drop[] = {
		{ REDIS_WORDS(STR("HDEL"), STR(PRESENCE_STATUS), id), { 0 } },
		{ REDIS_WORDS(STR("HDEL"), STR(PRESENCE_STATUS_FLUSH), id), { 0 } },
	};

	if (redis_is_used(c->world->redis))
		redis_run(c->world->redis, c->arena, drop, 2);
}

bool
presence_hides(struct call *c)
{
	struct str id = str_of(pg_int(c->arena, c->actor.account));
	struct redis_command ask[] = {
		{ REDIS_WORDS(STR("HGET"), STR(PRESENCE_STATUS), id), { 0 } },
		{ REDIS_WORDS(STR("HGET"), STR(PRESENCE_STATUS_FLUSH), id), { 0 } },
	};
	enum presence chosen = PRESENCE_ONLINE;

	if (redis_is_used(c->world->redis) &&
	    redis_run(c->world->redis, c->arena, ask, 2) == ERR_OK &&
	    !presence_parse(redis_value_text(&ask[0].answer), &chosen))
		presence_parse(redis_value_text(&ask[1].answer), &chosen);
	return chosen == PRESENCE_INVISIBLE;
}

enum err
presence_set(struct call *c, struct str status, struct answer *out)
{
	struct str body = str_of(arena_printf(c->arena, "{\"status\":\"%.*s\"}", STR_FMT(status)));

	if (str_eq(status, str_of(presence_word(PRESENCE_IDLE)))) {
		TRY(me_read(c, out));
	} else {
		TRY(call_mutate(c, 0, STMT_PRESENCE_SET, PG_ARGS(pg_int(c->arena, c->actor.account),
		    pg_text(c->arena, status)), out));
		forget_chosen(c);
	}
	tell_daemons(c, PRESENCE_CONTROL_STATUS, body);
	*out = (struct answer){ .kind = ANSWER_BODY, .body = body };
	return ERR_OK;
}

enum err
presence_watch(struct call *c, const int64_t *ids, size_t n, struct answer *out)
{
	struct buf *body = buf_new(c->arena, 16 * 1024);

	TRY(me_read(c, out));	/* the credential stands */
	buf_add_cstr(body, "{\"user_ids\":[");
	for (size_t i = 0; i < n; i++)
		buf_printf(body, "%s\"%lld\"", i > 0 ? "," : "", (long long)ids[i]);
	buf_add_cstr(body, "]}");
	if (!buf_ok(body))
		return ERR_NO_MEMORY;
	tell_daemons(c, PRESENCE_CONTROL_WATCH, buf_str(body));
	*out = (struct answer){ .kind = ANSWER_EMPTY };
	return ERR_OK;
}
