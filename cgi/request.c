#include "cgi/request.h"

#include "base/id.h"
#include "base/log.h"
#include "cgi/fields.h"
#include "cgi/route.h"
#include "link/fcgi.h"

#define LIMIT_DEFAULT 50
#define LIMIT_TOP 100

struct str
request_param(const char *name)
{
	struct str s = fcgi_param(name);

	return s.len == 0 ? STR_NULL : s;
}

struct buf *
request_buf(struct request *r, size_t max)
{
	struct request_buf *b = arena_new(r->arena, struct request_buf);

	b->buf = buf_new(r->arena, max);
	b->next = r->bufs;
	r->bufs = b;
	return b->buf;
}

bool
request_is_whole(const struct request *r)
{
	for (const struct request_buf *b = r->bufs; b != NULL; b = b->next) {
		if (!buf_ok(b->buf))
			return false;
	}
	return true;
}

const struct value *
field_value(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->nvalues; i++) {
		if (strcmp(r->values[i].field->name, name) == 0)
			return &r->values[i];
	}
	log_fatal(EX_SOFTWARE, "undeclared field", name);
}

struct str
field_text(const struct request *r, const char *name)
{
	const struct value *v = field_value(r, name);

	return v->given ? v->text : STR_NULL;
}

int64_t
field_int(const struct request *r, const char *name)
{
	const struct value *v = field_value(r, name);

	return v->given ? v->number : 0;
}

const char *
field_int_param(const struct request *r, const char *name)
{
	const struct value *v = field_value(r, name);

	return v->given ? pg_int(r->arena, v->number) : NULL;
}

const char *
field_bool(const struct request *r, const char *name)
{
	const struct value *v = field_value(r, name);

	return v->given ? pg_bool(v->truth) : NULL;
}

static struct str
query_text(const struct request *r, const char *key)
{
	if (!str_list_has(str_of(r->route->query), ' ', str_of(key)))
		log_fatal(EX_SOFTWARE, "undeclared query key", key);
	for (size_t i = 0; i < r->npairs; i++) {
		if (str_eq(r->pairs[i].key, str_of(key)))
			return r->pairs[i].value;
	}
	return STR_NULL;
}

enum err
query_id(const struct request *r, const char *key, int64_t *id)
{
	struct str s = query_text(r, key);
	int64_t got = 0;

	if (s.p != NULL && !id_parse(s, &got))
		return ERR_BAD_REQUEST;
	*id = got;
	return ERR_OK;
}

enum err
query_required_id(const struct request *r, const char *key, int64_t *id)
{
	int64_t got;

	TRY(query_id(r, key, &got));
	if (got == 0)
		return ERR_BAD_REQUEST;
	*id = got;
	return ERR_OK;
}

enum err
query_ids(const struct request *r, const char *key, int64_t *ids, size_t max, size_t *n)
{
	struct str rest = query_text(r, key);
	size_t kept = 0;

	while (rest.p != NULL) {
		int64_t id;
		size_t k = 0;

		if (!id_parse(str_trim(str_cut(&rest, ',')), &id))
			return ERR_BAD_REQUEST;
		while (k < kept && ids[k] != id)
			k++;
		if (k == max)
			return ERR_BAD_REQUEST;
		ids[k] = id;
		kept += k == kept;
	}
	*n = kept;
	return kept > 0 ? ERR_OK : ERR_BAD_REQUEST;
}

enum err
query_any_ids(const struct request *r, const char *key, int64_t *ids, size_t max, size_t *n)
{
	if (query_text(r, key).p != NULL)
		return query_ids(r, key, ids, max, n);
	*n = 0;
	return ERR_OK;
}

enum err
query_line(const struct request *r, const char *key, size_t max, struct str *out)
{
	struct str s = query_text(r, key);

	if (s.p != NULL)
		s = str_trim(s);
	if (s.len > 0 && (utf8_count(s) > max || !text_is_line(s)))
		return ERR_BAD_REQUEST;
	*out = s.len > 0 ? s : STR_NULL;
	return ERR_OK;
}

int64_t
segment_user(const struct request *r)
{
	return r->segment_id[1] != 0 ? r->segment_id[1] : r->call.actor.account;
}

enum err
query_limit(const struct request *r, int64_t *limit)
{
	struct str s = query_text(r, "limit");
	uint64_t n = LIMIT_DEFAULT;

	if (s.p != NULL && (!str_to_u64(s, LIMIT_TOP, &n) || n == 0))
		return ERR_BAD_REQUEST;
	*limit = (int64_t)n;
	return ERR_OK;
}

enum media
request_accepts(unsigned also)
{
	static const struct {
		struct str type;
		enum media media;
	} types[] = {
		{ STR("application/x-ndjson"), MEDIA_NDJSON },
		{ STR("text/plain"), MEDIA_TEXT },
		{ STR("text/csv"), MEDIA_CSV },
		{ STR("application/json"), MEDIA_JSON },
		{ STR("*/*"), MEDIA_JSON },
	};
	struct str accept = request_param("HTTP_ACCEPT");

	while (accept.p != NULL) {
		struct str params = str_cut(&accept, ',');
		struct str type = str_trim(str_cut(&params, ';'));
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			if ((types[i].media & (also | MEDIA_JSON)) != 0 &&
			    str_eq_nocase(type, types[i].type))
				return types[i].media;
		}
	}
	return MEDIA_JSON;
}
