#include "tests/unit/support/fake_redis.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/unit/support/unit.h"

#define HELD_MAX (16 * 1024 * 1024)

static void
peer_end(struct fake_peer *peer)
{
	if (!loop_io_is_active(&peer->io))
		return;
	close(loop_io_fd(&peer->io));
	loop_io_stop(&peer->io);
	buf_release(&peer->in);
	buf_release(&peer->out);
}

/* One whole command of `from`: its bytes, and its words in `words`. 0: not there yet. */
static size_t
take_command(struct str from, struct buf *words)
{
	const char *at = from.p, *end = from.p + from.len, *line;
	long n;

	line = memchr(at, '\n', from.len);
	if (line == NULL)
		return 0;
	if (at[0] != '*')
		ck_abort_msg("not a command: %.20s", at);
	n = strtol(at + 1, NULL, 10);
	for (at = line + 1; n > 0; n--) {
		size_t len;

		line = memchr(at, '\n', (size_t)(end - at));
		if (line == NULL)
			return 0;
		if (at[0] != '$')
			ck_abort_msg("not a word: %.20s", at);
		len = strtoul(at + 1, NULL, 10);
		if ((size_t)(end - line) < len + 3)
			return 0;
		if (words->len > 0)
			buf_add_char(words, ' ');
		buf_add(words, line + 1, len);
		at = line + 1 + len + 2;
	}
	return (size_t)(at - from.p);
}

static void
take_commands(struct fake_peer *peer)
{
	size_t done = 0, n;

	for (;;) {
		struct str left = { peer->in.p + done, peer->in.len - done };
		struct buf words;

		buf_init(&words, HELD_MAX);
		n = left.len == 0 ? 0 : take_command(left, &words);
		if (n > 0)
			peer->owner->command(peer, words.p);
		buf_release(&words);
		if (n == 0)
			break;
		done += n;
	}
	buf_drop(&peer->in, done);
}

static void
write_some(struct fake_peer *peer)
{
	ssize_t n = send(loop_io_fd(&peer->io), peer->out.p, peer->out.len, MSG_NOSIGNAL);

	if (n > 0)
		buf_drop(&peer->out, (size_t)n);
	loop_io_events(&peer->io, peer->out.len > 0 ? LOOP_READ | LOOP_WRITE : LOOP_READ);
}

static void
on_peer(void *ctx, int events)
{
	struct fake_peer *peer = ctx;
	char bytes[64 * 1024];

	if ((events & LOOP_READ) != 0) {
		ssize_t n = read(loop_io_fd(&peer->io), bytes, sizeof(bytes));

		if (n <= 0) {
			peer_end(peer);
			return;
		}
		buf_add(&peer->in, bytes, (size_t)n);
		take_commands(peer);
	}
	if (peer->out.len > 0)
		write_some(peer);
}

void
fake_redis_say(struct fake_peer *peer, const char *bytes)
{
	buf_add_cstr(&peer->out, bytes);
	loop_io_events(&peer->io, LOOP_READ | LOOP_WRITE);
}

static void
on_listening(void *ctx, int events)
{
	struct fake_redis *f = ctx;
	int fd = accept4(loop_io_fd(&f->io), NULL, NULL, SOCK_NONBLOCK);
	struct fake_peer *peer = &f->peers[f->n];

	(void)events;
	ck_assert_int_ge(fd, 0);
	ck_assert_int_lt(f->n++, FAKE_PEERS);
	peer->owner = f;
	buf_init(&peer->in, HELD_MAX);
	buf_init(&peer->out, HELD_MAX);
	loop_io_start(&peer->io, fd, LOOP_READ, on_peer, peer);
}

const char *
fake_redis_start(struct fake_redis *f)
{
	const char *path = unit_path("redis.sock");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	ck_assert_uint_lt(strlen(path), sizeof(addr.sun_path));
	memcpy(addr.sun_path, path, strlen(path));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&addr, sizeof(addr)), 0);
	ck_assert_int_eq(listen(fd, FAKE_PEERS), 0);
	loop_io_start(&f->io, fd, LOOP_READ, on_listening, f);
	return arena_printf(unit_arena(), "unix:%s", path);
}

void
fake_redis_stop(struct fake_redis *f)
{
	close(loop_io_fd(&f->io));
	loop_io_stop(&f->io);
	for (int i = 0; i < f->n; i++)
		peer_end(&f->peers[i]);
}
