#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/log.h"
#include "base/str.h"

#define LINE_BYTES 4096
#define DEFAULT_PATH MOOT_SYSCONFDIR "/moot/moot.conf"

enum option_kind { OPTION_STR, OPTION_INT };

struct option {
	const char *name;
	enum option_kind kind;
	size_t offset;
	const char *def;	/* OPTION_STR */
	int64_t number, min, max;	/* OPTION_INT: default and range */
	const char *help;
};

static const struct option options[] = {
#define X_STR(name, def, help) \
	{ #name, OPTION_STR, offsetof(struct config, name), def, 0, 0, 0, help },
#define X_INT(name, def, min, max, help) \
	{ #name, OPTION_INT, offsetof(struct config, name), NULL, def, min, max, help },
#include "base/config.def"
#undef X_STR
#undef X_INT
};

#define OPTIONS (sizeof(options) / sizeof(options[0]))

/* Settings that take one of a few words. */
static const struct {
	const char *name;
	const char *words;
} choices[] = {
	{ "registration", "closed invite approve open" },
	{ "mail_tls", "required try none" },
	{ "send_files", "self x-accel-redirect x-sendfile" },
	{ "dms_from", "everyone shared nobody" },
	{ "log_level", "debug info warn error" },
	{ "log_format", "json text" },
};

/* Loaded strings live as long as the process; this keeps them reachable. */
struct kept {
	struct kept *next;
	char text[];
};
static struct kept *kept;

/* Where a value comes from, for messages. */
struct source {
	const char *name;	/* path or name of the variable */
	int line;		/* 0: none */
	char *msg;
	size_t msg_len;
};

__attribute__((format(printf, 2, 3))) static bool
fail(const struct source *src, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (src->line > 0)
		snprintf(src->msg, src->msg_len, "%s:%d: %s", src->name, src->line, text);
	else
		snprintf(src->msg, src->msg_len, "%s: %s", src->name, text);
	return false;
}

static const char *
keep(struct str s)
{
	struct kept *k = malloc(sizeof(*k) + s.len + 1);

	if (k == NULL)
		return NULL;
	if (s.len > 0)
		memcpy(k->text, s.p, s.len);
	k->text[s.len] = '\0';
	k->next = kept;
	kept = k;
	return k->text;
}

static const char **
string_at(struct config *c, const struct option *o)
{
	return (const char **)(void *)((char *)c + o->offset);
}

static int64_t *
number_at(struct config *c, const struct option *o)
{
	return (int64_t *)(void *)((char *)c + o->offset);
}

static void
set_defaults(struct config *c)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		if (options[i].kind == OPTION_STR)
			*string_at(c, &options[i]) = options[i].def;
		else
			*number_at(c, &options[i]) = options[i].number;
	}
}

/* http(s)://host[:port][/path], nothing that could break out of a header or a line of HTML. */
static bool
is_base_url(struct str s)
{
	struct str host = s;

	if (str_has_prefix(s, STR("http://"))) {
		host = (struct str){ s.p + 7, s.len - 7 };
	} else if (str_has_prefix(s, STR("https://"))) {
		host = (struct str){ s.p + 8, s.len - 8 };
	} else {
		return false;
	}
	if (host.len == 0 || host.p[0] == '/' || host.p[host.len - 1] == '/')
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if ((unsigned char)host.p[i] <= ' ' || (unsigned char)host.p[i] >= 0x7f ||
		    strchr("\"'<>\\?#@", host.p[i]) != NULL)
			return false;
	}
	return true;
}

static bool
check_string(const struct option *o, struct str value, const struct source *src)
{
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		if (strcmp(choices[i].name, o->name) == 0 &&
		    !str_list_has(str_of(choices[i].words), ' ', value))
			return fail(src, "%s must be one of: %s", o->name, choices[i].words);
	}
	if (strcmp(o->name, "base_url") == 0 && !is_base_url(value))
		return fail(src,
		    "base_url must be like https://chat.example.org, without a slash at the end");
	return true;
}

static bool
set_option(struct config *c, const struct option *o, struct str value, const struct source *src)
{
	const char *text;
	uint64_t v;

	if (o->kind == OPTION_INT) {
		if (!str_to_u64(value, (uint64_t)o->max, &v) || (int64_t)v < o->min)
			return fail(src, "%s must be a whole number from %lld to %lld", o->name,
			    (long long)o->min, (long long)o->max);
		*number_at(c, o) = (int64_t)v;
		return true;
	}
	if (!check_string(o, value, src))
		return false;
	text = keep(value);
	if (text == NULL)
		return fail(src, "out of memory");
	*string_at(c, o) = text;
	return true;
}

static bool
parse_line(struct config *c, struct str line, bool seen[OPTIONS], const struct source *src)
{
	struct str key;

	for (size_t i = 0; i < line.len; i++) {
		if (((unsigned char)line.p[i] < ' ' && line.p[i] != '\t') || line.p[i] == 0x7f)
			return fail(src, "control character");
	}
	line = str_trim(line);
	if (line.len == 0 || line.p[0] == '#')
		return true;
	key = str_trim(str_cut(&line, '='));
	if (line.p == NULL)
		return fail(src, "expected: key = value");
	for (size_t i = 0; i < OPTIONS; i++) {
		if (!str_eq(key, str_of(options[i].name)))
			continue;
		if (seen[i])
			return fail(src, "%s is given twice", options[i].name);
		seen[i] = true;
		return set_option(c, &options[i], str_trim(line), src);
	}
	return fail(src, "unknown key '%.*s'", key.len > 64 ? 64 : (int)key.len, key.p);
}

/* One line without its end. 1: a line, 0: end of file, -1: too long or unreadable (in msg). */
static int
read_line(FILE *f, char line[LINE_BYTES], size_t *len, const struct source *src)
{
	size_t n = 0;
	int ch;

	while ((ch = getc(f)) != EOF && ch != '\n') {
		if (n == LINE_BYTES) {
			fail(src, "line of more than %d bytes", LINE_BYTES);
			return -1;
		}
		line[n++] = (char)ch;
	}
	if (ferror(f)) {
		fail(src, "%s", strerror(errno));
		return -1;
	}
	if (n > 0 && line[n - 1] == '\r')
		n--;
	*len = n;
	return ch == EOF && n == 0 ? 0 : 1;
}

static bool
load_file(struct config *c, const char *path, char *msg, size_t msg_len)
{
	struct source src = { path, 0, msg, msg_len };
	bool seen[OPTIONS] = { false };
	char line[LINE_BYTES];
	bool ok = true;
	size_t len;
	int got;
	FILE *f = fopen(path, "re");

	if (f == NULL)
		return fail(&src, "%s", strerror(errno));
	while (ok) {
		src.line++;
		got = read_line(f, line, &len, &src);
		if (got <= 0) {
			ok = got == 0;
			break;
		}
		ok = parse_line(c, (struct str){ line, len }, seen, &src);
	}
	fclose(f);
	return ok;
}

static bool
load_environment(struct config *c, char *msg, size_t msg_len)
{
	for (size_t i = 0; i < OPTIONS; i++) {
		char name[64] = "MOOT_";
		struct source src = { name, 0, msg, msg_len };
		const char *value;
		size_t n = 5;

		for (const char *p = options[i].name; *p != '\0'; p++)
			name[n++] = *p >= 'a' && *p <= 'z' ? (char)(*p - 'a' + 'A') : *p;
		name[n] = '\0';
		value = getenv(name);
		if (value != NULL && !set_option(c, &options[i], str_trim(str_of(value)), &src))
			return false;
	}
	return true;
}

bool
config_load(struct config *c, const char *path, char *msg, size_t msg_len)
{
	struct config loaded;

	set_defaults(&loaded);
	if (path != NULL && !load_file(&loaded, path, msg, msg_len))
		return false;
	if (!load_environment(&loaded, msg, msg_len))
		return false;
	if (loaded.database_push[0] == '\0')
		loaded.database_push = loaded.database;
	if (loaded.database_jobs[0] == '\0')
		loaded.database_jobs = loaded.database;
	if (loaded.database_owner[0] == '\0')
		loaded.database_owner = loaded.database;
	*c = loaded;
	return true;
}

const char *
config_find(const char *arg)
{
	const char *env = getenv("MOOT_CONFIG");

	if (arg != NULL)
		return arg;
	if (env != NULL && env[0] != '\0')
		return env;
	return access(DEFAULT_PATH, F_OK) == 0 ? DEFAULT_PATH : NULL;
}

static bool
is_default(const struct config *c, const struct option *o)
{
	const char *p;

	if (c == NULL)
		return true;
	p = (const char *)c + o->offset;
	if (o->kind == OPTION_INT)
		return *(const int64_t *)(const void *)p == o->number;
	p = *(const char *const *)(const void *)p;
	return strcmp(p, o->def) == 0 || (p == c->database && strcmp(o->name, "database") != 0);
}

void
config_render(const struct config *c, struct buf *out)
{
	buf_add_cstr(out, "# Moot. A line is: key = value. Comments have lines of their own.\n"
	    "# Each key may also be set by the environment: MOOT_<KEY>.\n");
	for (size_t i = 0; i < OPTIONS; i++) {
		const struct option *o = &options[i];
		bool def = is_default(c, o);
		const char *at = def ? NULL : (const char *)c + o->offset;

		buf_printf(out, "\n# %s\n%s%s = ", o->help, def ? "#" : "", o->name);
		if (o->kind == OPTION_INT)
			buf_printf(out, "%lld\n",
			    (long long)(def ? o->number : *(const int64_t *)(const void *)at));
		else
			buf_printf(
			    out, "%s\n", def ? o->def : *(const char *const *)(const void *)at);
	}
}

void
config_log(const struct config *c, const char *service)
{
	enum log_level level = LVL_INFO;

	log_level_parse(str_of(c->log_level), &level);
	log_init(service, level, strcmp(c->log_format, "json") == 0);
}

bool
config_token_key(const struct config *c, uint8_t key[4096], size_t *len, char *msg, size_t msg_len)
{
	struct source src = { c->token_key_file, 0, msg, msg_len };
	struct stat st;
	size_t n;
	FILE *f;

	if (c->token_key_file[0] == '\0') {
		src.name = "token_key_file";
		return fail(&src, "not set: name a file with at least 32 random bytes");
	}
	if (stat(c->token_key_file, &st) != 0)
		return fail(&src, "%s", strerror(errno));
	if (!S_ISREG(st.st_mode))
		return fail(&src, "not a regular file");
	f = fopen(c->token_key_file, "re");
	if (f == NULL)
		return fail(&src, "%s", strerror(errno));
	setvbuf(f, NULL, _IONBF, 0);	/* no copy of the key in a buffer */
	n = fread(key, 1, 4096, f);
	if (ferror(f) || n < 32 || getc(f) != EOF) {
		fclose(f);
		return fail(&src, "a token key has 32 to 4096 bytes");
	}
	fclose(f);
	*len = n;
	return true;
}
