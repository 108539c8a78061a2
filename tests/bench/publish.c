/*
 * publish - messages at a given rate or as fast as the readers take them: rows written to Postgres
 * by the functions the handlers use and then told to Redis, or requests to a peer's publishing
 * address.
 *
 * A batch is one transaction, and one pipelined write to Redis or to the peer. Its messages count
 * as sent when the commit was confirmed (Moot), or just before they are written (peers).
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pgsql.h"
#include "shared.h"

#define PIPE_MAX 256		/* unanswered requests to a peer */
#define OUT_MAX (4u * 1024 * 1024)

static struct {
	struct shared *shared;
	struct pgsql *pg;
	char *sql, *body;	/* templates */
	size_t body_len;
	const char *path;	/* the peer's */
	const char *header;	/* one more line of the request */
	const char *address;	/* Redis or the peer; NULL: nobody is told */
	int sink;		/* -1: not there; Redis may come and go */
	int64_t tried_ns;	/* … when it was looked for last */
	bool is_http;
	uint64_t first, rate, batch, count, ms, window, readers;
	uint64_t sent;
	uint64_t unanswered, refused;
	char *out;
	size_t out_len;
	char carry[16];		/* the end of the last answer read */
	size_t n_carry;
} pub = { .sink = -1, .batch = 1 };

static void
out_add(const char *p, size_t n)
{
	if (n > OUT_MAX - pub.out_len)
		die("a batch too large");
	memcpy(pub.out + pub.out_len, p, n);
	pub.out_len += n;
}

/* Without Redis the messages are in Postgres all the same; without its peer nothing can be
 * measured. */
static void
sink_lost(const char *why)
{
	if (pub.is_http)
		die("the peer: %s", why);
	close(pub.sink);
	pub.sink = -1;
	pub.unanswered = 0;
}

static void
sink_find(void)
{
	int64_t now = now_ns();

	if (pub.sink >= 0 || pub.address == NULL || now - pub.tried_ns < 20000000)
		return;
	pub.tried_ns = now;
	pub.sink = dial(pub.address);
	if (pub.sink < 0 && pub.is_http)
		die("%s: %s", pub.address, strerror(errno));
}

/* One answer is a status line of HTTP, or an integer of Redis. Both cannot stand inside another. */
static void
take_answers(bool wait)
{
	const char *mark = pub.is_http ? "HTTP/1.1 " : ":";
	size_t n_mark = strlen(mark);
	char in[65536 + sizeof(pub.carry)];
	struct pollfd p = { .fd = pub.sink, .events = POLLIN };
	const char *at = in;
	ssize_t n;
	size_t len;

	if (poll(&p, 1, wait ? 5000 : 0) <= 0) {
		if (wait)
			sink_lost("no answer");
		return;
	}
	memcpy(in, pub.carry, pub.n_carry);
	n = recv(pub.sink, in + pub.n_carry, sizeof(in) - pub.n_carry, 0);
	if (n <= 0) {
		sink_lost("closed");
		return;
	}
	len = pub.n_carry + (size_t)n;
	/* A status line counts when its first digit is there too. */
	while ((at = memmem(at, len - (size_t)(at - in), mark, n_mark)) != NULL &&
	    (!pub.is_http || at + n_mark < in + len)) {
		if (pub.is_http && at[n_mark] != '2')
			pub.refused++;
		pub.unanswered--;
		at += n_mark;
	}
	if (!pub.is_http)
		return;
	pub.n_carry = at != NULL ? (size_t)(in + len - at) : len < n_mark - 1 ? len : n_mark - 1;
	memcpy(pub.carry, in + len - pub.n_carry, pub.n_carry);
}

static void
flush(void)
{
	sink_find();
	if (pub.sink < 0) {
		pub.unanswered = 0;
		return;
	}
	if (!send_all(pub.sink, pub.out, pub.out_len))
		sink_lost(strerror(errno));
	while (pub.unanswered > PIPE_MAX)
		take_answers(true);
	while (pub.unanswered > 0) {
		uint64_t before = pub.unanswered;

		take_answers(false);
		if (pub.unanswered == before)
			return;
	}
}

/* The header's fifth word: what the event was committed under. */
static int64_t
parent_rev(const char *data)
{
	for (int word = 1; word < 5; word++) {
		data = strchr(data, ' ');
		if (data == NULL)
			return 0;
		data++;
	}
	return strtoll(data, NULL, 10);
}

static void
on_row(void *ctx, const char *ref, size_t ref_len, const char *data, size_t data_len)
{
	int64_t sent = *(int64_t *)ctx;
	char head[128];
	const char *at = data;
	int n;

	for (; (at = memchr(at, '~', data_len - (size_t)(at - data))) != NULL; at++)
		if (data_len - (size_t)(at - data) >= MARK_LEN && mark_parse(at) >= 0)
			break;
	if (at != NULL) {
		struct note *note = &pub.shared->notes[mark_parse(at)];

		note->parent_rev = parent_rev(data);
		note->bytes = (uint32_t)data_len;
		__atomic_store_n(&note->sent_ns, sent, __ATOMIC_RELEASE);
	}
	n = snprintf(head, sizeof(head), "*3\r\n$7\r\nPUBLISH\r\n$%zu\r\ns:%.*s\r\n$%zu\r\n",
	    ref_len + 2, (int)ref_len, ref, data_len);
	out_add(head, (size_t)n);
	out_add(data, data_len);
	out_add("\r\n", 2);
	pub.unanswered++;
}

/* The query with {seq} and {n} replaced. */
static void
batch_sql(uint64_t n)
{
	char sql[8192], *to = sql;
	int64_t committed;

	for (const char *p = pub.sql; *p != '\0';) {
		size_t left = sizeof(sql) - (size_t)(to - sql);

		if (left < 32)
			die("the query is too long");
		if (strncmp(p, "{seq}", 5) == 0) {
			to +=
			    snprintf(to, left, "%llu", (unsigned long long)(pub.first + pub.sent));
			p += 5;
		} else if (strncmp(p, "{n}", 3) == 0) {
			to += snprintf(to, left, "%llu", (unsigned long long)n);
			p += 3;
		} else {
			*to++ = *p++;
		}
	}
	*to = '\0';
	pgsql_run(pub.pg, sql);
	committed = now_ns();
	pgsql_rows(pub.pg, on_row, &committed);
}

static void
batch_http(uint64_t n)
{
	char head[2048];
	int head_len = snprintf(head, sizeof(head), "POST %s HTTP/1.1\r\nHost: bench\r\n%s%s"
	    "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n", pub.path,
	    pub.header == NULL ? "" : pub.header, pub.header == NULL ? "" : "\r\n", pub.body_len);
	char *mark = memmem(pub.body, pub.body_len, "~00000000~", MARK_LEN);
	char *own = mark == NULL ? NULL : malloc(pub.body_len);

	if (own == NULL || head_len >= (int)sizeof(head))
		die("the body has no mark, or the header is too long");
	memcpy(own, pub.body, pub.body_len);
	for (uint64_t i = 0; i < n; i++) {
		uint32_t seq = (uint32_t)(pub.first + pub.sent + i);

		mark_render(own + (mark - pub.body), seq);
		out_add(head, (size_t)head_len);
		out_add(own, pub.body_len);
		pub.shared->notes[seq].bytes = (uint32_t)pub.body_len;
		__atomic_store_n(&pub.shared->notes[seq].sent_ns, now_ns(), __ATOMIC_RELEASE);
		pub.unanswered++;
	}
	free(own);
}

/* So many messages are under way that another batch has to wait. */
static bool
is_ahead(void)
{
	uint64_t had = __atomic_load_n(&pub.shared->delivered, __ATOMIC_RELAXED);

	return pub.window > 0 && pub.sent > had / pub.readers + pub.window;
}

static void
run(void)
{
	int64_t began = now_ns(), due = began, end = began + (int64_t)pub.ms * 1000000;

	while ((pub.count == 0 || pub.sent < pub.count) && (pub.ms == 0 || now_ns() < end)) {
		uint64_t n = pub.count > 0 && pub.count - pub.sent < pub.batch
		    ? pub.count - pub.sent
		    : pub.batch;

		if (pub.first + pub.sent + n > SEQ_MAX)
			break;
		if (due > now_ns())
			usleep((useconds_t)((due - now_ns()) / 1000 + 1));
		if (is_ahead()) {
			usleep(200);
			continue;
		}
		pub.out_len = 0;
		if (pub.is_http)
			batch_http(n);
		else
			batch_sql(n);
		flush();
		pub.sent += n;
		__atomic_store_n(&pub.shared->published, pub.sent, __ATOMIC_RELEASE);
		if (pub.rate > 0)
			due += (int64_t)(n * 1000000000 / pub.rate);
	}
	while (pub.unanswered > 0)
		take_answers(true);
	printf("{\"first\":%llu,\"published\":%llu,\"refused\":%llu,\"seconds\":%.4f}\n",
	    (unsigned long long)pub.first, (unsigned long long)pub.sent,
	    (unsigned long long)pub.refused, (double)(now_ns() - began) / 1e9);
}

static void
options(int argc, char **argv)
{
	static const struct option known[] = { { "shared", 1, NULL, 's' }, { "pg", 1, NULL, 'p' },
		{ "sql", 1, NULL, 'q' }, { "redis", 1, NULL, 'r' }, { "http", 1, NULL, 'h' },
		{ "path", 1, NULL, 'u' }, { "body", 1, NULL, 'b' }, { "header", 1, NULL, 'H' },
		{ "first", 1, NULL, 'f' }, { "rate", 1, NULL, 'R' }, { "batch", 1, NULL, 'B' },
		{ "count", 1, NULL, 'n' }, { "ms", 1, NULL, 't' }, { "window", 1, NULL, 'w' },
		{ "readers", 1, NULL, 'N' }, { 0 } };
	int opt;

	while ((opt = getopt_long(argc, argv, "", known, NULL)) != -1)
		switch (opt) {
		case 's': pub.shared = shared_open(optarg); break;
		case 'p': pub.pg = pgsql_open(optarg, "moot", "moot"); break;
		case 'q': pub.sql = read_file(optarg); break;
		case 'r': pub.address = optarg; break;
		case 'h': pub.address = optarg; pub.is_http = true; break;
		case 'u': pub.path = optarg; break;
		case 'b': pub.body = read_file(optarg); break;
		case 'H': pub.header = optarg; break;
		case 'f': pub.first = number(optarg); break;
		case 'R': pub.rate = number(optarg); break;
		case 'B': pub.batch = number(optarg); break;
		case 'n': pub.count = number(optarg); break;
		case 't': pub.ms = number(optarg); break;
		case 'w': pub.window = number(optarg); break;
		case 'N': pub.readers = number(optarg); break;
		default:
			die("usage: publish --shared FILE (--pg PATH --sql FILE [--redis ADDRESS] "
			    "| "
			    "--http ADDRESS --path P --body FILE) …");
		}
	if (pub.shared == NULL || (pub.is_http && pub.body == NULL) ||
	    (pub.pg == NULL) == (pub.is_http == false) || pub.batch == 0 ||
	    (pub.window > 0 && pub.readers == 0))
		die("publish: options missing");
}

int
main(int argc, char **argv)
{
	options(argc, argv);
	if (pub.body != NULL)
		pub.body_len = strlen(pub.body);
	pub.out = malloc(OUT_MAX);
	if (pub.out == NULL)
		die("no memory");
	run();
	free(pub.out);
	return 0;
}
