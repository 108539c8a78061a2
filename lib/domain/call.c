#include "domain/call.h"

#include "domain/publish.h"

enum err
call_flaw(struct call *c, const char *field, const char *code, const char *detail)
{
	if (c->nflaws < FLAWS)
		c->flaws[c->nflaws++] =
		    (struct flaw){ str_of(field), str_of(code), str_of(detail) };
	return ERR_INVALID;
}

/* Our own functions give DETAIL; for invalid fields it reads `field:code:text`, with a 429 it is
 * how many seconds to wait. */
enum err
call_failed(struct call *c, enum err e)
{
	struct str detail;
	uint64_t seconds;

	if (e == ERR_OK)
		return e;
	detail = str_of(arena_strdup(c->arena, pg_fault(c->world->pg)->detail));
	if (detail.len == 0)
		return e;
	if (err_info(e)->http == 429 && str_to_u64(detail, INT32_MAX, &seconds)) {
		c->retry_s = (int64_t)seconds;
		return e;
	}
	if (e != ERR_INVALID) {
		c->detail = detail;
		return e;
	}
	struct str field = str_cut(&detail, ':');
	struct str code = str_cut(&detail, ':');
	if (code.p == NULL) {
		c->detail = field;
		return e;
	}
	if (c->nflaws < FLAWS)
		c->flaws[c->nflaws++] =
		    (struct flaw){ field, code, detail.p == NULL ? STR("") : detail };
	return e;
}

/* The step that checks the actor; false when there is nobody to check. */
static bool
guard(const struct call *c, struct pg_step *step, const char *v[3])
{
	struct arena *a = c->arena;

	if (c->checked || c->actor.kind == ACTOR_NOBODY)
		return false;
	v[1] = pg_int(a, c->actor.account);
	if (c->actor.kind == ACTOR_SESSION) {
		v[0] = pg_int(a, c->actor.session);
		*step = (struct pg_step){ .stmt = c->confirmed ? STMT_SESSION_CHECK_CONFIRMED
			: STMT_SESSION_CHECK, .args = { 2, v } };
	} else {
		v[0] = pg_int(a, c->actor.token);
		v[2] = pg_bytea(a, c->actor.secret_hash, sizeof(c->actor.secret_hash));
		*step = (struct pg_step){ .stmt = STMT_TOKEN_CHECK, .args = { 3, v } };
	}
	return true;
}

/* What stands before a statement in its transaction: at most two steps, with room for v. */
static int
preamble(const struct call *c, struct pg_step steps[2], const char *v[4])
{
	int n = guard(c, &steps[0], v) ? 1 : 0;

	if (c->reason.p != NULL) {
		v[3] = pg_text(c->arena, c->reason);
		steps[n++] = (struct pg_step){ .stmt = STMT_AUDIT_REASON, .args = { 1, &v[3] } };
	}
	return n;
}

enum err
call_check_token(struct call *c)
{
	const char *v[3];
	struct pg_step step;

	if (c->actor.kind != ACTOR_TOKEN || !guard(c, &step, v))
		return ERR_OK;
	enum err e = pg_batch(c->world->pg, c->arena, PG_WHOLE, &step, 1);
	if (e != ERR_OK)
		return call_failed(c, e);
	c->checked = true;
	c->scopes = pg_get(&step.rows, 0, 0);
	return ERR_OK;
}

enum err
call_check_scope(const struct call *c, const char *scope)
{
	if (c->actor.kind != ACTOR_TOKEN || c->scopes.len == 0 ||
	    str_list_has(c->scopes, ' ', str_of(scope)))
		return ERR_OK;
	return ERR_SCOPE;
}

enum err
call_rows(struct call *c, enum stmt stmt, struct pg_args args, struct pg_rows *rows)
{
	const char *v[4];
	struct pg_step steps[3];
	int n = preamble(c, steps, v);

	steps[n++] = (struct pg_step){ .stmt = stmt, .args = args };
	enum err e = pg_batch(c->world->pg, c->arena, PG_WHOLE, steps, n);
	if (e != ERR_OK)
		return call_failed(c, e);
	*rows = steps[n - 1].rows;
	return ERR_OK;
}

void
call_answer(const struct pg_rows *rows, struct answer *out)
{
	struct str kind = pg_get(rows, 0, 0);

	*out = (struct answer){ .kind = ANSWER_EMPTY };
	if (kind.p == NULL || str_eq(kind, STR("empty")) || str_eq(kind, STR("event")))
		return;
	out->ref = pg_get(rows, 0, 1);
	out->body = pg_get(rows, 0, 2);
	out->replayed = str_eq(kind, STR("replay"));
	if (str_eq(kind, STR("rules")))
		out->kind = ANSWER_RULES;
	else if (str_eq(kind, STR("accepted")))
		out->kind = ANSWER_ACCEPTED;
	else if (str_eq(kind, STR("refused")))
		out->kind = ANSWER_REFUSED;
	else if (str_eq(kind, STR("created")) || (out->replayed && out->ref.p != NULL))
		out->kind = ANSWER_CREATED;
	else
		out->kind = ANSWER_BODY;
}

enum err
call_in_transaction(struct call *c, enum err (*body)(struct call *c, void *ctx), void *ctx)
{
	enum err e = ERR_INTERNAL;

	for (int try = 0; try < PG_TRIES; try++) {
		e = body(c, ctx);
		if (e != ERR_OK)
			pg_rollback(c->world->pg);
		if (e != ERR_SERIALIZATION)
			break;
	}
	return call_failed(c, e);
}

/* The answer kept for a key. */
static void
stored_answer(const struct pg_rows *rows, struct answer *out)
{
	int64_t status = ANSWER_EMPTY;

	pg_get_int(rows, 0, 0, &status);
	*out = (struct answer){ .kind = (enum answer_kind)status, .body = pg_get(rows, 0, 1),
		.ref = pg_get(rows, 0, 2), .replayed = true };
}

/* A mutation under a key, and what it gave. */
struct keyed {
	int64_t about;
	enum stmt stmt;
	struct pg_args args;
	struct answer answer;
	struct pg_rows rows;	/* none when the answer is an earlier one */
};

/* Guard, claim the key; do it; keep the answer. */
static enum err
mutate_keyed(struct call *c, void *ctx)
{
	struct keyed *k = ctx;
	struct pg *pg = c->world->pg;
	const char *v[4], *account = pg_int(c->arena, c->actor.account),
			  *key = pg_text(c->arena, c->key);
	struct pg_step steps[3];
	int n = preamble(c, steps, v);

	steps[n++] = (struct pg_step){ .stmt = STMT_IDEMPOTENCY_CLAIM, .args = PG_ARGS(account, key,
	    pg_bytea(c->arena, c->body_hash, sizeof(c->body_hash))) };
	TRY(pg_batch(pg, c->arena, PG_BEGIN, steps, n));
	if (steps[n - 1].rows.n > 0) {
		stored_answer(&steps[n - 1].rows, &k->answer);
		return pg_batch(pg, c->arena, PG_COMMIT, NULL, 0);
	}
	struct pg_step work = { .stmt = k->stmt, .args = k->args };
	TRY(pg_batch(pg, c->arena, PG_INSIDE, &work, 1));
	call_answer(&work.rows, &k->answer);
	struct pg_step store = { .stmt = STMT_IDEMPOTENCY_STORE,
		.args = PG_ARGS(account, key, pg_int(c->arena, k->answer.kind),
		    pg_text(c->arena, k->answer.body), pg_text(c->arena, k->answer.ref),
		    k->about > 0 ? pg_int(c->arena, k->about) : NULL) };
	TRY(pg_batch(pg, c->arena, PG_COMMIT, &store, 1));
	k->rows = work.rows;
	return ERR_OK;
}

enum err
call_mutate(struct call *c, int64_t about, enum stmt stmt, struct pg_args args, struct answer *out)
{
	struct keyed k = { .stmt = stmt, .args = args, .about = about };

	if (c->key.p == NULL || c->actor.kind == ACTOR_NOBODY) {
		TRY(call_rows(c, stmt, args, &k.rows));
		call_answer(&k.rows, &k.answer);
	} else {
		TRY(call_in_transaction(c, mutate_keyed, &k));
	}
	*out = k.answer;
	publish_rows(c->world, &k.rows);
	return ERR_OK;
}

enum err
call_read(struct call *c, enum stmt stmt, struct pg_args args, struct answer *out)
{
	struct pg_rows rows;

	TRY(call_rows(c, stmt, args, &rows));
	struct str data = pg_get(&rows, 0, 0);
	if (data.p == NULL)
		return ERR_NOT_FOUND;
	*out = (struct answer){ .kind = ANSWER_BODY, .body = data };
	return ERR_OK;
}

enum err
call_list(struct call *c, enum stmt stmt, struct pg_args args, struct answer *out)
{
	struct pg_rows rows;

	TRY(call_rows(c, stmt, args, &rows));
	struct str data = pg_get(&rows, 0, 0);
	if (data.p == NULL)
		return ERR_NOT_FOUND;
	*out = (struct answer){ .kind = ANSWER_BODY, .body = data,
		.before = pg_get(&rows, 0, 1), .after = pg_get(&rows, 0, 2) };
	return ERR_OK;
}
