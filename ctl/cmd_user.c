#include <stdio.h>
#include <string.h>

#include "base/crypt.h"
#include "ctl/cmd.h"
#include "ctl/out.h"
#include "ctl/secret.h"
#include "domain/account.h"
#include "domain/password.h"
#include "domain/publish.h"

#define PAGE 500
/* A line of user list: as wide as the longest name, id, time and flags. */
#define ROW "%-32.*s  %-19.*s  %-24.*s  %-26.*s  %.*s"

static bool
name_is_valid(const char *name)
{
	if (username_is_valid(str_of(name)))
		return true;
	complain("'%s' is no user name: %d to %d of a-z 0-9 _ . -", name, USERNAME_MIN, USERNAME_MAX);
	return false;
}

static int
no_such_user(const char *name)
{
	complain("there is no user '%s'", name);
	return STATUS_FAILED;
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
	enum err e = pg_run(c->world.pg, &c->arena, STMT_ADMIN_ACCOUNT_ADD,
	    PG_ARGS(argv[0], hash, pg_bool(admin)), NULL);
	if (e == ERR_USERNAME_TAKEN) {
		complain("the user name '%s' is taken", argv[0]);
		return STATUS_FAILED;
	}
	if (e != ERR_OK)
		return cmd_pg_failed(c, "user add");
	say("made the %s %s", admin ? "administrator" : "user", argv[0]);
	return STATUS_OK;
}

/* *id is 0 when there is no such user. */
static enum err
find(struct ctl *c, const char *name, int64_t *id)
{
	struct pg_rows rows;
	int64_t found = 0;

	TRY(pg_run(c->world.pg, &c->arena, STMT_ADMIN_ACCOUNT_FIND, PG_ARGS(name), &rows));
	pg_get_int(&rows, 0, 0, &found);
	*id = found;
	return ERR_OK;
}

static int
passwd(struct ctl *c, int argc, char **argv)
{
	struct pg_rows rows;
	const char *hash;
	int64_t id;

	if (argc != 1)
		return cmd_usage("user");
	if (find(c, argv[0], &id) != ERR_OK)
		return cmd_pg_failed(c, "user passwd");
	if (id == 0)
		return no_such_user(argv[0]);
	hash = new_hash(c);
	if (hash == NULL)
		return STATUS_FAILED;
	if (pg_run(c->world.pg, &c->arena, STMT_ACCOUNT_PASSWORD_SET,
	    PG_ARGS(pg_int(&c->arena, id), NULL, hash), &rows) != ERR_OK)
		return cmd_pg_failed(c, "user passwd");
	publish_rows(&c->world, &rows);
	say("the password of %s is changed; %d session%s ended", argv[0], rows.n - 1, rows.n == 2 ? "" : "s");
	return STATUS_OK;
}

static int
make_admin(struct ctl *c, int argc, char **argv)
{
	struct pg_rows rows;

	if (argc != 1)
		return cmd_usage("user");
	if (pg_run(c->world.pg, &c->arena, STMT_ADMIN_MAKE_ADMIN, PG_ARGS(argv[0]), &rows) != ERR_OK)
		return cmd_pg_failed(c, "user make-admin");
	if (rows.n == 0)
		return no_such_user(argv[0]);
	say("%s is an administrator", argv[0]);
	return STATUS_OK;
}

static struct str
or_dash(struct str s)
{
	return s.p == NULL || s.len == 0 ? STR("-") : s;
}

/* Columns as in admin_account_list: id, username, email, admin, bot, disabled, created_at. */
static void
print_user(const struct pg_rows *rows, int i)
{
	bool admin = pg_get_bool(rows, i, 3), bot = pg_get_bool(rows, i, 4), disabled = pg_get_bool(rows, i, 5);
	char flags[32];

	snprintf(flags, sizeof(flags), "%s%s%s", admin ? ",administrator" : "", bot ? ",bot" : "",
	    disabled ? ",disabled" : "");
	say(ROW, STR_FMT(pg_get(rows, i, 1)), STR_FMT(pg_get(rows, i, 0)), STR_FMT(pg_get(rows, i, 6)),
	    STR_FMT(or_dash(str_of(flags[0] == '\0' ? "" : flags + 1))), STR_FMT(or_dash(pg_get(rows, i, 2))));
}

static void
print_header(void)
{
	say(ROW, STR_FMT(STR("USER")), STR_FMT(STR("ID")), STR_FMT(STR("CREATED")), STR_FMT(STR("FLAGS")),
	    STR_FMT(STR("E-MAIL")));
}

static int
list(struct ctl *c, int argc, char **argv)
{
	char after[USERNAME_MAX + 1] = "";
	struct pg_rows rows;

	(void)argv;
	if (argc != 0)
		return cmd_usage("user");
	do {
		arena_reset(&c->arena);
		if (pg_run(c->world.pg, &c->arena, STMT_ADMIN_ACCOUNT_LIST,
		    PG_ARGS(after, pg_int(&c->arena, PAGE)), &rows) != ERR_OK)
			return cmd_pg_failed(c, "user list");
		if (after[0] == '\0')
			print_header();
		for (int i = 0; i < rows.n; i++)
			print_user(&rows, i);
		struct str last = pg_get(&rows, rows.n - 1, 1);
		if (last.p == NULL || last.len > USERNAME_MAX)
			break;
		memcpy(after, last.p, last.len);
		after[last.len] = '\0';
	} while (rows.n == PAGE);
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
