/*
 * Channels on the web: a page and a feed for everybody.
 *
 * What people wrote becomes HTML in wire/markdown; names go through html_add_text(), into text or
 * into a quoted attribute, never anywhere else. Nobody's id is shown.
 */
#include "base/crypt.h"
#include "cgi/handlers.h"
#include "cgi/reply.h"
#include "domain/web.h"
#include "wire/html.h"
#include "wire/markdown.h"

#define PAGE_MAX (8 << 20)
#define NAMED_MAX 50	/* people whom one message is shown to mention */
#define MENTION_MAX 24	/* bytes of <@&id> */
#define SCRATCH_MAX (4 << 20)
#define TITLE_MAX 80	/* bytes of what is said, in the title of a feed's entry */

static const char style[] =
    "body{max-width:46rem;margin:0 auto;padding:1rem;font:1rem/1.5 system-ui,sans-serif;"
    "color:#1c1c1c;background:#fff;overflow-wrap:anywhere}"
    "h1{font-size:1.4rem;margin:0}article{margin:1rem 0}article p{margin:0;white-space:pre-wrap}"
    "ul,ol{margin:0;padding-left:1.5rem}blockquote{margin:.25rem 0;padding-left:.75rem;"
    "border-left:3px solid #8888}pre,code{background:#8882;border-radius:3px}"
    "pre{margin:.25rem 0;padding:.5rem;overflow-x:auto}pre code{background:none}"
    "body>header{display:flow-root}body>header img{float:left;margin-right:.75rem;"
    "border-radius:.5rem}"
    ".spoiler{border-radius:3px}.spoiler:not(:hover,:focus){background:#888}"
    ".spoiler:not(:hover,:focus),.spoiler:not(:hover,:focus) *{color:transparent}"
    "time,small,.topic{color:#595959}a{color:#0b57d0}.mention{font-weight:600}"
    "footer a{margin-right:1rem}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#161616}"
    "time,small,.topic{color:#a8a8a8}a{color:#8ab4f8}}";

/* A page of ours may show this style and the picture of its server, and do nothing at all. */
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
	    "default-src 'none'; style-src 'sha256-%s='; img-src 'self'; base-uri 'none'; "
	    "form-action 'none'; "
	    "frame-ancestors 'none'",
	    hash));
}

/* Who is mentioned in one message. */
struct names {
	const struct web_page *page;
	int left;
};

static void
add_mention(void *of, struct buf *b, int64_t id, bool marked)
{
	struct names *names = of;
	struct str name = web_name_of(names->page, id);

	if (names->left-- <= 0) {
		buf_add_cstr(b, "@\xe2\x80\xa6");
		return;
	}
	buf_add_cstr(b, marked ? "<span class=\"mention\">@<bdi>" : "@");
	html_add_text(b, name.p == NULL ? STR("somebody") : name);
	if (marked)
		buf_add_cstr(b, "</bdi></span>");
}

static void
release_scratch(void *scratch)
{
	arena_release(scratch);
}

/* Memory for one message after the other. */
static struct arena *
scratch_of(struct request *r)
{
	struct arena *a = arena_new(r->arena, struct arena);

	arena_init(a, SCRATCH_MAX);
	a->oom = r->arena->oom;
	a->oom_ctx = r->arena->oom_ctx;
	arena_defer(r->arena, release_scratch, a);
	return a;
}

/* What somebody wrote, with names for who is mentioned; title: a line of it, as text. */
static void
add_content(struct buf *b, struct arena *scratch, const struct web_page *p, struct str s,
    bool title)
{
	struct names of = { p, NAMED_MAX };
	struct markdown_names names = { add_mention, &of };

	if (title)
		markdown_add_line(b, scratch, s, &names);
	else
		markdown_add_html(b, scratch, s, &names);
	arena_reset(scratch);
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
add_message(struct buf *b, struct arena *scratch, const struct web_page *p,
    const struct web_message *m)
{
	buf_printf(b, "<article id=\"m%lld\"><header><b><bdi>", (long long)m->id);
	html_add_text(b, m->author);
	buf_printf(b, "</bdi></b> <a href=\"#m%lld\">", (long long)m->id);
	add_time(b, m->at);
	buf_add_cstr(b, m->edited.p == NULL ? "</a>" : "</a> <small>edited</small>");
	buf_add_cstr(b, "</header>");
	add_content(b, scratch, p, m->content, false);
	buf_add_cstr(b, "</article>\n");
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
add_banner(struct request *r, struct buf *b, const struct web_page *p)
{
	buf_add_cstr(b, "<header>");
	if (p->icon.p != NULL)
		buf_printf(b, "<img src=\"%.*s/avatars/%.*s-128.webp\" alt=\"\" width=\"48\" "
		    "height=\"48\">", STR_FMT(r->site->path), STR_FMT(p->icon));
	buf_add_cstr(b, "<small><bdi>");
	html_add_text(b, p->server);
	buf_add_cstr(b, "</bdi></small><h1>#<bdi>");
	html_add_text(b, p->name);
	buf_add_cstr(b, "</bdi></h1>");
	if (p->topic.p != NULL) {
		buf_add_cstr(b, "<p class=\"topic\" dir=\"auto\">");
		html_add_text(b, p->topic);
		buf_add_cstr(b, "</p>");
	}
	buf_add_cstr(b, "</header>\n");
}

static void
add_body(struct request *r, struct buf *b, const struct web_page *p, bool newest)
{
	struct arena *scratch = scratch_of(r);
	long long id = (long long)p->channel;

	buf_add_cstr(b, "<body>");
	add_banner(r, b, p);
	buf_add_cstr(b, "<main>\n");
	if (p->older != 0)
		buf_printf(b,
		    "<nav><a rel=\"prev\" href=\"%.*s/web/%lld?before=%lld\">Older messages</a>"
		    "</nav>\n",
		    STR_FMT(r->site->path), id, (long long)p->older);
	for (size_t i = 0; i < p->n_messages; i++)
		add_message(b, scratch, p, &p->messages[i]);
	if (p->n_messages == 0)
		buf_add_cstr(b, "<p>Nothing has been said here.</p>\n");
	if (!newest)
		buf_printf(b, "<nav><a href=\"%.*s/web/%lld\">Newest messages</a></nav>\n",
		    STR_FMT(r->site->path), id);
	buf_printf(b, "</main><footer><a href=\"%.*s/c/%lld\">Open in Moot</a> "
	    "<a href=\"%.*s/web/%lld/feed.atom\">Feed</a></footer></body></html>\n",
	    STR_FMT(r->site->path), id, STR_FMT(r->site->path), id);
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

/* The beginning of the first line that is no fence, without half a character or half a mention at
 * its end. */
static struct str
first_words(struct str s)
{
	struct str rest = s, line;

	do {
		line = str_trim(str_cut(&rest, '\n'));
	} while (rest.p != NULL && (line.len == 0 || markdown_is_fence(line)));
	size_t n = line.len;
	if (n > TITLE_MAX) {
		n = TITLE_MAX;
		while (n > 0 && ((unsigned char)line.p[n] & 0xc0) == 0x80)
			n--;
		size_t first = n > MENTION_MAX ? n - MENTION_MAX : 0;
		for (size_t i = n; i > first && line.p[i - 1] != '>'; i--) {
			if (line.p[i - 1] == '<' && line.p[i] == '@') {
				n = i - 1;
				break;
			}
		}
	}
	return (struct str){ line.p, n };
}

static void
add_entry(struct request *r, struct buf *b, struct buf *html, struct arena *scratch,
    const struct web_page *p, const struct web_message *m)
{
	struct str origin = r->site->origin, path = r->site->path;

	buf_printf(b, "<entry><id>urn:moot:message:%lld</id><title>", (long long)m->id);
	html_add_text(b, m->author);
	buf_add_cstr(b, ": ");
	add_content(b, scratch, p, first_words(m->content), true);
	buf_printf(b, "</title><published>%.*s</published><updated>%.*s</updated><author><name>",
	    STR_FMT(m->at), STR_FMT(m->edited.p == NULL ? m->at : m->edited));
	html_add_text(b, m->author);
	buf_printf(b,
	    "</name></author><link rel=\"alternate\" type=\"text/html\" "
	    "href=\"%.*s%.*s/web/%lld#m%lld\"/><content type=\"html\">",
	    STR_FMT(origin), STR_FMT(path), (long long)p->channel, (long long)m->id);
	buf_clear(html);
	add_content(html, scratch, p, m->content, false);
	html_add_text(b, buf_str(html));
	buf_add_cstr(b, "</content></entry>\n");
	if (!buf_ok(html))
		buf_fail(b);
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
	struct buf *b = request_buf(r, PAGE_MAX), *html = buf_new(r->arena, PAGE_MAX);
	struct arena *scratch = scratch_of(r);

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
		add_entry(r, b, html, scratch, &p, &p.messages[i - 1]);
	buf_add_cstr(b, "</feed>\n");
	send(r, &p, b, "application/atom+xml; charset=utf-8");
	return ERR_OK;
}
