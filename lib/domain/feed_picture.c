/* Pictures of access: three questions in a row; what they bring lives in the call's arena. */
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "domain/feed.h"
#include "domain/feed_pool.h"

struct picture_call {
	struct feed *feed;
	struct arena arena;
	struct feed_access *access;
	size_t n_access;
	struct feed_claim *claims;
	size_t n_claims;
	struct feed_claim **asked;	/* those of the kind being asked about, in its order */
	size_t n_asked;
	void (*done)(void *ctx, enum err e, const struct feed_picture *p);
	void *ctx;
};

static void
picture_end(struct picture_call *c, enum err e)
{
	struct feed_picture p = { c->access, c->n_access, c->claims, c->n_claims };

	c->done(c->ctx, e, e == ERR_OK ? &p : NULL);
	arena_release(&c->arena);
	heap_free(c);
}

/* Fills `asked`, and ids, accounts and (for tokens) hashes of them. False: there are none. */
static bool
claims_of_kind(struct picture_call *c, bool tokens, const char *args[3])
{
	int64_t *ids = arena_calloc(&c->arena, c->n_claims, sizeof(*ids));
	int64_t *accounts = arena_calloc(&c->arena, c->n_claims, sizeof(*accounts));
	struct str *hashes = arena_calloc(&c->arena, c->n_claims, sizeof(*hashes));
	size_t n = 0;

	c->asked = arena_calloc(&c->arena, c->n_claims, sizeof(struct feed_claim *));
	for (size_t i = 0; i < c->n_claims; i++) {
		if (c->claims[i].is_token != tokens)
			continue;
		c->asked[n] = &c->claims[i];
		ids[n] = c->claims[i].credential;
		accounts[n] = c->claims[i].account;
		if (tokens)
			hashes[n] =
			    str_of(pg_bytea(&c->arena, c->claims[i].hash, CRYPT_SHA256_LEN));
		n++;
	}
	args[0] = pg_int_array(&c->arena, ids, n);
	args[1] = pg_int_array(&c->arena, accounts, n);
	args[2] = pg_text_array(&c->arena, hashes, n);
	c->n_asked = n;
	return n > 0;
}

/* Columns of feed_access, feed_credentials and feed_tokens. */
enum { ACCESS_ACCOUNT, ACCESS_STREAM, ACCESS_KIND, ACCESS_PARENT, ACCESS_REV, ACCESS_NAME,
	ACCESS_FLOOR, ACCESS_RECEIPTS, ACCESS_STATUS, ACCESS_SHOWS_SEEN, ACCESS_LEFT, ACCESS_PAST,
	ACCESS_PARENT_REV };
enum { CREDENTIAL_SESSION, CREDENTIAL_ACCOUNT };
enum { TOKEN_PLACE, TOKEN_REFUSAL, TOKEN_EXPIRES, TOKEN_SCOPES };

/* No words at all cover everything. */
static bool
covers(struct str scopes, struct str wanted)
{
	return scopes.len == 0 || str_list_has(scopes, ' ', wanted);
}

static int
by_credential(const void *a, const void *b)
{
	const struct feed_claim *x = *(struct feed_claim *const *)a;
	const struct feed_claim *y = *(struct feed_claim *const *)b;

	if (x->credential != y->credential)
		return x->credential < y->credential ? -1 : 1;
	return x->account < y->account ? -1 : x->account > y->account;
}

/* The first of `asked` that is not below this one; n_asked when there is none. */
static size_t
first_not_below(const struct picture_call *c, const struct feed_claim *claim)
{
	size_t lo = 0, hi = c->n_asked;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_credential(&c->asked[mid], &claim) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Rows name what stands, in any order; several connections may have come with one session. */
static void
take_sessions(struct picture_call *c, const struct pg_rows *rows)
{
	qsort(c->asked, c->n_asked, sizeof(c->asked[0]), by_credential);
	for (int row = 0; row < rows->n; row++) {
		const struct feed_claim stands = {
			.credential = column(rows, row, CREDENTIAL_SESSION),
			.account = column(rows, row, CREDENTIAL_ACCOUNT),
		}, *wanted = &stands;
		size_t i = first_not_below(c, wanted);

		for (; i < c->n_asked && by_credential(&c->asked[i], &wanted) == 0; i++)
			c->asked[i]->refusal = ERR_OK;
	}
}

/* The claim of a token that was asked about in this place, 1 …; NULL when there is none. */
static struct feed_claim *
token_at(struct picture_call *c, int64_t place)
{
	return place < 1 || (uint64_t)place > c->n_asked ? NULL : c->asked[place - 1];
}

static void
take_tokens(struct picture_call *c, const struct pg_rows *rows)
{
	for (int row = 0; row < rows->n; row++) {
		struct feed_claim *claim = token_at(c, column(rows, row, TOKEN_PLACE));
		struct str refusal = pg_get(rows, row, TOKEN_REFUSAL),
			   scopes = pg_get(rows, row, TOKEN_SCOPES);

		if (claim == NULL)
			continue;
		claim->refusal = refusal.p == NULL ? ERR_OK : err_by_code(refusal);
		claim->expires_s = column(rows, row, TOKEN_EXPIRES);
		claim->may_read = covers(scopes, STR("read"));
		claim->may_write = covers(scopes, STR("write"));
	}
}

static void
on_tokens(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e == ERR_OK)
		take_tokens(c, rows);
	picture_end(c, e);
}

static void
ask_tokens(struct picture_call *c)
{
	const char *args[3];
	enum err e = ERR_OK;

	if (claims_of_kind(c, true, args)) {
		e = pg_pool_ask(c->feed->pool, STMT_FEED_TOKENS, (struct pg_args){ 3, args },
		    (struct pg_asker){ on_tokens, c });
		if (e == ERR_OK)
			return;
	}
	picture_end(c, e);
}

static void
on_sessions(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e != ERR_OK) {
		picture_end(c, e);
		return;
	}
	take_sessions(c, rows);
	ask_tokens(c);
}

static void
ask_sessions(struct picture_call *c)
{
	const char *args[3];
	enum err e;

	if (!claims_of_kind(c, false, args)) {
		ask_tokens(c);
		return;
	}
	e = pg_pool_ask(c->feed->pool, STMT_FEED_CREDENTIALS, (struct pg_args){ 2, args },
	    (struct pg_asker){ on_sessions, c });
	if (e != ERR_OK)
		picture_end(c, e);
}

/* What tells of access comes first, so that it stays whatever is left out. */
static int
rank(enum feed_kind kind)
{
	return kind == FEED_USER ? 0 : kind == FEED_SERVER ? 1 : 2;
}

static int
by_account(const void *a, const void *b)
{
	const struct feed_access *x = a, *y = b;

	if (x->account != y->account)
		return x->account < y->account ? -1 : 1;
	if (x->kind != y->kind)
		return rank(x->kind) - rank(y->kind);
	return x->stream < y->stream ? -1 : x->stream > y->stream;
}

static void
on_access(void *ctx, enum err e, const struct pg_rows *rows)
{
	struct picture_call *c = ctx;

	if (e != ERR_OK) {
		picture_end(c, e);
		return;
	}
	c->access = arena_calloc(&c->arena, (size_t)rows->n, sizeof(*c->access));
	for (int row = 0; row < rows->n; row++) {
		struct feed_access *a = &c->access[c->n_access];
		struct str kind = pg_get(rows, row, ACCESS_KIND);
		struct str name = pg_get(rows, row, ACCESS_NAME);
		struct str status = pg_get(rows, row, ACCESS_STATUS);

		a->account = column(rows, row, ACCESS_ACCOUNT);
		a->stream = column(rows, row, ACCESS_STREAM);
		a->parent = column(rows, row, ACCESS_PARENT);
		a->rev = column(rows, row, ACCESS_REV);
		a->parent_rev = column(rows, row, ACCESS_PARENT_REV);
		a->floor = column(rows, row, ACCESS_FLOOR);
		a->past = column(rows, row, ACCESS_PAST);
		a->left_ms = pg_get(rows, row, ACCESS_LEFT).p == NULL
		    ? INT64_MAX : column(rows, row, ACCESS_LEFT);
		a->receipts = pg_get_bool(rows, row, ACCESS_RECEIPTS);
		if (kind.len != 1 || strchr("scu", kind.p[0]) == NULL)
			continue;
		a->kind = (enum feed_kind)kind.p[0];
		if (name.p != NULL)
			a->name =
			    (struct str){ arena_strndup(&c->arena, name.p, name.len), name.len };
		if (status.p != NULL)
			a->status = (struct str){ arena_strndup(&c->arena, status.p, status.len),
				status.len };
		a->shows_seen = pg_get_bool(rows, row, ACCESS_SHOWS_SEEN);
		c->n_access++;
	}
	qsort(c->access, c->n_access, sizeof(*c->access), by_account);
	ask_sessions(c);
}

enum err
feed_picture(struct feed *f, const int64_t *accounts, size_t n, const struct feed_claim *claims,
    size_t n_claims, void (*done)(void *ctx, enum err e, const struct feed_picture *p), void *ctx)
{
	struct picture_call *c = heap_alloc(sizeof(*c));
	enum err e;

	c->feed = f;
	c->done = done;
	c->ctx = ctx;
	c->n_claims = n_claims;
	arena_init(&c->arena, SCRATCH_MAX);
	c->claims = arena_calloc(&c->arena, n_claims, sizeof(*claims));
	if (n_claims > 0)
		memcpy(c->claims, claims, n_claims * sizeof(*claims));
	for (size_t i = 0; i < n_claims; i++) {
		c->claims[i].refusal = ERR_SESSION_ENDED;
		c->claims[i].may_read = c->claims[i].may_write = false;
		c->claims[i].expires_s = 0;
	}
	e = pg_pool_ask(f->pool, STMT_FEED_ACCESS, PG_ARGS(pg_int_array(&c->arena, accounts, n)),
	    (struct pg_asker){ on_access, c });
	if (e != ERR_OK) {
		arena_release(&c->arena);
		heap_free(c);
	}
	return e;
}
