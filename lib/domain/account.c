#include "domain/account.h"

#include <ctype.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "domain/limit.h"
#include "domain/mark.h"
#include "domain/password.h"
#include "domain/presence.h"
#include "domain/publish.h"
#include "wire/cursor.h"
#include "wire/mail_text.h"

static bool
is_name_char(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '.' || c == '-';
}

bool
username_is_valid(struct str s)
{
	if (s.len < USERNAME_MIN || s.len > USERNAME_MAX)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		if ((unsigned char)s.p[i] >= 0x80 || !is_name_char(s.p[i]))
			return false;
	}
	return true;
}

bool
email_is_valid(struct str s)
{
	return mail_address_is_valid(s);
}

enum err
account_setup_needed(struct call *c, bool *needed)
{
	struct pg_rows rows;

	TRY(pg_run(c->world->pg, c->arena, STMT_SETUP_NEEDED, PG_NONE, &rows));
	*needed = pg_get_bool(&rows, 0, 0);
	return ERR_OK;
}

enum err
me_read(struct call *c, struct answer *out)
{
	return call_read(c, STMT_ME_READ, PG_ARGS(pg_int(c->arena, c->actor.account)), out);
}

enum err
me_update(struct call *c, const struct me_change *m, struct answer *out)
{
	struct arena *a = c->arena;
	const char *until = m->until.len > 0 ? pg_text(a, m->until) : NULL;

	if (m->display_name.p == NULL && m->username.p == NULL &&
	    m->receipts == NULL && m->show_last_seen == NULL && m->bio.p == NULL &&
	    m->time_zone.p == NULL && m->dms_from.p == NULL && !m->says)
		return me_read(c, out);
	return call_mutate(c, 0, STMT_ME_UPDATE,
	    PG_ARGS(pg_int(a, c->actor.account), pg_text(a, m->display_name),
		pg_text(a, m->username),
		m->receipts == NULL ? NULL : pg_bool(*m->receipts),
		m->show_last_seen == NULL ? NULL : pg_bool(*m->show_last_seen), pg_text(a, m->bio),
		pg_text(a, m->time_zone), pg_text(a, m->dms_from), pg_bool(m->says),
		pg_text(a, m->emoji), pg_text(a, m->text), until),
	    out);
}

enum err
me_prove(struct call *c, struct str password, const char **hash)
{
	struct arena *a = c->arena;
	struct pg_rows rows;
	const char *held;
	bool right;

	TRY(limit_password(c));
	TRY(call_rows(c, STMT_ACCOUNT_PASSWORD_HASH, PG_ARGS(pg_int(a, c->actor.account)), &rows));
	held = rows.n > 0 ? pg_text(a, pg_get(&rows, 0, 0)) : NULL;
	TRY(password_check(c->world, held, password, &right));
	if (!right) {
		metric_add(METRIC_auth_failures, 1);
		return ERR_BAD_CREDENTIALS;
	}
	limit_refund(c);
	if (hash != NULL)
		*hash = held;
	return ERR_OK;
}

enum err
me_password(struct call *c, struct str current, struct str fresh, struct answer *out)
{
	struct arena *a = c->arena;
	char hash[CRYPT_PWHASH_MAX];
	const char *old;

	TRY(me_prove(c, current, &old));
	TRY(password_hash(c->world, fresh, hash));
	return call_mutate(c, 0, STMT_ACCOUNT_PASSWORD_SET, PG_ARGS(pg_int(a, c->actor.account),
	    c->actor.kind == ACTOR_SESSION ? pg_int(a, c->actor.session) : NULL, hash, old), out);
}

enum err
user_read(struct call *c, int64_t user, struct answer *out)
{
	return call_read(c, STMT_USER_READ,
	    PG_ARGS(pg_int(c->arena, c->actor.account), pg_int(c->arena, user)), out);
}

/* "1,2,3" beside "4,5,6" as entries; what stands beyond CURSOR_STREAMS is left out, so that the
 * client is told to read those streams anew. */
static size_t
entries_of(struct str streams, struct str revs, struct cursor_entry *entries)
{
	size_t n = 0;
	uint64_t stream, rev;

	while (streams.p != NULL && streams.len > 0 && n < CURSOR_STREAMS) {
		if (!str_to_u64(str_cut(&streams, ','), INT64_MAX, &stream) ||
		    !str_to_u64(str_cut(&revs, ','), INT64_MAX, &rev))
			break;
		entries[n++] = (struct cursor_entry){ (int64_t)stream, (int64_t)rev };
	}
	return n;
}

/* The picture's object with one more member. */
static enum err
add_presence(struct call *c, struct str picture, struct str people, struct answer *out)
{
	struct buf *b = buf_new(c->arena, (size_t)64 << 20);

	buf_add(b, picture.p, picture.len - 1);
	buf_add_cstr(b, ",\"presence\":");
	presence_add_map(c, people, b);
	buf_add_char(b, '}');
	if (!buf_ok(b))
		return ERR_NO_MEMORY;
	*out = (struct answer){ .kind = ANSWER_BODY, .body = buf_str(b) };
	return ERR_OK;
}

enum err
bootstrap_read(struct call *c, struct answer *out, struct str *cursor)
{
	struct cursor_entry *entries = arena_calloc(c->arena, CURSOR_STREAMS, sizeof(*entries));
	struct mark_overlay marks = mark_overlay_read(c);
	struct pg_rows rows;
	struct buf *text;
	int64_t epoch;

	TRY(call_rows(c, STMT_BOOTSTRAP,
	    PG_ARGS(pg_int(c->arena, c->actor.account), marks.ids, marks.seqs), &rows));
	if (!pg_get_int(&rows, 0, 3, &epoch))
		return ERR_NOT_FOUND;
	size_t n = entries_of(pg_get(&rows, 0, 1), pg_get(&rows, 0, 2), entries);
	text = buf_new(c->arena, CURSOR_TEXT + 1);
	TRY(cursor_encode(text, epoch, entries, n));
	*cursor = buf_str(text);
	return add_presence(c, pg_get(&rows, 0, 0), pg_get(&rows, 0, 4), out);
}
