#include "cgi/fields.h"

#include <string.h>

#include "base/id.h"
#include "base/log.h"

#define SECRET_BYTES 1024
#define WORD_MAX 64

static enum err
flaw(struct request *r, const struct field *f, const char *code, const char *detail)
{
	return call_flaw(&r->call, f->name, code, detail);
}

static enum err
check_length(struct request *r, const struct field *f, struct str s)
{
	int64_t max = f->flags & FIELD_MESSAGE ? r->config->message_length : f->max;
	int64_t n = (int64_t)utf8_count(s);

	if (n < f->min)
		return flaw(r, f, n == 0 ? "required" : "too_short",
		    arena_printf(r->arena, "at least %lld characters", (long long)f->min));
	if (n > max || (f->flags & FIELD_SECRET && s.len > SECRET_BYTES))
		return flaw(r, f, "too_long",
		    arena_printf(r->arena, "at most %lld characters", (long long)max));
	return ERR_OK;
}

static enum err
read_text(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	struct str s;

	if (!json_str(j, &s))
		return ERR_UNREADABLE;
	if (f->flags & FIELD_LINE)
		s = str_trim(s);
	v->given = true;
	v->text = s;
	if (f->flags & FIELD_REMOVES && s.len == 0)
		return ERR_OK;
	TRY(check_length(r, f, s));
	if (f->flags & FIELD_LINE && !text_is_line(s))
		return flaw(r, f, "format", "no control characters");
	if (f->flags & FIELD_VISIBLE && !text_is_visible(s))
		return flaw(r, f, "blank", "not only white space");
	if (f->words != NULL && !str_list_has(str_of(f->words), ' ', s))
		return flaw(r, f, "unknown", arena_printf(r->arena, "one of: %s", f->words));
	if (f->check != NULL && !f->check(s))
		return flaw(r, f, "format", "not in the right format");
	return ERR_OK;
}

static enum err
read_int(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	if (!json_int(j, &v->number))
		return ERR_UNREADABLE;
	v->given = true;
	if (v->number < f->min || v->number > f->max)
		return flaw(r, f, "out_of_range", arena_printf(r->arena, "%lld to %lld",
		    (long long)f->min, (long long)f->max));
	return ERR_OK;
}

static enum err
read_id(struct request *r, const struct field *f, const struct json *j, int64_t *id)
{
	struct str s;

	if (!json_str(j, &s))
		return ERR_UNREADABLE;
	return id_parse(s, id) ? ERR_OK : flaw(r, f, "format", "not an id");
}

static enum err
read_mask(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	struct str s;
	uint64_t mask;

	if (!json_str(j, &s))
		return ERR_UNREADABLE;
	v->given = true;
	if (!str_to_u64(s, (1U << 31) - 1, &mask))
		return flaw(r, f, "format", "not a mask of permission bits");
	v->number = (int64_t)mask;
	return ERR_OK;
}

static enum err
check_count(struct request *r, const struct field *f, size_t n)
{
	if ((int64_t)n < f->min)
		return flaw(r, f, n == 0 ? "required" : "too_few", "too few");
	if ((int64_t)n > f->max)
		return flaw(
		    r, f, "too_many", arena_printf(r->arena, "at most %lld", (long long)f->max));
	return ERR_OK;
}

static enum err
read_ids(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	size_t n = json_len(j), kept = 0;
	enum err e = ERR_OK;

	if (json_type(j) != JSON_ARRAY)
		return ERR_UNREADABLE;
	int64_t *ids = arena_calloc(r->arena, n, sizeof(*ids));
	for (size_t i = 0; i < n; i++) {
		enum err each = read_id(r, f, json_at(j, i), &ids[kept]);
		if (each == ERR_UNREADABLE)
			return each;
		e = e == ERR_OK ? each : e;
		size_t k = 0;
		while (k < kept && ids[k] != ids[kept])
			k++;
		kept += k == kept && each == ERR_OK && kept <= (size_t)f->max ? 1 : 0;
		if (e != ERR_OK)
			break;
	}
	v->given = true;
	v->ids = ids;
	v->n = kept;
	return e != ERR_OK ? e : check_count(r, f, kept);
}

static bool
has_word(const struct str *words, size_t n, struct str word)
{
	for (size_t i = 0; i < n; i++) {
		if (str_eq(words[i], word))
			return true;
	}
	return false;
}

/* Each word once, as with ids. */
static enum err
read_words(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	size_t n = json_len(j), kept = 0;
	bool fits = true;

	if (json_type(j) != JSON_ARRAY)
		return ERR_UNREADABLE;
	struct str *words = arena_calloc(r->arena, n, sizeof(*words));
	for (size_t i = 0; i < n; i++) {
		struct str *word = &words[kept];
		if (!json_str(json_at(j, i), word))
			return ERR_UNREADABLE;
		fits = fits && word->len > 0 && utf8_count(*word) <= WORD_MAX &&
		    (f->words == NULL || str_list_has(str_of(f->words), ' ', *word));
		kept += kept <= (size_t)f->max && !has_word(words, kept, *word) ? 1 : 0;
	}
	v->given = true;
	v->words = words;
	v->n = kept;
	TRY(check_count(r, f, kept));
	return fits ? ERR_OK : flaw(r, f, "unknown", f->words == NULL ? "not known here"
	    : arena_printf(r->arena, "each one of: %s", f->words));
}

struct positions {
	int64_t *ids;
	int64_t *revs;
	size_t n;
	size_t max;
	enum err e;
};

static bool
take_position(void *ctx, struct str key, struct json *value)
{
	struct positions *p = ctx;
	int64_t id, rev;

	if (!json_int(value, &rev)) {
		p->e = ERR_UNREADABLE;
		return false;
	}
	if (!id_parse(key, &id) || rev < 0) {
		p->e = ERR_INVALID;
		return p->n < p->max;
	}
	if (p->n < p->max) {
		p->ids[p->n] = id;
		p->revs[p->n] = rev;
	}
	p->n++;
	return true;
}

static enum err
read_positions(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	size_t max = (size_t)f->max;
	struct positions p = { .max = max };

	if (json_type(j) != JSON_OBJECT)
		return ERR_UNREADABLE;
	p.ids = arena_calloc(r->arena, max, sizeof(int64_t));
	p.revs = arena_calloc(r->arena, max, sizeof(int64_t));
	json_each(j, take_position, &p);
	if (p.e == ERR_UNREADABLE)
		return p.e;
	if (p.e != ERR_OK)
		return flaw(r, f, "format", "channel ids with their revs");
	*v = (struct value){ .field = f, .given = true, .ids = p.ids, .revs = p.revs, .n = p.n };
	return check_count(r, f, p.n);
}

/* An absent category leaves what there is. */
static enum err
read_category(struct request *r, const struct field *f, const struct json *j, struct str *out)
{
	struct str s;

	if (json_type(j) == JSON_NULL) {
		*out = j == NULL ? STR_NULL : STR("");
		return ERR_OK;
	}
	if (!json_str(j, &s))
		return ERR_UNREADABLE;
	s = str_trim(s);
	if (utf8_count(s) > WORD_MAX)
		return flaw(r, f, "too_long", "a category of at most 64 characters");
	if (!text_is_line(s) || !text_is_visible(s))
		return flaw(r, f, "format", "a category is a line of text, or null");
	*out = s;
	return ERR_OK;
}

static enum err
read_place(struct request *r, const struct field *f, const struct json *j, int64_t *id,
    struct str *category)
{
	if (json_type(j) != JSON_OBJECT)
		return ERR_UNREADABLE;
	TRY(read_id(r, f, json_get(j, "id"), id));
	return read_category(r, f, json_get(j, "category"), category);
}

static bool
has_id(const int64_t *ids, size_t n, int64_t id)
{
	for (size_t i = 0; i < n; i++) {
		if (ids[i] == id)
			return true;
	}
	return false;
}

static enum err
read_places(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	size_t n = json_len(j);
	int64_t *ids;
	struct str *categories;

	if (json_type(j) != JSON_ARRAY)
		return ERR_UNREADABLE;
	TRY(check_count(r, f, n));
	ids = arena_calloc(r->arena, n, sizeof(*ids));
	categories = arena_calloc(r->arena, n, sizeof(*categories));
	for (size_t i = 0; i < n; i++) {
		TRY(read_place(r, f, json_at(j, i), &ids[i], &categories[i]));
		if (has_id(ids, i, ids[i]))
			return flaw(r, f, "twice", "each channel once");
	}
	*v = (struct value){ .field = f, .given = true, .ids = ids, .words = categories, .n = n };
	return ERR_OK;
}

static enum err
read_one(struct request *r, const struct field *f, const struct json *j, struct value *v)
{
	v->field = f;
	if (json_type(j) == JSON_NULL) {
		if (j != NULL && f->flags & FIELD_REMOVES) {
			v->given = true;
			v->text = STR("");
			return ERR_OK;
		}
		return f->flags & FIELD_REQUIRED ? flaw(r, f, "required", "this field is needed")
						 : ERR_OK;
	}
	switch (f->type) {
	case FIELD_TEXT:
		return read_text(r, f, j, v);
	case FIELD_INT:
		return read_int(r, f, j, v);
	case FIELD_NUMBER:
		v->given = json_double(j, &v->real);
		return v->given ? ERR_OK : ERR_UNREADABLE;
	case FIELD_BOOL:
		v->given = json_bool(j, &v->truth);
		return v->given ? ERR_OK : ERR_UNREADABLE;
	case FIELD_ID:
		v->given = true;
		return read_id(r, f, j, &v->number);
	case FIELD_IDS:
		return read_ids(r, f, j, v);
	case FIELD_WORDS:
		return read_words(r, f, j, v);
	case FIELD_MASK:
		return read_mask(r, f, j, v);
	case FIELD_POSITIONS:
		return read_positions(r, f, j, v);
	case FIELD_PLACES:
		return read_places(r, f, j, v);
	case FIELD_OBJECT:
		v->given = json_type(j) == JSON_OBJECT;
		return v->given ? ERR_OK : ERR_UNREADABLE;
	default:
		log_fatal(EX_SOFTWARE, "field of an unknown type", f->name);
	}
}

/* The value of a field, in the object that its name says. */
static struct json *
find(struct request *r, const struct json *body, const char *name)
{
	const char *dot = strchr(name, '.');

	if (dot == NULL)
		return json_get(body, name);
	return json_get(
	    json_get(body, arena_strndup(r->arena, name, (size_t)(dot - name))), dot + 1);
}

/* A text body stands for the object {"content": text}. */
static enum err
parse_body(struct request *r, struct json **out)
{
	struct buf *b;

	if (!r->body_is_text) {
		if (r->body.len == 0) {
			*out = NULL;
			return ERR_OK;
		}
		TRY(json_parse(r->arena, r->body, out));
		return json_type(*out) == JSON_OBJECT ? ERR_OK : ERR_UNREADABLE;
	}
	if (!utf8_is_valid(r->body) || memchr(r->body.p, '\0', r->body.len) != NULL)
		return ERR_UNREADABLE;
	b = request_buf(r, 8 * BODY_MAX);
	buf_add_cstr(b, "{\"content\":");
	buf_add_json(b, r->body);
	buf_add_char(b, '}');
	return buf_ok(b) ? json_parse(r->arena, buf_str(b), out) : ERR_NO_MEMORY;
}

enum err
fields_read(struct request *r, const struct field_list *list)
{
	struct json *body;
	enum err e = ERR_OK;

	if (list->n > FIELDS)
		log_fatal(EX_SOFTWARE, "too many fields", list->f[0].name);
	TRY(parse_body(r, &body));
	r->nvalues = list->n;
	for (size_t i = 0; i < list->n; i++) {
		const struct field *f = &list->f[i];
		enum err each = read_one(r, f, find(r, body, f->name), &r->values[i]);
		if (each == ERR_UNREADABLE) {
			r->call.detail =
			    str_of(arena_printf(r->arena, "%s is of another type", f->name));
			return each;
		}
		e = e == ERR_OK ? each : e;
	}
	return e;
}
