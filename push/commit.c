/* What a written batch does to its connection; see compose.h. */
#include <string.h>

#include "base/metric.h"
#include "push/account.h"
#include "push/compose.h"

/* Of this item `taken` bytes went, not all: the rest is kept. False without memory. */
static bool
keep_rest(struct batch *b, const struct item *it, uint32_t taken)
{
	struct conn *c = b->conn;
	struct part *part;

	if (it->kind == ITEM_PART) {
		c->extra->part->off += taken;
		return true;
	}
	if (it->frame != NULL)
		part = part_of_frame(it->frame, taken, it->len);
	else if ((part = part_new(it->len - taken)) != NULL)
		memcpy(part->bytes, b->text.p + it->text + taken, part->len);
	if (part == NULL)
		return false;
	conn_set_part(c, part);
	return true;
}

static void
after_revoke(struct batch *b, uint32_t stream)
{
	struct conn *c = b->conn;
	const struct special *sp = conn_special(c, stream);
	bool again = sp != NULL && sp->regained;

	conn_drop_special(c, stream);
	conn_drop_sub(b->push, c, stream);
	if (again)
		account_want(b->push, c->account);
}

static void
after_reset(struct batch *b, const struct item *it)
{
	struct sub *sub = conn_sub(b->conn, it->stream);

	conn_drop_special(b->conn, it->stream);
	if (sub != NULL)
		sub->sent = (uint32_t)it->rev;
	metric_add(METRIC_push_resets, 1);
}

/* The kernel has the first byte of the item, or all of it. */
static void
commit(struct batch *b, const struct item *it, bool whole)
{
	struct conn *c = b->conn;
	struct sub *sub;

	switch (it->kind) {
	case ITEM_PART:
		if (whole)
			conn_set_part(c, NULL);
		break;
	case ITEM_FRAME:
		sub = conn_sub(c, it->stream);
		if (sub != NULL)
			sub->sent = (uint32_t)it->rev;
		conn_count_events(c, 1);
		b->delivered += it->len > 0;
		break;
	case ITEM_RESET:
		after_reset(b, it);
		break;
	case ITEM_REVOKE:
		after_revoke(b, it->stream);
		break;
	case ITEM_STATE:
		c->told_down = it->rev == 0;
		break;
	case ITEM_HB:
		c->hb_due = false;
		c->since_mark = 0;
		c->mark_s = b->push->now_s;
		break;
	case ITEM_PING:
		c->ping_due = false;
		c->ping_open = true;
		break;
	case ITEM_BYE:
		c->bye_written = true;
		break;
	case ITEM_EPHEMERAL:
		break;
	}
}

bool
compose_commit(struct batch *b, size_t n)
{
	for (size_t k = 0; k < b->n; k++) {
		const struct item *it = &b->items[k];
		bool whole = n >= it->len;

		/* Not begun; dropped events before it went with those before them. */
		if (!whole && n == 0)
			break;
		if (!whole && !keep_rest(b, it, (uint32_t)n))
			return false;
		commit(b, it, whole);
		if (!whole)
			break;
		n -= it->len;
	}
	if (b->conn->since_mark >= CHECKPOINT_EVENTS)
		b->conn->hb_due = true;
	return true;
}
