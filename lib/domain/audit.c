#include "domain/audit.h"

#include "domain/params.h"
#include "wire/csv.h"
#include "wire/json.h"
#include "wire/json_raw.h"

const struct str audit_heads[AUDIT_CELLS] = { STR("id"), STR("at"), STR("actor_id"),
	STR("actor"), STR("action"), STR("target_id"), STR("reason"), STR("detail") };

enum err
audit_list(struct call *c, int64_t server, int64_t most, int64_t before,
    const struct audit_filter *f, struct answer *out)
{
	return call_list(c, STMT_AUDIT_LIST,
	    PG_ARGS(ACTOR(c), ID(c, server), pg_int(c->arena, most), ID_OR_NULL(c, before),
		ID_OR_NULL(c, f->actor), pg_text(c->arena, f->action), ID_OR_NULL(c, f->target)),
	    out);
}

static struct str
member(const struct json *j, const char *key)
{
	struct str s = STR("");

	json_str(json_get(j, key), &s);
	return s;
}

static enum err
add_line(struct arena *a, struct buf *out, struct str item)
{
	struct json *entry;
	struct str detail;

	TRY(json_parse(a, item, &entry));
	if (!json_raw_member(item, STR("detail"), &detail) || str_eq(detail, STR("null")))
		detail = STR("");
	const struct json *actor = json_get(entry, "actor");
	struct str cells[AUDIT_CELLS] = { member(entry, "id"), member(entry, "at"),
		member(actor, "id"), member(actor, "username"), member(entry, "action"),
		member(entry, "target_id"), member(entry, "reason"), detail };
	csv_add_line(out, cells, AUDIT_CELLS);
	return ERR_OK;
}

enum err
audit_lines_csv(struct arena *a, struct buf *out, struct str list)
{
	struct str items, item;

	csv_add_line(out, audit_heads, AUDIT_CELLS);
	if (!json_raw_member(list, STR("items"), &items))
		return ERR_INTERNAL;
	while (json_raw_next(&items, &item))
		TRY(add_line(a, out, item));
	return ERR_OK;
}
