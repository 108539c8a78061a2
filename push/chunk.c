#include "push/chunk.h"

#include <assert.h>
#include <string.h>

#include "push/server.h"

static_assert(CHUNK_BATCH + FRAME_CHUNK_HEAD + sizeof(FRAME_CHUNK_END FRAME_CHUNK_LAST) <
    SERVER_SNDBUF - 64, "a chunk is one skb");
/* Whatever is in a batch that is not full, one event of any size may come to it. */
static_assert(CHUNK_BATCH + RING_PREFIX + BUS_BODY_MAX + RING_SUFFIX < 1u << 20,
    "frame_chunk_head() has no room for it");

size_t
chunk_around(const struct batch *b, char head[FRAME_CHUNK_HEAD], struct iovec *iov, size_t n)
{
	static char end[] = FRAME_CHUNK_END FRAME_CHUNK_LAST;
	bool last = b->items[b->n - 1].kind == ITEM_BYE;

	frame_chunk_head(head, b->bytes);
	iov[0] = (struct iovec){ head, FRAME_CHUNK_HEAD - 1 };
	iov[n + 1] = (struct iovec){ end, last ? sizeof(end) - 1 : sizeof(FRAME_CHUNK_END) - 1 };
	return n + 2;
}

bool
chunk_keep(struct conn *c, const struct iovec *iov, size_t n, size_t taken)
{
	size_t all = 0, at = 0;
	struct part *part;

	for (size_t i = 0; i < n; i++)
		all += iov[i].iov_len;
	part = part_new(all - taken);
	if (part == NULL)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t skip = taken < iov[i].iov_len ? taken : iov[i].iov_len;

		memcpy(part->bytes + at, (const char *)iov[i].iov_base + skip,
		    iov[i].iov_len - skip);
		at += iov[i].iov_len - skip;
		taken -= skip;
	}
	conn_set_part(c, part);
	return true;
}
