#include <stdlib.h>

#include "ctl/cmd_user.h"
#include "ctl/named.h"
#include "ctl/out.h"
#include "domain/admin.h"

#define PAGE 500
/* A line: as wide as the longest name, time and word. */
#define ROW "%-32.*s  %-24.*s  %-14.*s  %-32.*s  %.*s"

static void
print_waiting(const struct admin_waiting *w)
{
	struct str email = w->email.p == NULL ? STR("-") : w->email;
	struct str note = w->note.p == NULL ? STR("-") : w->note;

	say(ROW, STR_FMT(w->username), STR_FMT(w->created_at),
	    STR_FMT(w->first_verify ? STR("address") : STR("administrator")), STR_FMT(email),
	    STR_FMT(note));
}

int
user_pending(struct ctl *c, int argc, char **argv)
{
	struct admin_waiting *waiting;
	int64_t after = 0;
	size_t n;

	(void)argv;
	if (argc != 0)
		return cmd_usage("user");
	say(ROW, STR_FMT(STR("USER")), STR_FMT(STR("CREATED")), STR_FMT(STR("WAITS FOR")),
	    STR_FMT(STR("E-MAIL")), STR_FMT(STR("NOTE")));
	do {
		if (admin_registrations(&c->world, &c->arena, after, PAGE, &waiting, &n) != ERR_OK)
			return cmd_pg_failed(c, "user pending");
		for (size_t i = 0; i < n; i++)
			print_waiting(&waiting[i]);
		if (n > 0)
			after = strtoll(waiting[n - 1].id.p, NULL, 10);
	} while (n == PAGE);
	return STATUS_OK;
}

static int
decide(struct ctl *c, int argc, char **argv, bool approve)
{
	const char *doing = approve ? "user approve" : "user refuse";

	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], doing);
	if (id == 0)
		return STATUS_FAILED;
	enum err e = admin_decide(&c->world, &c->arena, id, approve);
	if (e == ERR_NOT_FOUND) {
		complain("%s does not wait for an administrator", argv[0]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, doing);
	say(approve ? "%s may sign in now" : "%s is refused: the account is gone", argv[0]);
	return STATUS_OK;
}

int
user_approve(struct ctl *c, int argc, char **argv)
{
	return decide(c, argc, argv, true);
}

int
user_refuse(struct ctl *c, int argc, char **argv)
{
	return decide(c, argc, argv, false);
}
