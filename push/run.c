#include "push/run.h"

#include "base/heap.h"
#include "push/compose.h"
#include "push/walk.h"

void
runs_init(struct push *p)
{
	p->runs = heap_alloc(sizeof(*p->runs));
	for (size_t i = 0; i < FRAME__MAX; i++)
		buf_init(&p->runs->of[i].bytes, DELIVER_BATCH + 2 * BUS_BODY_MAX);
	runs_reset(p);
}

void
runs_release(struct push *p)
{
	for (size_t i = 0; i < FRAME__MAX; i++)
		buf_release(&p->runs->of[i].bytes);
	heap_free(p->runs);
}

void
runs_reset(struct push *p)
{
	for (size_t i = 0; i < FRAME__MAX; i++)
		p->runs->of[i].stream = SLAB_NONE;
}

/* compose() makes the same bytes of it, in one batch; commit counts on that. */
static bool
run_fill(struct run *r, struct push *p, const struct sub *sub, enum frame_format format)
{
	const struct stream *s = stream_at(p, sub->stream);
	size_t began = frame_begin(&r->bytes, format);
	enum walk_step step;
	struct walk w;

	if (format == FRAME_TEXT || s->head - sub_sent(s, sub) > DELIVER_ITEMS)
		return false;
	walk_begin(&w, p, NULL, sub);
	while ((step = walk_next(&w)) == WALK_EVENT) {
		struct str pieces[2];
		size_t n;

		if (r->bytes.len >= compose_full(format))
			return false;
		r->n++;
		if (!w.passes)
			continue;
		r->delivered++;
		n = compose_pieces(format, w.frame, pieces);
		for (size_t i = 0; i < n; i++)
			buf_add_str(&r->bytes, pieces[i]);
	}
	if (step != WALK_END || r->bytes.len == began || r->bytes.len > compose_max(format))
		return false;
	frame_end(&r->bytes, format, began);
	return buf_ok(&r->bytes);
}

void
run_make(struct run *r, struct push *p, const struct sub *sub, enum frame_format format)
{
	buf_clear(&r->bytes);
	r->stream = sub->stream;
	r->sent = sub->sent;
	r->upto = (uint32_t)stream_at(p, sub->stream)->head;
	r->n = r->delivered = 0;
	r->is_plain = run_fill(r, p, sub, format);
}
