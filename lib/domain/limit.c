#include "domain/limit.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/clock.h"
#include "base/metric.h"
#include "domain/token.h"

static const struct {
	const char *name;
	int64_t most;
	int64_t window_s;
	bool by_address;	/* else by account */
	bool always;		/* counts in Postgres while Redis is away */
	bool grows;		/* half of it for a new account */
} classes[LIMIT__MAX] = {
	[LIMIT_ANY] = { "any", 600, 60, false, false, false },
	[LIMIT_ACCOUNT] = { "account", 3000, 60, false, false, false },
	[LIMIT_LOGIN] = { "login", 20, 900, true, true, false },
	[LIMIT_REGISTER] = { "register", 10, 3600, true, true, false },
	[LIMIT_RESET] = { "reset", 10, 3600, true, true, false },
	[LIMIT_GUESS] = { "guess", 20, 60, true, true, false },
	[LIMIT_SEND] = { "send", 20, 20, false, false, true },
	[LIMIT_TYPING] = { "typing", 10, 10, false, false, false },
	[LIMIT_PROFILE] = { "profile", 20, 3600, false, false, false },
	[LIMIT_PRESENCE] = { "presence", 30, 60, false, false, false },
	[LIMIT_WATCH] = { "watch", 120, 60, false, false, false },
	[LIMIT_DM] = { "dm", 30, 3600, false, false, true },
	[LIMIT_SERVER] = { "server", 20, 3600, false, false, true },
	[LIMIT_CHANNEL] = { "channel", 60, 3600, false, false, false },
	[LIMIT_INVITE] = { "invite", 60, 3600, false, false, true },
	[LIMIT_MANAGE] = { "manage", 60, 60, false, false, false },
	[LIMIT_RESTORE] = { "restore", 6, 3600, false, false, false },
	[LIMIT_REPORT] = { "report", 10, 3600, false, false, false },
	[LIMIT_EXPORT] = { "export", 1, 86400, false, false, false },
	[LIMIT_FETCH] = { "fetch", 10, 3600, false, false, false },
	[LIMIT_PURGE] = { "purge", 30, 3600, false, false, false },
	[LIMIT_PICTURE] = { "picture", 10, 3600, false, false, false },
	[LIMIT_REFUSED] = { "refused", 60, 60, true, false, false },
};

#define LOGIN_MOST 5
#define LOGIN_WINDOW 900

void
limit_rule(struct buf *out, enum limit_class class)
{
	const char *whom = classes[class].by_address ? "address"
	    : class == LIMIT_ANY		     ? "session or token"
						     : "account";

	buf_printf(out, "%lld in %lld s for one %s", (long long)classes[class].most,
	    (long long)classes[class].window_s, whom);
}

#define NETWORK_BYTES 8	/* of an IPv6 address: what one customer is given */

/* Whose address it is, however it is written. What is none (a unix socket) stands for itself. */
static const char *
network(struct arena *a, struct str ip)
{
	static const uint8_t mapped[12] = { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff };
	struct str zone = ip;
	struct str plain = str_cut(&zone, '%');
	const char *text = arena_strndup(a, plain.p, plain.len);
	uint8_t b[16];
	char hex[2 * NETWORK_BYTES + 1];

	if (inet_pton(AF_INET6, text, b) != 1)
		return text;
	if (memcmp(b, mapped, sizeof(mapped)) == 0)
		return arena_printf(a, "%d.%d.%d.%d", b[12], b[13], b[14], b[15]);
	crypt_hex(b, NETWORK_BYTES, hex);
	return arena_strdup(a, hex);
}

static bool
is_of_account(const struct call *c, enum limit_class class)
{
	return c->actor.kind != ACTOR_NOBODY && class != LIMIT_ANY && !classes[class].by_address;
}

static const char *
key_of(const struct call *c, enum limit_class class)
{
	const struct actor *who = &c->actor;

	if (classes[class].by_address || who->kind == ACTOR_NOBODY)
		return arena_printf(
		    c->arena, "l:%s:i:%s", classes[class].name, network(c->arena, c->ip));
	if (class == LIMIT_ANY)
		return arena_printf(c->arena, "l:any:s:%lld",
		    (long long)(who->kind == ACTOR_SESSION ? who->session : who->token));
	return arena_printf(c->arena, "l:%s:a:%lld", classes[class].name, (long long)who->account);
}

/* How many there may be: an account's id says when it was made. */
static int64_t
most_of(const struct call *c, enum limit_class class)
{
	const struct config *config = c->world->config;
	int64_t most = classes[class].most * config->limits_scale;
	int64_t grown_ms = (c->actor.account >> 20) + config->new_account_hours * 3600000;

	return classes[class].grows && clock_wall_ms() < grown_ms ? (most + 1) / 2 : most;
}

static enum err
verdict(struct call *c, int64_t count, int64_t most, int64_t left_s, struct limit_state *state)
{
	int64_t remaining = count >= most ? 0 : most - count;

	if (state->limit == 0 || remaining < state->remaining || count > most)
		*state = (struct limit_state){ most, remaining, left_s };
	if (count <= most)
		return ERR_OK;
	if (left_s > c->retry_s)
		c->retry_s = left_s;
	return ERR_RATE_LIMITED;
}

/* One hit in Postgres: (allowed, remaining, reset_s). */
static enum err
hit_db(struct call *c, const char *key, int64_t window_s, int64_t most, struct limit_state *state)
{
	struct pg_rows rows;
	int64_t left = 0, reset = 1;

	TRY(pg_run(c->world->pg, c->arena, STMT_LIMIT_HIT, PG_ARGS(key, pg_int(c->arena, window_s),
	    pg_int(c->arena, most)), &rows));
	bool allowed = pg_get_bool(&rows, 0, 0);
	pg_get_int(&rows, 0, 1, &left);
	pg_get_int(&rows, 0, 2, &reset);
	return verdict(c, allowed ? most - left : most + 1, most, reset < 1 ? 1 : reset, state);
}

static enum err
take_redis(struct call *c, const enum limit_class *kinds, struct redis_bucket *b, size_t n,
    struct limit_state *state)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n; i++) {
		int64_t most = most_of(c, kinds[i]);
		enum err each = verdict(c, b[i].count, most, b[i].left_s, state);
		e = e != ERR_OK ? e : each;
	}
	return e;
}

static enum err
take_db(struct call *c, const enum limit_class *kinds, const struct redis_bucket *b, size_t n,
    struct limit_state *state)
{
	enum err e = ERR_OK;

	for (size_t i = 0; i < n; i++) {
		int64_t most = most_of(c, kinds[i]);
		enum err each = classes[kinds[i]].always
		    ? hit_db(c, b[i].key, b[i].window_s, most, state)
		    : verdict(c, 0, most, b[i].window_s, state);
		e = e != ERR_OK ? e : each;
	}
	return e;
}

enum err
limit_take(struct call *c, enum limit_class class, struct limit_state *state)
{
	enum limit_class kinds[3] = { LIMIT_ANY, LIMIT_ACCOUNT, LIMIT_ACCOUNT };
	struct redis_bucket b[3];
	size_t n = c->actor.kind == ACTOR_NOBODY ? 1 : 2;
	struct limit_state s = { 0, 0, 0 };

	*state = s;
	if (class == LIMIT_NONE)
		return ERR_OK;
	if (class != LIMIT_ANY)
		kinds[n++] = class;
	c->naccount_keys = 0;
	for (size_t i = 0; i < n; i++) {
		b[i] = (struct redis_bucket){ .key = key_of(c, kinds[i]),
			.window_s = classes[kinds[i]].window_s };
		if (is_of_account(c, kinds[i]))
			c->account_keys[c->naccount_keys++] = b[i].key;
	}
	enum err e = redis_hit(c->world->redis, b, n) == ERR_OK ? take_redis(c, kinds, b, n, &s)
	    : take_db(c, kinds, b, n, &s);
	*state = s;
	if (e == ERR_RATE_LIMITED)
		metric_add(METRIC_ratelimited, 1);
	return e;
}

enum err
limit_look(struct call *c, enum limit_class class, struct limit_state *state)
{
	int64_t most = most_of(c, class);
	struct redis_bucket b = { .key = key_of(c, class) };
	struct limit_state s = { 0, 0, 0 };

	if (redis_look(c->world->redis, &b) != ERR_OK || b.count < most)
		return ERR_OK;
	enum err e = verdict(c, b.count + 1, most, b.left_s, &s);
	*state = s;
	metric_add(METRIC_ratelimited, 1);
	return e;
}

/* Names are kept as digests: the counter must not tell who tried to sign in. */
static const char *
login_key(const struct call *c, struct str login)
{
	uint8_t digest[CRYPT_SHA256_LEN];
	char hex[2 * 16 + 1];
	char *lower = arena_strndup(c->arena, login.p, login.len);

	for (char *p = lower; *p != '\0'; p++)
		*p = (char)tolower((unsigned char)*p);
	crypt_sha256(str_of(lower), digest);
	crypt_hex(digest, 16, hex);
	return arena_printf(c->arena, "l:login:a:%s", hex);
}

static enum err
attempt(struct call *c, const char *key, const char **counted)
{
	int64_t most = LOGIN_MOST * c->world->config->limits_scale;
	struct redis_bucket b = { .key = key, .window_s = LOGIN_WINDOW };
	struct limit_state s = { 0, 0, 0 };

	*counted = b.key;
	enum err e = redis_hit(c->world->redis, &b, 1) == ERR_OK
	    ? verdict(c, b.count, most, b.left_s, &s)
	    : hit_db(c, b.key, b.window_s, most, &s);
	if (e == ERR_RATE_LIMITED)
		metric_add(METRIC_ratelimited, 1);
	return e;
}

/* A browser that signed in to the account before has tries of its own, so that what others try
 * elsewhere locks nobody out at home. */
static const char *
account_key(const struct call *c, int64_t account)
{
	struct known_token known;
	char hex[2 * TOKEN_KNOWN_RANDOM + 1];

	if (!token_known_read(c->known, &c->world->key, &known) || known.account != account)
		return arena_printf(c->arena, "l:login:u:%lld", (long long)account);
	crypt_hex(known.random, sizeof(known.random), hex);
	return arena_printf(c->arena, "l:login:k:%s", hex);
}

enum err
limit_login(struct call *c, int64_t account, struct str login)
{
	return attempt(
	    c, account == 0 ? login_key(c, login) : account_key(c, account), &c->login_key);
}

enum err
limit_password(struct call *c)
{
	return attempt(c, arena_printf(c->arena, "l:password:a:%lld", (long long)c->actor.account),
	    &c->login_key);
}

enum err
limit_factor(struct call *c, int64_t account)
{
	return attempt(
	    c, arena_printf(c->arena, "l:factor:a:%lld", (long long)account), &c->factor_key);
}

enum err
limit_confirm(struct call *c)
{
	return attempt(c,
	    arena_printf(c->arena, "l:confirm:s:%lld", (long long)c->actor.session),
	    &c->factor_key);
}

void
limit_first_step(struct call *c, int64_t account)
{
	c->login_key = account_key(c, account);
	c->first_step = true;
}

void
limit_give_back(struct call *c)
{
	struct redis *r = c->world->redis;

	for (size_t i = 0; i < c->naccount_keys; i++)
		redis_unhit(r, c->account_keys[i]);
	if (c->naccount_keys > 0)
		redis_flush(r);
	c->naccount_keys = 0;
}

void
limit_use_up(struct call *c, enum limit_class class)
{
	int64_t most = classes[class].most * c->world->config->limits_scale;
	const struct str words[] = { STR("INCRBY"), str_of(key_of(c, class)),
		str_of(pg_int(c->arena, most)) };
	struct redis_command add = { .argv = words, .argc = sizeof(words) / sizeof(words[0]) };

	redis_run(c->world->redis, c->arena, &add, 1);
}

void
limit_refund(struct call *c)
{
	struct redis *r = c->world->redis;

	if (c->login_key == NULL && c->factor_key == NULL)
		return;
	for (int i = 0; i <= c->first_step; i++)
		if (redis_unhit(r, key_of(c, LIMIT_LOGIN)) != ERR_OK)
			return;
	if (c->login_key != NULL)
		redis_unhit(r, c->login_key);
	if (c->factor_key != NULL)
		redis_unhit(r, c->factor_key);
	redis_flush(r);
}
