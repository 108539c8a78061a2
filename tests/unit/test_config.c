#include <stdio.h>
#include <stdlib.h>

#include "base/config.h"
#include "tests/unit/support/unit.h"

static struct config c;
static char msg[512];

static bool
load(struct str text)
{
	return config_load(&c, unit_file("moot.conf", text.p, text.len), msg, sizeof(msg));
}

/* The text is refused, and the message names the file, then this. */
static void
refused(struct str text, const char *want)
{
	const char *path = unit_path("moot.conf");

	c.limits_scale = -5;
	ck_assert_msg(!load(text), "taken: %.*s", STR_FMT(text));
	ck_assert_msg(strncmp(msg, path, strlen(path)) == 0 && strstr(msg, want) != NULL,
	    "message '%s', want '%s'", msg, want);
	ck_assert_ptr_null(strchr(msg, '\n'));
	ck_assert_int_eq(c.limits_scale, -5);
}

START_TEST(defaults)
{
	ck_assert(config_load(&c, NULL, msg, sizeof(msg)));
	ck_assert_str_eq(c.base_url, "http://localhost:8080");
	ck_assert_str_eq(c.registration, "invite");
	ck_assert_int_eq(c.limits_scale, 1);
	ck_assert_int_eq(c.access_token_life, 900);
	ck_assert(load(STR("")));
	ck_assert_int_eq(c.push_ring_bytes, 536870912);
}
END_TEST

START_TEST(reads)
{
	ck_assert_msg(
	    load(STR("# comment\n\n   # another\nlimits_scale=100\r\n"
		     "  database =  host=/run/pg dbname=moot user=moot_api password=a#b  \n"
		     "redis = unix:/run/redis.sock\nfiles_dir =\nregistration=open\nbase_url = "
		     "https://chat.example.org/x")),
	    "%s", msg);
	ck_assert_int_eq(c.limits_scale, 100);
	ck_assert_str_eq(c.database, "host=/run/pg dbname=moot user=moot_api password=a#b");
	ck_assert_ptr_eq(c.database_push, c.database);
	ck_assert_ptr_eq(c.database_jobs, c.database);
	ck_assert_ptr_eq(c.database_owner, c.database);
	ck_assert_str_eq(c.files_dir, "");
	ck_assert_str_eq(c.base_url, "https://chat.example.org/x");
	ck_assert(load(STR("database = a\ndatabase_push = b\n")));
	ck_assert_str_eq(c.database_push, "b");
}
END_TEST

START_TEST(errors_name_file_and_line)
{
	char *text = arena_alloc(unit_arena(), 5000);

	refused(STR("\n\nlimit_scale = 1\n"), "moot.conf:3: unknown key 'limit_scale'");
	refused(STR("limits_scale = 1\nlimits_scale = 2\n"),
	    "moot.conf:2: limits_scale is given twice");
	refused(STR("limits_scale\n"), "moot.conf:1: expected");
	refused(STR("= 1\n"), "moot.conf:1: unknown key ''");
	refused(STR("limits_scale = 0"),
	    "moot.conf:1: limits_scale must be a whole number from 1 to 100000");
	refused(STR("limits_scale = 100001"), "whole number");
	refused(STR("limits_scale = -1"), "whole number");
	refused(STR("limits_scale = 1 # one"), "whole number");
	refused(STR("limits_scale = 1.5"), "whole number");
	refused(STR("limits_scale = 99999999999999999999"), "whole number");
	refused(STR("limits_scale ="), "whole number");
	refused(STR("registration = maybe"), "one of: closed invite approve open");
	refused(STR("registration ="), "one of");
	refused(STR("log_level = INFO"), "one of");
	refused(STR("log_format = xml"), "one of");
	refused(STR("base_url = chat.example.org"), "base_url");
	refused(STR("base_url = https://chat.example.org/"), "base_url");
	refused(STR("base_url = https://"), "base_url");
	refused(STR("base_url = https:///x"), "base_url");
	refused(STR("base_url = https://a b"), "base_url");
	refused(STR("base_url = https://user@host"), "base_url");
	refused(STR("files_dir = /a\0b"), "moot.conf:1: control character");
	refused(STR("files_dir = \x1b[31m"), "control character");
	memset(text, 'a', 4999);
	refused((struct str){ text, 4999 }, "moot.conf:1: line of more than 4096 bytes");
	memcpy(text, "files_dir = ", 12);
	ck_assert(load((struct str){ text, 4096 }));
	refused((struct str){ text, 4097 }, "more than 4096");
}
END_TEST

START_TEST(files_that_cannot_be_read)
{
	ck_assert(!config_load(&c, "/nonexistent/moot.conf", msg, sizeof(msg)));
	ck_assert_str_eq(msg, "/nonexistent/moot.conf: No such file or directory");
	ck_assert(!config_load(&c, "/tmp", msg, sizeof(msg)));
	ck_assert(!config_load(&c, "/dev/zero", msg, sizeof(msg)));
	ck_assert(!config_load(&c, "/nonexistent/moot.conf", msg, 5));
	ck_assert_str_eq(msg, "/non");
}
END_TEST

START_TEST(the_environment_wins)
{
	setenv("MOOT_LIMITS_SCALE", "7", 1);
	setenv("MOOT_DATABASE_PUSH", "dbname=x", 1);
	setenv("MOOT_NO_SUCH_KEY", "1", 1);
	ck_assert(load(STR("limits_scale = 5\n")));
	ck_assert_int_eq(c.limits_scale, 7);
	ck_assert_str_eq(c.database_push, "dbname=x");
	setenv("MOOT_LIMITS_SCALE", "x", 1);
	ck_assert(!load(STR("")));
	ck_assert_ptr_nonnull(strstr(msg, "MOOT_LIMITS_SCALE: limits_scale must be"));
}
END_TEST

START_TEST(finds_the_file)
{
	unsetenv("MOOT_CONFIG");
	ck_assert_str_eq(config_find("x"), "x");
	setenv("MOOT_CONFIG", "y", 1);
	ck_assert_str_eq(config_find(NULL), "y");
	ck_assert_str_eq(config_find("x"), "x");
	setenv("MOOT_CONFIG", "", 1);
	ck_assert(config_find(NULL) == NULL || config_find(NULL)[0] == '/');
}
END_TEST

START_TEST(renders_what_it_reads)
{
	struct buf b, again;
	struct config first;

	buf_init(&b, 65536);
	config_render(NULL, &b);
	ck_assert_ptr_nonnull(strstr(b.p, "\n#limits_scale = 1\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "\n#base_url = http://localhost:8080\n"));
	ck_assert_msg(load(buf_str(&b)), "%s", msg);
	buf_clear(&b);
	ck_assert(load(STR("limits_scale=3\nredis=unix:/r\ndatabase=d\n")));
	first = c;
	config_render(&c, &b);
	ck_assert_ptr_nonnull(strstr(b.p, "\nlimits_scale = 3\n"));
	ck_assert_ptr_nonnull(strstr(b.p, "\n#database_push = \n"));
	ck_assert(load(buf_str(&b)));
	ck_assert_int_eq(c.limits_scale, 3);
	ck_assert_str_eq(c.redis, first.redis);
	buf_init(&again, 65536);
	config_render(&c, &again);
	ck_assert(str_eq(buf_str(&b), buf_str(&again)));
	buf_release(&b);
	buf_release(&again);
}
END_TEST

static bool
key_of(size_t n, size_t *len)
{
	static uint8_t bytes[5000], key[4096];
	bool ok;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	ck_assert(config_load(&c, NULL, msg, sizeof(msg)));
	c.token_key_file = unit_file("token.key", bytes, n);
	ok = config_token_key(&c, key, len, msg, sizeof(msg));
	ck_assert(!ok || memcmp(key, bytes, n) == 0);
	return ok;
}

START_TEST(token_keys)
{
	uint8_t key[4096];
	size_t len = 77;

	ck_assert(!key_of(0, &len));
	ck_assert(!key_of(31, &len));
	ck_assert(!key_of(4097, &len));
	ck_assert_ptr_nonnull(strstr(msg, "token.key: a token key has 32 to 4096 bytes"));
	ck_assert_uint_eq(len, 77);
	ck_assert(key_of(32, &len));
	ck_assert_uint_eq(len, 32);
	ck_assert(key_of(4096, &len));
	ck_assert_uint_eq(len, 4096);
	c.token_key_file = "";
	ck_assert(!config_token_key(&c, key, &len, msg, sizeof(msg)));
	ck_assert_ptr_nonnull(strstr(msg, "token_key_file: not set"));
	c.token_key_file = "/nonexistent";
	ck_assert(!config_token_key(&c, key, &len, msg, sizeof(msg)));
	c.token_key_file = "/dev/zero";
	ck_assert(!config_token_key(&c, key, &len, msg, sizeof(msg)));
	ck_assert_ptr_nonnull(strstr(msg, "not a regular file"));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { defaults, reads, errors_name_file_and_line,
		files_that_cannot_be_read, the_environment_wins, finds_the_file,
		renders_what_it_reads, token_keys, NULL };

	/* The caller's environment is not part of the test. */
	clearenv();
	setenv("CK_FORK", "yes", 1);
	return unit_run("config", tests);
}
