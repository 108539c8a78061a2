#include <stdio.h>
#include <string.h>

#include "ctl/check.h"
#include "ctl/cmd.h"
#include "ctl/out.h"
#include "domain/account.h"
#include "domain/admin.h"
#include "domain/mail.h"

/* At once, and not by moot-jobs: what the server says is what one wants to know. */
int
cmd_mail(struct ctl *c, int argc, char **argv)
{
	struct mail_settings settings;
	struct letter letter = { 0 };
	struct mail_said said;
	const char *why;

	if (argc != 2 || strcmp(argv[0], "test") != 0)
		return cmd_usage("mail");
	if (!mail_address_is_valid(str_of(argv[1]))) {
		complain("'%s' is no e-mail address", argv[1]);
		return STATUS_FAILED;
	}
	if (mail_settings_read(&c->world, &c->arena, &settings, &why) != ERR_OK) {
		complain("%s", why);
		return STATUS_FAILED;
	}
	if (letter_make_test(&c->world, &c->arena, &settings, str_of(argv[1]), &letter) != ERR_OK) {
		complain("the letter could not be made");
		return STATUS_FAILED;
	}
	if (letter_send(&c->arena, &settings, &letter, &said) != ERR_OK) {
		complain("%s did not take it: %s", c->config.mail_smtp, said.text);
		return STATUS_FAILED;
	}
	say("%s took it for %s", c->config.mail_smtp, argv[1]);
	return STATUS_OK;
}

#define PAGE 500
#define PAGE_MEMORY (16u << 20)

/* Addresses that are there since before there was one rule of what an address is. */
static void
check_addresses(struct ctl *c, struct world *w, struct report *r)
{
	struct pg_options o = { .conninfo = c->config.database_owner,
		.application = "moot-doctor",
		.connect_ms = 3000,
		.statement_ms = 10000,
		.lock_ms = 10000 };
	struct admin_user *users;
	char after[USERNAME_MAX + 1] = "";
	size_t n = PAGE, bad = 0;
	struct arena a;

	w->pg = pg_new(&o);
	if (w->pg == NULL || pg_connect(w->pg) != ERR_OK) {	/* said by check_database() */
		pg_free(w->pg);
		return;
	}
	arena_init(&a, PAGE_MEMORY);
	while (n == PAGE && admin_users(w, &a, after, PAGE, &users, &n) == ERR_OK) {
		for (size_t i = 0; i < n; i++)
			bad += users[i].email.p != NULL && !mail_address_is_valid(users[i].email);
		if (n == PAGE)
			snprintf(after, sizeof(after), "%.*s", STR_FMT(users[n - 1].username));
		arena_reset(&a);
	}
	arena_release(&a);
	pg_free(w->pg);
	if (bad > 0)
		check_add(r, CHECK_NOTE, "mail addresses",
		    "they hold quotes or letters beyond ASCII; moot user list shows them",
		    "%zu that no letter can be written to", bad);
}

void
check_mail(struct ctl *c, struct report *r)
{
	struct mail_settings settings;
	struct world w = { .config = &c->config };
	const char *why;

	site_init(&w.site, c->config.base_url);
	enum err e = mail_settings_read(&w, r->arena, &settings, &why);
	if (e == ERR_OK)
		check_add(r, CHECK_OK, "mail", "moot mail test ADDRESS shows whether it arrives",
		    "goes to %s", c->config.mail_smtp);
	else if (e == ERR_NOT_FOUND)
		check_add(r, CHECK_NOTE, "mail",
		    "moot user reset-link gives out new passwords; mail_smtp and mail_from "
		    "let people get them by themselves",
		    "none is sent");
	else
		check_add(r, CHECK_PROBLEM, "mail", "correct the configuration", "%s", why);
	if (e == ERR_OK)
		check_addresses(c, &w, r);
}
