#include "push/run.h"

#include "push/compose.h"
#include "push/walk.h"

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

/* compose() makes the same bytes of it, in one batch; commit counts on that. */
static bool
fill(struct run *r, struct push *p, const struct sub *sub, enum frame_format format)
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
		r->is_plain = fill(r, p, sub, format);
	}
	return r->is_plain ? r : NULL;
}
