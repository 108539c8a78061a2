#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "ctl/cmd.h"
#include "ctl/out.h"
#include "domain/admin.h"
#include "domain/admin_server.h"
#include "wire/csv.h"

#define PAGE 500
#define CELL_MAX (1u << 20)
#define SERVER_ROW "%-19.*s  %-24.*s  %7.*s  %-32.*s  %.*s%s"
#define AUDIT_ROW "%.*s  %-20.*s  %-20.*s  %-19.*s  %.*s  %.*s"

static struct str
or_dash(struct str s)
{
	return s.len == 0 ? STR("-") : s;
}

/* Says so when there is none, or more than one; 0 then. */
static int64_t
find_server(struct ctl *c, const char *name, const char *doing)
{
	int64_t id = 0;
	int found;

	if (admin_server_find(&c->world, &c->arena, name, &id, &found) != ERR_OK)
		cmd_pg_failed(c, doing);
	else if (found == 0)
		complain("there is no server '%s'", name);
	else if (found > 1)
		complain("several servers are called '%s': say which by its id", name);
	else
		return id;
	return 0;
}

static int
list(struct ctl *c)
{
	struct admin_server *servers;
	int64_t after = 0;
	size_t n;

	say(SERVER_ROW, STR_FMT(STR("ID")), STR_FMT(STR("CREATED")), STR_FMT(STR("MEMBERS")),
	    STR_FMT(STR("OWNER")), STR_FMT(STR("NAME")), "");
	do {
		arena_reset(&c->arena);
		if (admin_servers(&c->world, &c->arena, after, PAGE, &servers, &n) != ERR_OK)
			return cmd_pg_failed(c, "server list");
		for (size_t i = 0; i < n; i++) {
			const struct admin_server *s = &servers[i];
			struct str id = str_of(
			    arena_printf(&c->arena, "%lld", (long long)s->id));
			say(SERVER_ROW, STR_FMT(id), STR_FMT(s->created_at), STR_FMT(s->members),
			    STR_FMT(s->owner), STR_FMT(s->name), s->deleted ? " (deleted)" : "");
			after = s->id;
		}
	} while (n == PAGE);
	return STATUS_OK;
}

int
cmd_server(struct ctl *c, int argc, char **argv)
{
	if (argc != 1 || strcmp(argv[0], "list") != 0)
		return cmd_usage("server");
	return list(c);
}

int
cmd_ban(struct ctl *c, int argc, char **argv)
{
	int64_t server, user;

	if (argc != 2)
		return cmd_usage("ban");
	server = find_server(c, argv[0], "ban");
	if (server == 0)
		return STATUS_FAILED;
	if (admin_user_find(&c->world, &c->arena, argv[1], &user) != ERR_OK)
		return cmd_pg_failed(c, "ban");
	if (user == 0) {
		complain("there is no user '%s'", argv[1]);
		return STATUS_FAILED;
	}
	enum err e = admin_ban(&c->world, &c->arena, server, user);
	if (e == ERR_FORBIDDEN) {
		complain("%s owns the server", argv[1]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, "ban");
	say("%s is banned from %s", argv[1], argv[0]);
	return STATUS_OK;
}

/* What a terminal could take for a command is escaped in it, as in what say() prints. */
static void
print_csv(const struct str *cells)
{
	struct str safe[ADMIN_AUDIT_CELLS];
	struct buf text[ADMIN_AUDIT_CELLS], line;

	buf_init(&line, ADMIN_AUDIT_CELLS * CELL_MAX);
	for (int i = 0; i < ADMIN_AUDIT_CELLS; i++) {
		buf_init(&text[i], CELL_MAX);
		buf_add_cstr(&text[i], "");
		out_escape(&text[i], cells[i]);
		safe[i] = buf_str(&text[i]);
	}
	csv_add_line(&line, safe, ADMIN_AUDIT_CELLS);
	fwrite(line.p, 1, line.len, stdout);
	for (int i = 0; i < ADMIN_AUDIT_CELLS; i++)
		buf_release(&text[i]);
	buf_release(&line);
}

static void
print_entry(const struct str *x)
{
	say(AUDIT_ROW, STR_FMT(x[1]), STR_FMT(or_dash(x[3])), STR_FMT(x[4]),
	    STR_FMT(or_dash(x[5])), STR_FMT(or_dash(x[6])), STR_FMT(or_dash(x[7])));
}

int
cmd_audit(struct ctl *c, int argc, char **argv)
{
	static const struct str heads[ADMIN_AUDIT_CELLS] = { STR("id"), STR("at"), STR("actor_id"),
		STR("actor"), STR("action"), STR("target_id"), STR("reason"), STR("detail") };
	bool csv = argc == 2 && strcmp(argv[1], "--csv") == 0;
	int64_t server, before = INT64_MAX;
	struct str *cells;
	size_t n;

	if (argc < 1 || argc > 2 || (argc == 2 && !csv))
		return cmd_usage("audit");
	server = find_server(c, argv[0], "audit");
	if (server == 0)
		return STATUS_FAILED;
	if (csv)
		print_csv(heads);
	do {
		arena_reset(&c->arena);
		if (admin_audit(&c->world, &c->arena, server, before, PAGE, &cells, &n) != ERR_OK)
			return cmd_pg_failed(c, "audit");
		for (size_t i = 0; i < n; i++) {
			const struct str *x = cells + i * ADMIN_AUDIT_CELLS;
			(csv ? print_csv : print_entry)(x);
			if (!id_parse(x[0], &before))
				return STATUS_FAILED;
		}
	} while (n == PAGE);
	return STATUS_OK;
}
