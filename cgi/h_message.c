/* Messages, as JSON and for scripts. */
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/message.h"

#define LINES_MAX (8 << 20)

static bool
is_printable(struct str s)
{
	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	}
	return true;
}

#define CONTENT \
	{ \
		"content", FIELD_TEXT, FIELD_REQUIRED | FIELD_VISIBLE | FIELD_MESSAGE, 1, 0, NULL, \
		    NULL \
	}

FIELD_LIST(fields_message, CONTENT,
	{ "nonce", FIELD_TEXT, 0, 1, NONCE_MAX, is_printable, NULL },
	{ "reply_to", FIELD_ID, 0, 0, 0, NULL, NULL });
FIELD_LIST(fields_message_update, CONTENT);
FIELD_LIST(
    fields_sync, { "channels", FIELD_POSITIONS, FIELD_REQUIRED, 0, SYNC_CHANNELS, NULL, NULL });

/* The nonce of the body, or the Idempotency-Key: the same thing under two names. */
static enum err
nonce_of(struct request *r, struct str *nonce)
{
	struct str given = field_text(r, "nonce"), key = r->call.key;

	if (given.p != NULL && key.p != NULL && !str_eq(given, key))
		return call_flaw(&r->call, "nonce", "conflict", "not the same as Idempotency-Key");
	*nonce = given.p != NULL ? given : key;
	return ERR_OK;
}

enum err
h_message_create(struct request *r)
{
	struct answer a;
	struct str nonce;

	TRY(nonce_of(r, &nonce));
	TRY(message_create(&r->call, r->segment_id[0], field_text(r, "content"), nonce,
	    field_int(r, "reply_to"), &a));
	reply_answer(r, &a);
	return ERR_OK;
}

/* One cursor at most. */
static enum err
read_cursors(const struct request *r, int64_t *before, int64_t *after, int64_t *around)
{
	TRY(query_id(r, "before", before));
	TRY(query_id(r, "after", after));
	TRY(query_id(r, "around", around));
	return (*before != 0) + (*after != 0) + (*around != 0) <= 1 ? ERR_OK : ERR_BAD_REQUEST;
}

/* What scripts read: one object, or one readable line, a message. */
static enum err
as_lines(struct request *r, enum media media)
{
	struct buf *b = request_buf(r, LINES_MAX);

	buf_add_cstr(b, "");
	if (media == MEDIA_NDJSON)
		message_lines_json(b, r->reply.body);
	else
		TRY(message_lines_text(r->arena, b, r->reply.body));
	if (!buf_ok(b))
		return ERR_NO_MEMORY;
	reply_body(r, 200,
	    media == MEDIA_NDJSON ? "application/x-ndjson" : "text/plain; charset=utf-8",
	    b->len == 0 ? STR("") : buf_str(b));
	return ERR_OK;
}

enum err
h_message_list(struct request *r)
{
	enum media media = request_accepts(MEDIA_NDJSON | MEDIA_TEXT);
	struct answer a;
	int64_t limit, before, after, around;

	TRY(query_limit(r, &limit));
	TRY(read_cursors(r, &before, &after, &around));
	TRY(message_list(&r->call, r->segment_id[0], before, after, around, limit, &a));
	reply_list(r, &a, after == 0 && around == 0);
	return media == MEDIA_JSON ? ERR_OK : as_lines(r, media);
}

enum err
h_message_read(struct request *r)
{
	struct answer a;

	TRY(message_read(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

#define NO_REV INT64_MAX	/* no message has it */

/* If-Match: "<rev>", 0 for none or any. A weak tag, or one that is no rev, matches nothing
 * (RFC 9110 13.1.1). */
static enum err
wanted_rev(int64_t *rev)
{
	struct str s = request_param("HTTP_IF_MATCH");
	struct str tag = s.p == NULL ? STR("*") : str_trim(s);
	uint64_t v = NO_REV;

	*rev = 0;
	if (str_eq(tag, STR("*")))
		return ERR_OK;
	*rev = NO_REV;
	if (str_has_prefix(tag, STR("W/")))
		return ERR_OK;
	if (tag.len < 2 || tag.p[0] != '"' ||
	    memchr(tag.p + 1, '"', tag.len - 1) != tag.p + tag.len - 1)
		return ERR_BAD_REQUEST;
	if (str_to_u64((struct str){ tag.p + 1, tag.len - 2 }, NO_REV, &v) && v > 0)
		*rev = (int64_t)v;
	return ERR_OK;
}

enum err
h_message_update(struct request *r)
{
	struct answer a;
	int64_t rev;

	TRY(wanted_rev(&rev));
	TRY(message_update(
	    &r->call, r->segment_id[0], r->segment_id[1], field_text(r, "content"), rev, &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_message_delete(struct request *r)
{
	struct answer a;

	TRY(message_delete(&r->call, r->segment_id[0], r->segment_id[1], &a));
	reply_answer(r, &a);
	return ERR_OK;
}

enum err
h_sync(struct request *r)
{
	const struct value *at = field_value(r, "channels");
	struct answer a;

	TRY(message_sync(&r->call, at->ids, at->revs, at->n, &a));
	reply_answer(r, &a);
	return ERR_OK;
}
