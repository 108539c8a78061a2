#include <string.h>

#include "ctl/check.h"
#include "ctl/cmd.h"
#include "ctl/out.h"
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
		    "nothing needs it yet; mail_smtp and mail_from are for moot mail test",
		    "none is sent");
	else
		check_add(r, CHECK_PROBLEM, "mail", "correct the configuration", "%s", why);
}
