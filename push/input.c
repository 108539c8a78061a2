#include "push/input.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "push/deliver.h"
#include "push/handshake.h"
#include "push/ops.h"
#include "wire/http_head.h"

/* Bytes of a stream that nobody reads: thrown away, but seen when they end. */
static void
take_bytes(struct push *p, struct conn *c, struct str bytes)
{
	switch ((enum conn_state)c->state) {
	case CONN_NEW:
		handshake_take(p, c, bytes);
		break;
	case CONN_HANDSHAKE:
		handshake_keep(p, c, bytes);
		break;
	case CONN_LIVE:
	case CONN_DRAINING:
		if (c->format == FRAME_WS && c->head_written)
			ops_take(p, c, bytes);
		break;
	case CONN_FREE:
	case CONN_DEAD:
		break;
	}
}

void
input_ready(void *ctx, uint64_t name, int events)
{
	static char bytes[HTTP_HEAD_MAX];
	struct push *p = ctx;
	struct conn *c = conn_named(p, name);
	ssize_t n;

	if (c == NULL)
		return;
	if ((events & LOOP_WRITE) != 0)
		deliver_writable(p, c);
	if ((events & LOOP_READ) == 0)
		return;
	n = recv(c->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0)
		conn_kill(p, c, n == 0 ? "closed by the peer" : strerror(errno));
	else
		take_bytes(p, c, (struct str){ bytes, (size_t)n });
}
