/* The list of streams that goes over before anything else; see ctl.h. */
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "push/ctl.h"
#include "push/stream.h"

bool
ctl_streams_write(const struct push *p, int file)
{
	struct buf out;
	bool ok;

	buf_init(&out, CTL_FILE_MAX);
	for (uint32_t i = SLAB_NONE; slab_next(&p->streams, &i);) {
		const struct stream *s = stream_at(p, i);
		struct ctl_stream out_s = { .id = s->id, .kind = s->kind };

		if (s->parent != SLAB_NONE)
			out_s.parent = stream_at(p, s->parent)->id;
		buf_add(&out, &out_s, sizeof(out_s));
	}
	/* A file of no bytes cannot be mapped: one stream that is none. */
	if (out.len == 0)
		buf_add(&out, &(struct ctl_stream){ 0 }, sizeof(struct ctl_stream));
	ok = buf_ok(&out) && write(file, out.p, out.len) == (ssize_t)out.len;
	buf_release(&out);
	return ok;
}

static bool
is_stream(const struct ctl_stream *s)
{
	return s->id > 0 && s->parent >= 0 && s->parent != s->id &&
	    (s->kind == FEED_SERVER || s->kind == FEED_CHANNEL || s->kind == FEED_USER) &&
	    (s->kind == FEED_CHANNEL || s->parent == 0);
}

bool
ctl_streams_read(struct push *p, int file, int64_t len)
{
	const char *bytes = ctl_file_map(file, len);
	struct ctl_stream s;

	if (bytes == NULL || len % (int64_t)sizeof(s) != 0)
		return false;
	for (int64_t at = 0; at < len; at += (int64_t)sizeof(s)) {
		uint32_t parent = SLAB_NONE;

		memcpy(&s, bytes + at, sizeof(s));
		if (!is_stream(&s))
			continue;
		if (s.parent != 0)
			parent = stream_intern(p, s.parent, FEED_SERVER, SLAB_NONE);
		stream_intern(p, s.id, (enum feed_kind)s.kind, parent);
	}
	ctl_file_unmap(bytes, len);
	return true;
}
