#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "ctl/cmd_user.h"
#include "ctl/named.h"
#include "ctl/out.h"
#include "ctl/secret.h"
#include "domain/account.h"
#include "domain/admin.h"
#include "domain/export.h"
#include "domain/password.h"

#define PAGE 500
/* A line of user list: as wide as the longest name, id, time and flags. */
#define ROW "%-32.*s  %-19.*s  %-24.*s  %-36.*s  %.*s"

static bool
name_is_valid(const char *name)
{
	if (username_is_valid(str_of(name)))
		return true;
	complain(
	    "'%s' is no user name: %d to %d of a-z 0-9 _ . -", name, USERNAME_MIN, USERNAME_MAX);
	return false;
}

/* Reads a password and hashes it; in the arena. NULL with a word on stderr. */
static const char *
new_hash(struct ctl *c)
{
	char secret[SECRET_MAX], hash[CRYPT_PWHASH_MAX];
	const char *out = NULL;
	struct str password;

	if (secret_read(secret, &password)) {
		if (password_hash(&c->world, password, hash) == ERR_OK)
			out = arena_strdup(&c->arena, hash);
		else
			complain("the password could not be hashed: not enough memory");
	}
	crypt_wipe(secret, sizeof(secret));
	return out;
}

static int
add(struct ctl *c, int argc, char **argv)
{
	bool admin = argc == 2 && strcmp(argv[1], "--admin") == 0;
	const char *hash;

	if (argc < 1 || argc > 2 || (argc == 2 && !admin))
		return cmd_usage("user");
	if (!name_is_valid(argv[0]))
		return STATUS_FAILED;
	hash = new_hash(c);
	if (hash == NULL)
		return STATUS_FAILED;
	enum err e = admin_user_add(&c->world, &c->arena, argv[0], hash, admin);
	if (e == ERR_USERNAME_TAKEN) {
		complain("the user name '%s' is taken", argv[0]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, "user add");
	say("made the %s %s", admin ? "administrator" : "user", argv[0]);
	return STATUS_OK;
}

static int
passwd(struct ctl *c, int argc, char **argv)
{
	const char *hash;
	int ended;

	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user passwd");
	if (id == 0)
		return STATUS_FAILED;
	hash = new_hash(c);
	if (hash == NULL)
		return STATUS_FAILED;
	if (admin_password_set(&c->world, &c->arena, id, hash, &ended) != ERR_OK)
		return cmd_pg_failed(c, "user passwd");
	say("the password of %s is changed; %d session%s ended", argv[0], ended,
	    ended == 1 ? "" : "s");
	return STATUS_OK;
}

static int
make_admin(struct ctl *c, int argc, char **argv)
{
	bool found;

	if (argc != 1)
		return cmd_usage("user");
	if (admin_promote(&c->world, &c->arena, argv[0], &found) != ERR_OK)
		return cmd_pg_failed(c, "user make-admin");
	if (!found) {
		complain("there is no user '%s'", argv[0]);
		return STATUS_FAILED;
	}
	say("%s is an administrator", argv[0]);
	return STATUS_OK;
}

static int
refused(struct ctl *c, enum err e, const char *name, const char *doing)
{
	if (e == ERR_OWNER_STAYS)
		complain("%s owns a server: it has to be handed on, or deleted, first", name);
	else if (e == ERR_CONFLICT)
		complain("%s is the last administrator: make another one first", name);
	else if (e == ERR_NOT_FOUND)
		complain("%s is disabled already", name);
	else
		return cmd_pg_failed(c, doing);
	return STATUS_FAILED;
}

static int
deactivate(struct ctl *c, int argc, char **argv)
{
	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user deactivate");
	if (id == 0)
		return STATUS_FAILED;
	enum err e = admin_user_deactivate(&c->world, &c->arena, id);
	if (e != ERR_OK)
		return refused(c, e, argv[0], "user deactivate");
	say("%s is disabled and signed out everywhere", argv[0]);
	return STATUS_OK;
}

static int
enable(struct ctl *c, int argc, char **argv)
{
	bool was;

	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user enable");
	if (id == 0)
		return STATUS_FAILED;
	if (admin_user_enable(&c->world, &c->arena, id, &was) != ERR_OK)
		return cmd_pg_failed(c, "user enable");
	if (!was) {
		complain("%s is not disabled, or deleted for good", argv[0]);
		return STATUS_FAILED;
	}
	say("%s may sign in again", argv[0]);
	return STATUS_OK;
}

static int
delete(struct ctl *c, int argc, char **argv)
{
	bool purge = argc == 2 && strcmp(argv[1], "--purge") == 0;

	if (argc < 1 || argc > 2 || (argc == 2 && !purge))
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user delete");
	if (id == 0)
		return STATUS_FAILED;
	enum err e = admin_user_delete(&c->world, &c->arena, id, purge);
	if (e != ERR_OK)
		return refused(c, e, argv[0], "user delete");
	say("%s is deleted%s", argv[0], purge ? "; the jobs delete what was said" : "");
	return STATUS_OK;
}

static int
export(struct ctl *c, int argc, char **argv)
{
	struct str name;

	if (argc != 1)
		return cmd_usage("user");
	if (c->config.files_dir[0] == '\0') {
		complain("files_dir is not set in the configuration");
		return STATUS_FAILED;
	}
	int64_t id = named_user(c, argv[0], "user export");
	if (id == 0)
		return STATUS_FAILED;
	if (admin_user_export(&c->world, &c->arena, id, &name) != ERR_OK)
		return cmd_pg_failed(c, "user export");
	say("moot-jobs writes what %s has to %s/" EXPORT_FOLDER "/%.*s (a ZIP)", argv[0],
	    c->config.files_dir, STR_FMT(name));
	return STATUS_OK;
}

static int
second_factor(struct ctl *c, int argc, char **argv)
{
	if (argc != 2 || strcmp(argv[1], "off") != 0)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user second-factor");
	if (id == 0)
		return STATUS_FAILED;
	enum err e = admin_factors_drop(&c->world, &c->arena, id);
	if (e == ERR_NOT_FOUND) {
		complain("%s has no second factor", argv[0]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, "user second-factor");
	say("%s signs in with the password alone", argv[0]);
	return STATUS_OK;
}

static int
remove_avatar(struct ctl *c, int argc, char **argv)
{
	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user remove-avatar");
	if (id == 0)
		return STATUS_FAILED;
	enum err e = admin_avatar_remove(&c->world, &c->arena, id);
	if (e == ERR_NOT_FOUND) {
		complain("%s has no picture", argv[0]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, "user remove-avatar");
	say("%s has no picture any more; moot-jobs removes its files", argv[0]);
	return STATUS_OK;
}

/* For whom mail does not reach, or where none is sent. */
static int
reset_link(struct ctl *c, int argc, char **argv)
{
	struct ticket_secret secret;
	bool made;

	if (argc != 1)
		return cmd_usage("user");
	int64_t id = named_user(c, argv[0], "user reset-link");
	if (id == 0)
		return STATUS_FAILED;
	if (admin_reset_link(&c->world, &c->arena, id, &secret, &made) != ERR_OK)
		return cmd_pg_failed(c, "user reset-link");
	if (!made) {
		complain("%s is disabled", argv[0]);
		return STATUS_FAILED;
	}
	say("%s/reset#%s", c->config.base_url, secret.text);
	return STATUS_OK;
}

static void
print_user(const struct admin_user *u)
{
	char flags[64];

	snprintf(flags, sizeof(flags), "%s%s%s%s", u->admin ? ",administrator" : "",
	    u->bot ? ",bot" : "",
	    u->waits	      ? ",pending"
		: u->disabled ? ",disabled"
			      : "",
	    u->second_factor ? ",second-factor" : "");
	say(ROW, STR_FMT(u->username), STR_FMT(u->id), STR_FMT(u->created_at),
	    STR_FMT(or_dash(str_of(flags[0] == '\0' ? "" : flags + 1))),
	    STR_FMT(or_dash(u->email)));
}

static void
print_header(void)
{
	say(ROW, STR_FMT(STR("USER")), STR_FMT(STR("ID")), STR_FMT(STR("CREATED")),
	    STR_FMT(STR("FLAGS")), STR_FMT(STR("E-MAIL")));
}

static int
list(struct ctl *c, int argc, char **argv)
{
	char after[USERNAME_MAX + 1] = "";
	struct admin_user *users;
	size_t n;

	(void)argv;
	if (argc != 0)
		return cmd_usage("user");
	do {
		arena_reset(&c->arena);
		if (admin_users(&c->world, &c->arena, after, PAGE, &users, &n) != ERR_OK)
			return cmd_pg_failed(c, "user list");
		if (after[0] == '\0')
			print_header();
		for (size_t i = 0; i < n; i++)
			print_user(&users[i]);
		if (n == 0 || users[n - 1].username.len > USERNAME_MAX)
			break;
		memcpy(after, users[n - 1].username.p, users[n - 1].username.len);
		after[users[n - 1].username.len] = '\0';
	} while (n == PAGE);
	return STATUS_OK;
}

int
cmd_user(struct ctl *c, int argc, char **argv)
{
	static const struct {
		const char *verb;
		int (*run)(struct ctl *c, int argc, char **argv);
	} verbs[] = {
		{ "add", add },
		{ "passwd", passwd },
		{ "make-admin", make_admin },
		{ "deactivate", deactivate },
		{ "enable", enable },
		{ "delete", delete },
		{ "export", export },
		{ "second-factor", second_factor },
		{ "remove-avatar", remove_avatar },
		{ "reset-link", reset_link },
		{ "pending", user_pending },
		{ "approve", user_approve },
		{ "refuse", user_refuse },
		{ "list", list },
	};

	const char *verb = argc > 0 ? argv[0] : "";

	/* A name may begin like an option; it is one after --. */
	if (argc > 1 && argv[1][0] == '-') {
		if (strcmp(argv[1], "--") != 0)
			return cmd_usage("user");
		argc--;
		argv++;
	}
	for (size_t i = 0; argc > 0 && i < sizeof(verbs) / sizeof(verbs[0]); i++) {
		if (strcmp(verb, verbs[i].verb) == 0)
			return verbs[i].run(c, argc - 1, argv + 1);
	}
	return cmd_usage("user");
}
