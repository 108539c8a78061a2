/* Parameters and fields as text. */
#include <stdio.h>

#include "base/crypt.h"
#include "link/pg_impl.h"

static void
result_release(void *obj)
{
	PQclear(obj);
}

struct pg_rows
pg_rows_of(const PGresult *res)
{
	uint64_t affected = 0;

	str_to_u64(str_of(PQcmdTuples((PGresult *)(uintptr_t)res)), INT64_MAX, &affected);
	return (struct pg_rows){ (const struct pg_result *)res, PQntuples(res), PQnfields(res),
		(int64_t)affected };
}

struct pg_rows
pg_rows_take(struct arena *a, PGresult *res)
{
	arena_defer(a, result_release, res);
	return pg_rows_of(res);
}

static const PGresult *
result(const struct pg_rows *r)
{
	return (const PGresult *)r->res;
}

struct str
pg_get(const struct pg_rows *r, int row, int col)
{
	if (row < 0 || row >= r->n || col < 0 || col >= r->cols || PQgetisnull(result(r), row, col))
		return STR_NULL;
	return (struct str){ PQgetvalue(result(r), row, col),
		(size_t)PQgetlength(result(r), row, col) };
}

bool
pg_get_int(const struct pg_rows *r, int row, int col, int64_t *out)
{
	struct str s = pg_get(r, row, col);
	bool negative = s.len > 0 && s.p[0] == '-';
	uint64_t v;

	if (negative)
		s = (struct str){ s.p + 1, s.len - 1 };
	if (!str_to_u64(s, INT64_MAX, &v))
		return false;
	*out = negative ? -(int64_t)v : (int64_t)v;
	return true;
}

bool
pg_get_bool(const struct pg_rows *r, int row, int col)
{
	struct str s = pg_get(r, row, col);

	return s.len == 1 && s.p[0] == 't';
}

const char *
pg_int(struct arena *a, int64_t v)
{
	return arena_printf(a, "%lld", (long long)v);
}

const char *
pg_double(struct arena *a, double v)
{
	return arena_printf(a, "%.17g", v);
}

const char *
pg_text(struct arena *a, struct str s)
{
	return s.p == NULL ? NULL : arena_strndup(a, s.p, s.len);
}

const char *
pg_bool(bool v)
{
	return v ? "t" : "f";
}

const char *
pg_bytea(struct arena *a, const void *p, size_t n)
{
	char *s = arena_alloc(a, 2 * n + 3);

	s[0] = '\\';
	s[1] = 'x';
	crypt_hex(p, n, s + 2);
	return s;
}

const char *
pg_int_array(struct arena *a, const int64_t *v, size_t n)
{
	char *s = arena_alloc(a, n * 21 + 3), *p = s;

	*p++ = '{';
	for (size_t i = 0; i < n; i++)
		p += snprintf(p, 23, i == 0 ? "%lld" : ",%lld", (long long)v[i]);
	*p++ = '}';
	*p = '\0';
	return s;
}

const char *
pg_text_array(struct arena *a, const struct str *v, size_t n)
{
	size_t room = 3;

	for (size_t i = 0; i < n; i++)
		room += 2 * v[i].len + 5;
	char *s = arena_alloc(a, room), *p = s;
	*p++ = '{';
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*p++ = ',';
		if (v[i].p == NULL) {
			memcpy(p, "NULL", 4);
			p += 4;
			continue;
		}
		*p++ = '"';
		for (size_t j = 0; j < v[i].len; j++) {
			if (v[i].p[j] == '"' || v[i].p[j] == '\\')
				*p++ = '\\';
			*p++ = v[i].p[j];
		}
		*p++ = '"';
	}
	*p++ = '}';
	*p = '\0';
	return s;
}
