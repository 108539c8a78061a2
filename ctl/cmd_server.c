#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl/cmd.h"
#include "ctl/named.h"
#include "ctl/out.h"
#include "domain/admin_server.h"

#define PAGE 500
#define MINUTES_MAX (28 * 24 * 60)
#define CELLS_MAX 7
#define SERVER_ROW "%-19.*s  %-24.*s  %7.*s  %-32.*s  %.*s%s"

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

/* ---- lists of what is in a server */

struct column {
	const char *head;
	int width;
};

static const struct list {
	const char *verb;
	enum admin_list what;
	struct column columns[CELLS_MAX];
} lists[] = {
	{ "members", ADMIN_MEMBERS, { { "ID", 19 }, { "USER", 32 }, { "JOINED", 24 },
		{ "TIME-OUT", 24 }, { "UNTIL", 24 }, { "ROLES", 0 } } },
	{ "bans", ADMIN_BANS, { { "ID", 19 }, { "USER", 32 }, { "SINCE", 24 }, { "UNTIL", 24 },
		{ "BY", 32 }, { "REASON", 0 } } },
	{ "roles", ADMIN_ROLES, { { "ID", 19 }, { "KIND", 9 }, { "PERMISSIONS", 11 },
		{ "HOLDERS", 7 }, { "NAME", 0 } } },
	{ "channels", ADMIN_CHANNELS, { { "ID", 19 }, { "KIND", 5 }, { "MESSAGES", 8 },
		{ "FLAGS", 24 }, { "CATEGORY", 24 }, { "NAME", 0 } } },
	{ "invites", ADMIN_INVITES, { { "CODE", 22 }, { "MADE", 24 }, { "UNTIL", 24 },
		{ "USES", 7 }, { "BY", 32 }, { "ROLE", 0 } } },
	{ "reports", ADMIN_REPORTS, { { "ID", 19 }, { "MADE", 24 }, { "STATE", 9 },
		{ "REASON", 7 }, { "ABOUT", 32 }, { "BY", 32 }, { "NOTE", 0 } } },
};

static void
print_line(const struct list *l, const struct str *cells)
{
	struct buf line;
	size_t n = 0;

	buf_init(&line, 1u << 20);
	for (; n < CELLS_MAX && l->columns[n].head != NULL; n++) {
		struct str x = cells == NULL ? str_of(l->columns[n].head) : or_dash(cells[n]);

		buf_printf(&line, "%s%-*.*s", n == 0 ? "" : "  ", l->columns[n].width, STR_FMT(x));
	}
	say("%.*s", STR_FMT(buf_str(&line)));
	buf_release(&line);
}

static int
show_list(struct ctl *c, const struct list *l, const char *name)
{
	int64_t server = named_server(c, name, false, "server"), skip = 0;
	struct admin_cells page;

	if (server == 0)
		return STATUS_FAILED;
	print_line(l, NULL);
	do {
		arena_reset(&c->arena);
		if (admin_list(&c->world, &c->arena, l->what, server, skip, PAGE, &page) != ERR_OK)
			return cmd_pg_failed(c, "server");
		for (size_t i = 0; i < page.lines; i++)
			print_line(l, page.v + i * page.per_line);
		skip += PAGE;
	} while (page.lines == PAGE);
	return STATUS_OK;
}

/* ---- what is done in one */

enum subject { OF_SERVER, OF_USER, OF_CHANNEL };
enum more { NO_MORE, MINUTES, ROLE };

static const struct deed {
	const char *verb;
	enum admin_deed deed;
	enum subject of;
	enum more more;
	bool deleted;		/* of what is deleted */
	const char *done;	/* after the subject's name */
} deeds[] = {
	{ "kick", ADMIN_KICK, OF_USER, NO_MORE, false, "is out of the server, and may come back" },
	{ "ban", ADMIN_BAN, OF_USER, NO_MORE, false, "is banned" },
	{ "unban", ADMIN_UNBAN, OF_USER, NO_MORE, false, "is not banned any more" },
	{ "time-out", ADMIN_TIMEOUT, OF_USER, MINUTES, false, "reads only for so long" },
	{ "give", ADMIN_GIVE, OF_USER, ROLE, false, "has the role" },
	{ "take", ADMIN_TAKE, OF_USER, ROLE, false, "has the role no more" },
	{ "hand-on", ADMIN_HAND_ON, OF_USER, NO_MORE, false, "owns the server" },
	{ "lockdown", ADMIN_LOCKDOWN, OF_SERVER, NO_MORE, false, "lets nobody in" },
	{ "open", ADMIN_OPEN, OF_SERVER, NO_MORE, false, "is open again" },
	{ "delete", ADMIN_DELETE, OF_SERVER, NO_MORE, false, "is deleted, for good in seven days" },
	{ "restore", ADMIN_RESTORE, OF_SERVER, NO_MORE, true, "is back" },
	{ "remove-icon", ADMIN_ICON_REMOVE, OF_SERVER, NO_MORE, false, "has no picture" },
	{ "archive", ADMIN_CHANNEL_ARCHIVE, OF_CHANNEL, NO_MORE, false, "is archived" },
	{ "unarchive", ADMIN_CHANNEL_UNARCHIVE, OF_CHANNEL, NO_MORE, false, "is not archived" },
	{ "delete-channel", ADMIN_CHANNEL_DELETE, OF_CHANNEL, NO_MORE, false,
	    "is deleted, for good in seven days" },
	{ "restore-channel", ADMIN_CHANNEL_RESTORE, OF_CHANNEL, NO_MORE, true, "is back" },
};

/* Why the owner himself could not do it. */
static int
refused(const struct ctl *c, enum err e, const char *name)
{
	const struct pg_fault *f = pg_fault(c->world.pg);

	if (strncmp(f->sqlstate, "UE", 2) != 0)
		return cmd_pg_failed(c, "server");
	complain("%s: %s%s%s", name, err_info(e)->title, f->detail[0] == '\0' ? "" : ": ",
	    f->detail);
	return STATUS_FAILED;
}

static bool
read_minutes(const char *s, int64_t *seconds)
{
	char *end;
	long n = strtol(s, &end, 10);

	if (*s < '0' || *s > '9' || *end != '\0' || n > MINUTES_MAX)
		return false;
	*seconds = n * 60;
	return true;
}

/* args: SERVER, [USER or CHANNEL], [what more there is to say], [REASON]. */
static int
run_deed(struct ctl *c, const struct deed *d, int argc, char **argv)
{
	int need = 1 + (d->of != OF_SERVER) + (d->more != NO_MORE);
	int64_t server, subject = 0, more = 0;
	const char *name = argv[d->of != OF_SERVER ? 1 : 0];

	if (argc < need || argc > need + 1)
		return cmd_usage("server");
	if (d->more == MINUTES && !read_minutes(argv[2], &more)) {
		complain("%s is no number of minutes up to %d", argv[2], MINUTES_MAX);
		return STATUS_USAGE;
	}
	server = named_server(c, argv[0], d->deleted && d->of == OF_SERVER, "server");
	if (server == 0)
		return STATUS_FAILED;
	if (d->of == OF_USER)
		subject = named_user(c, name, "server");
	else if (d->of == OF_CHANNEL)
		subject = named_channel(c, server, name, d->deleted, "server");
	if (d->of != OF_SERVER && subject == 0)
		return STATUS_FAILED;
	if (d->more == ROLE && (more = named_role(c, server, argv[2], "server")) == 0)
		return STATUS_FAILED;
	enum err e = admin_do(&c->world, &c->arena, d->deed, server, subject, more,
	    argc > need ? argv[need] : "");
	if (e != ERR_OK)
		return refused(c, e, name);
	say("%s %s", name,
	    d->more == MINUTES && more == 0 ? "is in no time-out any more" : d->done);
	return STATUS_OK;
}

static int
invite(struct ctl *c, const char *name)
{
	int64_t server = named_server(c, name, false, "server invite");
	const char *code;

	if (server == 0)
		return STATUS_FAILED;
	enum err e = admin_invite(&c->world, &c->arena, server, &code);
	if (e != ERR_OK)
		return refused(c, e, name);
	say("%s/invite/%s", c->config.base_url, code);
	return STATUS_OK;
}

static int
uninvite(struct ctl *c, const char *name, const char *code)
{
	int64_t server = named_server(c, name, false, "server uninvite");

	if (server == 0)
		return STATUS_FAILED;
	enum err e = admin_invite_delete(&c->world, &c->arena, server, code);
	if (e != ERR_OK)
		return refused(c, e, code);
	say("%s lets nobody in any more", code);
	return STATUS_OK;
}

int
cmd_server(struct ctl *c, int argc, char **argv)
{
	const char *verb = argc > 0 ? argv[0] : "";

	if (argc == 1 && strcmp(verb, "list") == 0)
		return list(c);
	if (argc == 2 && strcmp(verb, "invite") == 0)
		return invite(c, argv[1]);
	if (argc == 3 && strcmp(verb, "uninvite") == 0)
		return uninvite(c, argv[1], argv[2]);
	for (size_t i = 0; argc == 2 && i < sizeof(lists) / sizeof(lists[0]); i++)
		if (strcmp(verb, lists[i].verb) == 0)
			return show_list(c, &lists[i], argv[1]);
	for (size_t i = 0; argc > 1 && i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (strcmp(verb, deeds[i].verb) == 0)
			return run_deed(c, &deeds[i], argc - 1, argv + 1);
	return cmd_usage("server");
}
