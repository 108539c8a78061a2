/* Parameters and fields as text, and SQL of one's own. */
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "base/id.h"
#include "link/pg_impl.h"

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
	return (struct str){ PQgetvalue(result(r), row, col), (size_t)PQgetlength(result(r), row, col) };
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
		room += 2 * v[i].len + 3;
	char *s = arena_alloc(a, room), *p = s;
	*p++ = '{';
	for (size_t i = 0; i < n; i++) {
		if (i > 0)
			*p++ = ',';
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

static void
result_release(void *obj)
{
	PQclear(obj);
}

/* All results of what was sent; the last good one into rows. */
static enum err
collect(struct pg *pg, struct arena *a, struct pg_rows *rows)
{
	int64_t until = pg_until(pg);
	enum err first = ERR_OK;
	PGresult *res;

	for (;;) {
		if (!pg_flush(pg, until) || !pg_next(pg, until, &res)) {
			first = pg_fault_lost(pg, PQerrorMessage(pg->conn), true);
			pg_close(pg);
			return first;
		}
		if (res == NULL)
			break;
		ExecStatusType status = PQresultStatus(res);
		if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
			enum err e = pg_fault_result(pg, res);
			first = first != ERR_OK ? first : e;
		} else if (rows != NULL) {
			uint64_t affected = 0;
			str_to_u64(str_of(PQcmdTuples(res)), INT64_MAX, &affected);
			arena_defer(a, result_release, res);
			*rows = (struct pg_rows){ (const struct pg_result *)res, PQntuples(res),
				PQnfields(res), (int64_t)affected };
			continue;
		}
		PQclear(res);
	}
	pg->trips++;
	if (PQstatus(pg->conn) != CONNECTION_OK)
		pg_close(pg);
	else
		pg->in_transaction = PQtransactionStatus(pg->conn) != PQTRANS_IDLE;
	return first;
}

static enum err
send_failed(struct pg *pg)
{
	enum err e = pg_fault_lost(pg, PQerrorMessage(pg->conn), false);

	pg_close(pg);
	return e;
}

enum err
pg_query(struct pg *pg, struct arena *a, const char *sql, struct pg_args args, struct pg_rows *rows)
{
	pg_fault_clear(pg);
	TRY(pg_connect(pg));
	if (!PQsendQueryParams(pg->conn, sql, args.n, NULL, args.v, NULL, NULL, 0))
		return send_failed(pg);
	return collect(pg, a, rows);
}

enum err
pg_script(struct pg *pg, const char *sql)
{
	pg_fault_clear(pg);
	TRY(pg_connect(pg));
	if (!PQsendQuery(pg->conn, sql))
		return send_failed(pg);
	enum err e = collect(pg, NULL, NULL);
	if (e != ERR_OK)
		pg_rollback(pg);
	return e;
}
