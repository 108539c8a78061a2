#include <stdio.h>
#include <string.h>

#include "base/id.h"
#include "ctl/cmd.h"
#include "ctl/named.h"
#include "ctl/out.h"
#include "domain/admin_server.h"
#include "domain/audit.h"
#include "wire/csv.h"

#define PAGE 500
#define LINE_MAX_BYTES (8u << 20)
#define AUDIT_ROW "%.*s  %-20.*s  %-20.*s  %-19.*s  %.*s  %.*s"

/* What a terminal could take for a command is escaped in it, as in what say() prints. */
static void
print_csv(struct arena *a, const struct str *cells)
{
	struct str safe[AUDIT_CELLS];
	struct buf line;

	for (int i = 0; i < AUDIT_CELLS; i++) {
		struct buf text;

		buf_init(&text, LINE_MAX_BYTES);
		out_escape(&text, cells[i]);
		safe[i] = str_of(arena_strndup(a, text.len == 0 ? "" : text.p, text.len));
		buf_release(&text);
	}
	buf_init(&line, AUDIT_CELLS * LINE_MAX_BYTES);
	csv_add_line(&line, safe, AUDIT_CELLS);
	fwrite(line.p, 1, line.len, stdout);
	buf_release(&line);
}

static void
print_entry(const struct str *x)
{
	say(AUDIT_ROW, STR_FMT(x[1]), STR_FMT(or_dash(x[3])), STR_FMT(x[4]),
	    STR_FMT(or_dash(x[5])), STR_FMT(or_dash(x[6])), STR_FMT(or_dash(x[7])));
}

static int
print_all(struct ctl *c, int64_t server, bool csv)
{
	int64_t before = INT64_MAX;
	struct admin_cells page;

	if (csv)
		print_csv(&c->arena, audit_heads);
	do {
		arena_reset(&c->arena);
		if (admin_audit(&c->world, &c->arena, server, before, PAGE, &page) != ERR_OK)
			return cmd_pg_failed(c, "audit");
		for (size_t i = 0; i < page.lines; i++) {
			const struct str *x = page.v + i * page.per_line;

			if (csv)
				print_csv(&c->arena, x);
			else
				print_entry(x);
			if (!id_parse(x[0], &before))
				return STATUS_FAILED;
		}
	} while (page.lines == PAGE);
	return STATUS_OK;
}

int
cmd_audit(struct ctl *c, int argc, char **argv)
{
	bool csv = argc > 0 && strcmp(argv[argc - 1], "--csv") == 0;
	int64_t server = 0;

	argc -= csv ? 1 : 0;
	if (argc > 1 || (argc == 1 && argv[0][0] == '-'))
		return cmd_usage("audit");
	if (argc == 1) {
		server = named_server(c, argv[0], false, "audit");
		if (server == 0)
			return STATUS_FAILED;
	}
	return print_all(c, server, csv);
}
