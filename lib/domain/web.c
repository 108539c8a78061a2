#include "domain/web.h"

#include "domain/params.h"

/* As the statement has them. */
enum { KIND, AN_ID, NAME, AT, EDITED, CONTENT, SERVER, ICON, ROBOTS };

static void
take(struct web_page *p, const struct pg_rows *rows, int i)
{
	struct str kind = pg_get(rows, i, KIND), name = pg_get(rows, i, NAME);
	int64_t id = 0;

	pg_get_int(rows, i, AN_ID, &id);
	if (str_eq(kind, STR("channel"))) {
		p->channel = id;
		p->made = pg_get(rows, i, AT);
		p->name = name;
		p->topic = pg_get(rows, i, CONTENT);
		p->server = pg_get(rows, i, SERVER);
		p->icon = pg_get(rows, i, ICON);
		p->robots = pg_get_bool(rows, i, ROBOTS);
	} else if (str_eq(kind, STR("older"))) {
		p->older = id;
	} else if (str_eq(kind, STR("name"))) {
		p->names[p->n_names++] = (struct web_name){ id, name };
	} else if (str_eq(kind, STR("message")) && p->n_messages < WEB_MESSAGES) {
		p->messages[p->n_messages++] = (struct web_message){ .id = id,
			.at = pg_get(rows, i, AT), .edited = pg_get(rows, i, EDITED),
			.author = name, .content = pg_get(rows, i, CONTENT) };
	}
}

enum err
web_read(struct call *c, int64_t channel, int64_t before, struct web_page *out)
{
	struct pg_rows rows;
	struct web_page p = { .channel = channel };

	TRY(call_rows(c, STMT_WEB_PAGE, PG_ARGS(ID(c, channel), ID_OR_NULL(c, before),
	    pg_int(c->arena, WEB_MESSAGES)), &rows));
	p.names = arena_calloc(c->arena, (size_t)rows.n, sizeof(*p.names));
	for (int i = 0; i < rows.n; i++)
		take(&p, &rows, i);
	*out = p;
	return ERR_OK;
}

struct str
web_name_of(const struct web_page *p, int64_t id)
{
	size_t lo = 0, hi = p->n_names;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (p->names[mid].id == id)
			return p->names[mid].name;
		if (p->names[mid].id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return STR_NULL;
}
