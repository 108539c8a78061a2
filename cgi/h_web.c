/*
 * Channels on the web: a page and a feed for everybody.
 *
 * Whatever people wrote goes through html_add_text(), into text or into a quoted attribute, never
 * anywhere else; of addresses only http and https ones become links. Nobody's id is shown.
 */
#include "base/crypt.h"
#include "base/id.h"
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/web.h"
#include "wire/html.h"

#define PAGE_MAX (8 << 20)
#define NAMED_MAX 50	/* people whom one message is shown to mention */
#define MENTION_MAX 24	/* bytes of <@&id> */
#define TITLE_MAX 80	/* bytes of what is said, in the title of a feed's entry */

static const char style[] =
    "body{max-width:46rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif;"
    "color:#1c1c1c;background:#fff}"
    "h1{font-size:1.4rem;margin:0}article{margin:1rem 0}article p{margin:0;white-space:pre-wrap;"
    "overflow-wrap:anywhere}time,small,.topic{color:#595959}a{color:#0b57d0}"
    ".mention{font-weight:600}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}"
    "time,small,.topic{color:#a8a8a8}a{color:#8ab4f8}}";

/* A page of ours may show this style and do nothing at all. */
static struct str
policy(struct request *r)
{
	uint8_t digest[CRYPT_SHA256_LEN];
	char hash[64];

	crypt_sha256(str_of(style), digest);
	crypt_b64(digest, sizeof(digest), hash);
	for (char *p = hash; *p != '\0'; p++) {	/* browsers want the other alphabet */
		if (*p == '-')
			*p = '+';
		else if (*p == '_')
			*p = '/';
	}
	return str_of(arena_printf(r->arena,
	    "default-src 'none'; style-src 'sha256-%s='; base-uri 'none'; form-action 'none'; "
	    "frame-ancestors 'none'",
	    hash));
}

static struct str
from(struct str s, size_t i)
{
	return (struct str){ s.p + i, s.len - i };
}

/* How many bytes <@id>, of a person, or <@&id>, of a role, takes at the beginning of s; 0: there is
 * none. */
static size_t
mention_len(struct str s, int64_t *id)
{
	size_t at = str_has_prefix(s, STR("<@&")) ? 3 : 2;
	const char *end;

	if (!str_has_prefix(s, STR("<@")))
		return 0;
	end = memchr(s.p, '>', s.len < MENTION_MAX ? s.len : MENTION_MAX);
	if (end == NULL || !id_parse((struct str){ s.p + at, (size_t)(end - s.p) - at }, id))
		return 0;
	return (size_t)(end - s.p) + 1;
}

/* How many bytes the address at the beginning of s takes; 0: there is none. */
static size_t
link_len(struct str s)
{
	size_t head = 0, n;

	if (str_has_prefix(s, STR("https://")))
		head = 8;
	else if (str_has_prefix(s, STR("http://")))
		head = 7;
	else
		return 0;
	n = head;
	while (n < s.len && (unsigned char)s.p[n] > ' ' && strchr("<>\"`\x7f", s.p[n]) == NULL)
		n++;
	while (n > head && strchr(".,;:!?'()[]{}*_", s.p[n - 1]) != NULL)
		n--;
	return n > head ? n : 0;
}

static void
add_mention(struct buf *b, const struct web_page *p, int64_t id, bool marked)
{
	struct str name = web_name_of(p, id);

	buf_add_cstr(b, marked ? "<span class=\"mention\">@<bdi>" : "@");
	html_add_text(b, name.p == NULL ? STR("somebody") : name);
	if (marked)
		buf_add_cstr(b, "</bdi></span>");
}

static void
add_link(struct buf *b, struct str url)
{
	buf_add_cstr(b, "<a href=\"");
	html_add_text(b, url);
	buf_add_cstr(b, "\" rel=\"nofollow ugc noopener noreferrer\"><bdi>");
	html_add_text(b, url);
	buf_add_cstr(b, "</bdi></a>");
}

/* What somebody wrote, with names for who is mentioned; marked: as HTML, else as text. */
static void
add_content(struct buf *b, const struct web_page *p, struct str s, bool marked)
{
	size_t run = 0, i = 0, named = 0;

	while (i < s.len) {
		int64_t id;
		size_t n = mention_len(from(s, i), &id);
		size_t l = n == 0 && marked ? link_len(from(s, i)) : 0;

		if (n + l > 0) {
			html_add_text(b, (struct str){ s.p + run, i - run });
			if (n > 0 && named++ < NAMED_MAX)
				add_mention(b, p, id, marked);
			else if (n > 0)
				buf_add_cstr(b, "@\xe2\x80\xa6");
			else
				add_link(b, (struct str){ s.p + i, l });
			run = i + n + l;
		}
		i += n + l > 0 ? n + l : 1;
	}
	html_add_text(b, from(s, run));
}

static void
add_title(struct buf *b, const struct web_page *p)
{
	buf_add_char(b, '#');
	html_add_text(b, p->name);
	buf_add_cstr(b, " \xe2\x80\x93 ");
	html_add_text(b, p->server);
}

/* 2026-11-22T13:05:00.000Z as people read it */
static void
add_time(struct buf *b, struct str at)
{
	buf_printf(b, "<time datetime=\"%.*s\">", STR_FMT(at));
	buf_add(b, at.p, at.len < 10 ? at.len : 10);
	if (at.len >= 16)
		buf_printf(b, " %.5s UTC", at.p + 11);
	buf_add_cstr(b, "</time>");
}

static void
add_message(struct buf *b, const struct web_page *p, const struct web_message *m)
{
	buf_printf(b, "<article id=\"m%lld\"><header><b><bdi>", (long long)m->id);
	html_add_text(b, m->author);
	buf_printf(b, "</bdi></b> <a href=\"#m%lld\">", (long long)m->id);
	add_time(b, m->at);
	buf_add_cstr(b, m->edited.p == NULL ? "</a>" : "</a> <small>edited</small>");
	buf_add_cstr(b, "</header><p dir=\"auto\">");
	add_content(b, p, m->content, true);
	buf_add_cstr(b, "</p></article>\n");
}

static void
add_head(struct request *r, struct buf *b, const struct web_page *p)
{
	buf_add_cstr(b, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
	if (!p->robots)
		buf_add_cstr(b, "<meta name=\"robots\" content=\"noindex, nofollow\">");
	buf_add_cstr(b, "<title>");
	add_title(b, p);
	buf_printf(b, "</title><link rel=\"alternate\" type=\"application/atom+xml\" "
	    "href=\"%.*s/web/%lld/feed.atom\"><style>%s</style></head>\n",
	    STR_FMT(r->site->path), (long long)p->channel, style);
}

static void
add_body(struct request *r, struct buf *b, const struct web_page *p, bool newest)
{
	long long id = (long long)p->channel;

	buf_add_cstr(b, "<body><header><small><bdi>");
	html_add_text(b, p->server);
	buf_add_cstr(b, "</bdi></small><h1>#<bdi>");
	html_add_text(b, p->name);
	buf_add_cstr(b, "</bdi></h1>");
	if (p->topic.p != NULL) {
		buf_add_cstr(b, "<p class=\"topic\" dir=\"auto\">");
		html_add_text(b, p->topic);
		buf_add_cstr(b, "</p>");
	}
	buf_add_cstr(b, "</header>\n<main>\n");
	if (p->older != 0)
		buf_printf(b,
		    "<nav><a rel=\"prev\" href=\"%.*s/web/%lld?before=%lld\">Older messages</a>"
		    "</nav>\n",
		    STR_FMT(r->site->path), id, (long long)p->older);
	for (size_t i = 0; i < p->n_messages; i++)
		add_message(b, p, &p->messages[i]);
	if (p->n_messages == 0)
		buf_add_cstr(b, "<p>Nothing has been said here.</p>\n");
	if (!newest)
		buf_printf(b, "<nav><a href=\"%.*s/web/%lld\">Newest messages</a></nav>\n",
		    STR_FMT(r->site->path), id);
	buf_printf(b,
	    "</main><footer><a href=\"%.*s/web/%lld/feed.atom\">Feed</a></footer></body></html>\n",
	    STR_FMT(r->site->path), id);
}

static void
send(struct request *r, const struct web_page *p, struct buf *b, const char *type)
{
	reply_header(r, "Content-Security-Policy", policy(r));
	if (!p->robots)
		reply_header(r, "X-Robots-Tag", STR("noindex, nofollow"));
	reply_body(r, 200, type, buf_str(b));
}

enum err
h_web_page(struct request *r)
{
	struct web_page p;
	struct buf *b = request_buf(r, PAGE_MAX);
	int64_t before;

	TRY(query_id(r, "before", &before));
	TRY(web_read(&r->call, r->segment_id[0], before, &p));
	add_head(r, b, &p);
	add_body(r, b, &p, before == 0);
	send(r, &p, b, "text/html; charset=utf-8");
	return ERR_OK;
}

/* The beginning of the first line, without half a character or half a mention at its end. */
static struct str
first_words(struct str s)
{
	const char *end = memchr(s.p, '\n', s.len);
	size_t n = end == NULL ? s.len : (size_t)(end - s.p);

	if (n > TITLE_MAX) {
		n = TITLE_MAX;
		while (n > 0 && ((unsigned char)s.p[n] & 0xc0) == 0x80)
			n--;
		size_t first = n > MENTION_MAX ? n - MENTION_MAX : 0;
		for (size_t i = n; i > first && s.p[i - 1] != '>'; i--) {
			if (s.p[i - 1] == '<' && s.p[i] == '@') {
				n = i - 1;
				break;
			}
		}
	}
	return (struct str){ s.p, n };
}

static void
add_entry(struct request *r, struct buf *b, const struct web_page *p, const struct web_message *m)
{
	struct str origin = r->site->origin, path = r->site->path;

	buf_printf(b, "<entry><id>urn:moot:message:%lld</id><title>", (long long)m->id);
	html_add_text(b, m->author);
	buf_add_cstr(b, ": ");
	add_content(b, p, first_words(m->content), false);
	buf_printf(b, "</title><published>%.*s</published><updated>%.*s</updated><author><name>",
	    STR_FMT(m->at), STR_FMT(m->edited.p == NULL ? m->at : m->edited));
	html_add_text(b, m->author);
	buf_printf(b,
	    "</name></author><link rel=\"alternate\" type=\"text/html\" "
	    "href=\"%.*s%.*s/web/%lld#m%lld\"/><content type=\"text\">",
	    STR_FMT(origin), STR_FMT(path), (long long)p->channel, (long long)m->id);
	add_content(b, p, m->content, false);
	buf_add_cstr(b, "</content></entry>\n");
}

/* When anything in it changed last. */
static struct str
updated(const struct web_page *p)
{
	struct str last = p->made;

	for (size_t i = 0; i < p->n_messages; i++) {
		const struct web_message *m = &p->messages[i];
		struct str at = m->edited.p == NULL ? m->at : m->edited;

		if (at.len == last.len && memcmp(at.p, last.p, at.len) > 0)
			last = at;
	}
	return last;
}

enum err
h_web_feed(struct request *r)
{
	struct web_page p;
	struct buf *b = request_buf(r, PAGE_MAX);

	TRY(web_read(&r->call, r->segment_id[0], 0, &p));
	struct str at = updated(&p), origin = r->site->origin, path = r->site->path;
	long long id = (long long)p.channel;

	buf_add_cstr(b, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>");
	add_title(b, &p);
	buf_printf(b, "</title><id>urn:moot:channel:%lld</id><updated>%.*s</updated>"
	    "<link rel=\"self\" type=\"application/atom+xml\" "
	    "href=\"%.*s%.*s/web/%lld/feed.atom\"/><link rel=\"alternate\" type=\"text/html\" "
	    "href=\"%.*s%.*s/web/%lld\"/>\n", id, STR_FMT(at), STR_FMT(origin), STR_FMT(path), id,
	    STR_FMT(origin), STR_FMT(path), id);
	for (size_t i = p.n_messages; i > 0; i--)
		add_entry(r, b, &p, &p.messages[i - 1]);
	buf_add_cstr(b, "</feed>\n");
	send(r, &p, b, "application/atom+xml; charset=utf-8");
	return ERR_OK;
}
