#include "push/run.h"

#include "push/chunk.h"
#include "push/stream.h"

/* The newest of each format: readers of a stream are written to one after the other. */
static struct run runs[FRAME__MAX];

void
runs_init(void)
{
	for (size_t i = 0; i < FRAME__MAX; i++)
		buf_init(&runs[i].bytes, DELIVER_BATCH + 2 * BUS_BODY_MAX);
	runs_reset();
}

void
runs_release(void)
{
	for (size_t i = 0; i < FRAME__MAX; i++)
		buf_release(&runs[i].bytes);
}

void
runs_reset(void)
{
	for (size_t i = 0; i < FRAME__MAX; i++)
		runs[i].stream = SLAB_NONE;
}

/* compose_…() makes the same bytes of it, in one batch; commit counts on that. */
static bool
fill(struct run *r, const struct push *p, int64_t sent, enum frame_format format)
{
	const struct stream *s = stream_at(p, r->stream);
	size_t began = frame_begin(&r->bytes, format);

	if (format == FRAME_TEXT || stream_reach(s, sent, s->head) != REACH_RING || s->head - sent > DELIVER_ITEMS)
		return false;
	for (int64_t rev = sent + 1; rev <= s->head; rev++) {
		struct frame *f = ring_get(&s->flow->ring, rev);
		struct str pieces[2];
		size_t n;

		/* Not for all alike. */
		if (f->access == BUS_LOST || r->bytes.len >= DELIVER_BATCH)
			return false;
		r->n++;
		if (f->len == 0)
			continue;
		r->delivered++;
		n = compose_pieces(format, f, pieces);
		for (size_t i = 0; i < n; i++)
			buf_add_str(&r->bytes, pieces[i]);
	}
	if (r->bytes.len == began || r->bytes.len > (format == FRAME_CHUNKED ? CHUNK_BATCH : 2 * DELIVER_BATCH))
		return false;
	frame_end(&r->bytes, format, began);
	return buf_ok(&r->bytes);
}

const struct run *
run_get(struct push *p, const struct sub *sub, enum frame_format format)
{
	struct run *r = &runs[format];

	if (r->stream != sub->stream || r->sent != sub->sent) {
		const struct stream *s = stream_at(p, sub->stream);

		buf_clear(&r->bytes);
		r->stream = sub->stream;
		r->sent = sub->sent;
		r->upto = (uint32_t)s->head;
		r->n = r->delivered = 0;
		r->is_plain = fill(r, p, sub_sent(s, sub), format);
	}
	return r->is_plain ? r : NULL;
}
