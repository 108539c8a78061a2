#include "domain/mail.h"

#include <string.h>

#include "base/clock.h"
#include "base/crypt.h"
#include "domain/ticket.h"
#include "link/file.h"
#include "wire/json.h"

#define TEXT_MAX 16384
#define PASSWORD_BYTES 1024

/* {name}: user name, {site}: base_url, {link}: with the secret, {note}: what was done. */
static const struct {
	const char *what;
	const char *page; /* of the link; NULL: none */
	enum ticket_kind ticket;
	const char *subject;
	const char *body;
} letters[] = {
	{ "verify", "verify", TICKET_VERIFY, "Confirm your e-mail address",
	    "Hello {name},\n\nthis address was given for your account at {site}.\n"
	    "To confirm that it is yours, open this within 24 hours:\n\n{link}\n\n"
	    "If that was not you, do nothing: the address is not used then.\n" },
	{ "taken", NULL, TICKET__MAX, "Your e-mail address is in use already",
	    "Hello {name},\n\nsomebody gave this address for another account at {site}.\n"
	    "It belongs to yours, so nothing has changed. If that was you and you forgot the\n"
	    "password, ask for a new one on the page where you sign in.\n" },
	{ "moved", NULL, TICKET__MAX, "Your e-mail address is being changed",
	    "Hello {name},\n\nsomebody who knows your password asked for another e-mail address "
	    "for\n"
	    "your account at {site}, or removed this one.\n\n"
	    "If that was not you, change your password now, and end the sessions you do not "
	    "know.\n" },
	{ "reset", "reset", TICKET_RESET, "A new password",
	    "Hello {name},\n\nsomebody asked for a new password for your account at {site}.\n"
	    "To choose one, open this within one hour:\n\n{link}\n\n"
	    "It works once. If that was not you, do nothing: the old password stays.\n" },
	{ "password", NULL, TICKET__MAX, "Your password was changed",
	    "Hello {name},\n\nthe password of your account at {site} was changed just now.\n\n"
	    "If that was not you, ask for a new one on the page where you sign in, or tell the\n"
	    "administrators.\n" },
	{ "approved", NULL, TICKET__MAX, "Welcome",
	    "Hello {name},\n\nyour account at {site} was approved. You may sign in now.\n" },
	{ "refused", NULL, TICKET__MAX, "Your registration",
	    "Hello {name},\n\nyour registration at {site} was not approved.\n" },
	{ "security", NULL, TICKET__MAX, "Something about your account was changed",
	    "Hello {name},\n\nthis was just done with your account at {site}:\n\n{note}\n\n"
	    "If that was not you, change your password now, and end the sessions you do not "
	    "know.\n" },
	{ "test", NULL, TICKET__MAX, "Moot can send mail",
	    "This is a test of {site}. If you can read it, mail arrives.\n" },
};

/* What security_event() says was done. */
static const struct {
	const char *note;
	const char *sentence;
} doings[] = {
	{ "totp.on", "An authenticator was set up: its codes are asked for from now on." },
	{ "totp.off", "The authenticator was removed." },
	{ "recovery_codes", "New recovery codes were made. The old ones no longer work." },
	{ "second_factor.off",
	    "An administrator turned the second factor off: the password alone signs in." },
};

#define LETTERS (sizeof(letters) / sizeof(letters[0]))

bool
mail_is_used(const struct config *config)
{
	return config->mail_smtp[0] != '\0';
}

/* smtp(s)://host[:port], the host as it is written in base_url too. */
static bool
is_server_url(struct str s)
{
	struct str host;

	if (str_has_prefix(s, STR("smtps://")))
		host = (struct str){ s.p + 8, s.len - 8 };
	else if (str_has_prefix(s, STR("smtp://")))
		host = (struct str){ s.p + 7, s.len - 7 };
	else
		return false;
	for (size_t i = 0; i < host.len; i++) {
		if ((unsigned char)host.p[i] <= ' ' || (unsigned char)host.p[i] >= 0x7f ||
		    strchr("\"'<>\\/?#@", host.p[i]) != NULL)
			return false;
	}
	return host.len > 0 && host.len < 256;
}

/* The first line of the file. */
static enum err
read_password(struct arena *a, const char *path, const char **out)
{
	struct file *f;
	int64_t size;
	char text[PASSWORD_BYTES];

	TRY(file_open(a, path, &f, &size));
	size_t n = file_read(f, text, sizeof(text));
	const char *end = memchr(text, '\n', n);
	if (end != NULL)
		n = (size_t)(end - text);
	if (n > 0 && text[n - 1] == '\r')
		n--;
	*out = arena_strndup(a, text, n);
	crypt_wipe(text, sizeof(text));
	return n > 0 && n < sizeof(text) && memchr(*out, '\0', n) == NULL ? ERR_OK : ERR_INVALID;
}

/* note as it stands in the row, when it is none of ours. */
static struct str
sentence_of(struct str note)
{
	for (size_t i = 0; i < sizeof(doings) / sizeof(doings[0]); i++) {
		if (str_eq(note, str_of(doings[i].note)))
			return str_of(doings[i].sentence);
	}
	return note;
}

/* The host of base_url, for EHLO; an address in brackets is no name. */
static const char *
own_name(const struct world *w, struct arena *a)
{
	struct str host = w->site.origin;
	const char *at = strstr(host.p, "://");
	size_t skip = at == NULL ? 0 : (size_t)(at - host.p) + 3;

	host = (struct str){ host.p + skip, host.len - skip };
	if (host.len > 0 && host.p[0] == '[')
		return "localhost";
	host = str_cut(&host, ':');
	return arena_strndup(a, host.p, host.len);
}

static enum mail_tls
tls_of(const struct config *config)
{
	if (strcmp(config->mail_tls, "try") == 0)
		return MAIL_TLS_TRY;
	return strcmp(config->mail_tls, "none") == 0 ? MAIL_TLS_NONE : MAIL_TLS_REQUIRED;
}

/* What cannot be used, in one line; NULL when all can. */
static const char *
flaw(const struct config *config, struct mailbox *from)
{
	bool required = tls_of(config) == MAIL_TLS_REQUIRED;

	if (!is_server_url(str_of(config->mail_smtp)))
		return "mail_smtp must be like smtp://mail.example.org or "
		       "smtps://mail.example.org:465";
	if (!mailbox_parse(str_of(config->mail_from), from))
		return "mail_from must be an address, or a name and an address in < >";
	if (tls_of(config) == MAIL_TLS_NONE && config->mail_smtp[4] == 's')
		return "mail_tls = none does not go with smtps://";
	if (config->mail_user[0] != '\0' && !required)
		return "mail_user wants mail_tls = required: the password is not for everybody to "
		       "read";
	return NULL;
}

enum err
mail_settings_read(
    const struct world *w, struct arena *a, struct mail_settings *out, const char **why)
{
	const struct config *config = w->config;
	struct mail_settings s = { .server = { .url = config->mail_smtp,
				       .us = own_name(w, a),
				       .user = config->mail_user,
				       .password = "",
				       .ca_file = config->mail_ca_file,
				       .tls = tls_of(config) } };

	*why = "mail_smtp is not set";
	if (!mail_is_used(config))
		return ERR_NOT_FOUND;
	*why = flaw(config, &s.from);
	if (*why != NULL)
		return ERR_INVALID;
	if (config->mail_user[0] != '\0' &&
	    read_password(a, config->mail_password_file, &s.server.password) != ERR_OK) {
		*why = arena_printf(a, "mail_password_file: no password can be read from '%s'",
		    config->mail_password_file);
		return ERR_INVALID;
	}
	*out = s;
	return ERR_OK;
}

/* What the words in braces stand for. */
struct words {
	struct str name;
	struct str site;
	struct str link;
	struct str note;
};

static struct str
fill(struct arena *a, const char *text, const struct words *w)
{
	struct buf *b = buf_new(a, TEXT_MAX);
	struct str rest = str_of(text);

	while (rest.p != NULL) {
		buf_add_str(b, str_cut(&rest, '{'));
		if (rest.p == NULL)
			break;
		struct str key = str_cut(&rest, '}');
		if (str_eq(key, STR("name")))
			buf_add_str(b, w->name);
		else if (str_eq(key, STR("site")))
			buf_add_str(b, w->site);
		else if (str_eq(key, STR("link")))
			buf_add_str(b, w->link);
		else if (str_eq(key, STR("note")))
			buf_add_str(b, w->note);
	}
	return buf_str(b);
}

static enum err
word(const struct world *w, struct arena *a, const struct mail_settings *settings, size_t i,
    struct words *words, const char *id, struct letter *out)
{
	struct buf *b = buf_new(a, 4 * TEXT_MAX);
	struct str host = settings->from.address;

	str_cut(&host, '@');
	words->site = str_of(w->config->base_url);
	struct mail_text m = { .from = settings->from,
		.to = out->to,
		.subject = fill(a, letters[i].subject, words),
		.body = fill(a, letters[i].body, words),
		.id = str_of(arena_printf(a, "%s.moot@%.*s", id, STR_FMT(host))),
		.at_s = clock_wall_ms() / 1000 };
	TRY(mail_text_make(b, &m));
	out->text = buf_str(b);
	out->what = letters[i].what;
	return ERR_OK;
}

static struct str
member(const struct json *j, const char *key)
{
	struct str s = STR_NULL;

	json_str(json_get(j, key), &s);
	return s;
}

static int64_t
life_s(size_t i)
{
	return letters[i].page != NULL ? ticket_life_s(letters[i].ticket) : LETTER_LIFE_S;
}

enum err
letter_make(const struct world *w, struct arena *a, const struct mail_settings *settings,
    int64_t id, struct str data, int64_t now_ms, struct letter *out)
{
	struct json *j;
	struct letter letter = { 0 };

	if (json_parse(a, data, &j) != ERR_OK)
		return ERR_INTERNAL;
	struct str what = member(j, "what"), secret = member(j, "secret");
	struct words words = { .name = member(j, "name"), .note = sentence_of(member(j, "note")) };
	letter.to = member(j, "to");
	if (letter.to.p == NULL) {
		*out = letter;
		return ERR_OK;
	}
	for (size_t i = 0; i < LETTERS; i++) {
		if (!str_eq(what, str_of(letters[i].what)))
			continue;
		if (now_ms > (id >> 20) + life_s(i) * 1000)
			return ERR_GONE;
		if (letters[i].page != NULL) {
			words.link = str_of(arena_printf(a, "%s/%s#%.*s", w->config->base_url,
			    letters[i].page, STR_FMT(secret)));
		}
		TRY(word(
		    w, a, settings, i, &words, arena_printf(a, "%lld", (long long)id), &letter));
		*out = letter;
		return ERR_OK;
	}
	return ERR_INTERNAL;
}

enum err
letter_make_test(const struct world *w, struct arena *a, const struct mail_settings *settings,
    struct str to, struct letter *out)
{
	struct words words = { .name = STR("") };
	struct ticket_secret random;

	ticket_secret_make(&random);
	random.text[16] = '\0';
	out->to = to;
	return word(
	    w, a, settings, LETTERS - 1, &words, arena_printf(a, "test-%s", random.text), out);
}

enum err
letter_send(struct arena *a, const struct mail_settings *settings, const struct letter *letter,
    struct mail_said *said)
{
	return mail_send(&settings->server,
	    arena_strndup(a, settings->from.address.p, settings->from.address.len),
	    arena_strndup(a, letter->to.p, letter->to.len), letter->text, said);
}
