#include "pgsql.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "shared.h"

#define ANSWER_MAX (64u * 1024 * 1024)

struct pgsql {
	int fd;
	char *in;		/* the messages of the last answer, whole */
	size_t len, cap;
};

static void
put_u32(char *p, uint32_t v)
{
	p[0] = (char)(v >> 24);
	p[1] = (char)(v >> 16);
	p[2] = (char)(v >> 8);
	p[3] = (char)v;
}

static uint32_t
get_u32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

static void
read_some(struct pgsql *pg)
{
	ssize_t n;

	if (pg->cap - pg->len < 65536) {
		pg->cap = pg->cap == 0 ? 1 << 20 : pg->cap * 2;
		pg->in = pg->cap > ANSWER_MAX ? NULL : realloc(pg->in, pg->cap);
		if (pg->in == NULL)
			die("postgres: an answer too long");
	}
	do
		n = recv(pg->fd, pg->in + pg->len, pg->cap - pg->len, 0);
	while (n < 0 && errno == EINTR);
	if (n <= 0)
		die("postgres: the connection ended");
	pg->len += (size_t)n;
}

/* Reads until ReadyForQuery. */
static void
read_answer(struct pgsql *pg)
{
	size_t at = 0;

	pg->len = 0;
	for (;;) {
		size_t size;

		while (pg->len - at < 5)
			read_some(pg);
		size = get_u32(pg->in + at + 1) + (size_t)1;
		while (pg->len - at < size)
			read_some(pg);
		if (pg->in[at] == 'E')
			die("postgres: %.200s", pg->in + at + 5);
		if (pg->in[at] == 'Z')
			return;
		at += size;
	}
}

struct pgsql *
pgsql_open(const char *path, const char *user, const char *database)
{
	struct pgsql *pg = calloc(1, sizeof(*pg));
	char hello[256], address[128];
	int n;

	if (pg == NULL)
		die("no memory");
	snprintf(address, sizeof(address), "unix:%s", path);
	pg->fd = dial(address);
	if (pg->fd < 0)
		die("%s: %s", path, strerror(errno));
	n = snprintf(hello + 8, sizeof(hello) - 8, "user%c%s%cdatabase%c%s%c", 0, user, 0, 0,
		database, 0) +
	    9;
	put_u32(hello, (uint32_t)n);
	put_u32(hello + 4, 196608);
	hello[n - 1] = '\0';
	if (!send_all(pg->fd, hello, (size_t)n))
		die("%s: %s", path, strerror(errno));
	read_answer(pg);
	return pg;
}

void
pgsql_run(struct pgsql *pg, const char *sql)
{
	size_t n = strlen(sql) + 1;
	char *out = malloc(n + 5);

	if (out == NULL)
		die("no memory");
	out[0] = 'Q';
	put_u32(out + 1, (uint32_t)n + 4);
	memcpy(out + 5, sql, n);
	if (!send_all(pg->fd, out, n + 5))
		die("postgres: %s", strerror(errno));
	free(out);
	read_answer(pg);
}

void
pgsql_rows(struct pgsql *pg, pgsql_row *row, void *ctx)
{
	for (size_t at = 0; pg->in[at] != 'Z'; at += get_u32(pg->in + at + 1) + (size_t)1) {
		const char *p = pg->in + at + 7, *ref;
		uint32_t ref_len, data_len;

		if (pg->in[at] != 'D')
			continue;
		ref_len = get_u32(p);
		ref = p + 4;
		data_len = get_u32(ref + ref_len);
		row(ctx, ref, ref_len, ref + ref_len + 4, data_len);
	}
}

void
pgsql_free(struct pgsql *pg)
{
	close(pg->fd);
	free(pg->in);
	free(pg);
}
