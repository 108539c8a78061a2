#include <stdlib.h>
#include <string.h>

#include "base/crypt.h"
#include "wire/cursor.h"

#define VARINT_BYTES 9	/* 63 bits */
#define MOVES_MAX 256u	/* places that entries are moved by before all are sorted */
#define PIECE_BYTES 192	/* of three that make four characters each */

static int
by_stream(const void *a, const void *b)
{
	const struct cursor_entry *x = a, *y = b;

	return x->stream < y->stream ? -1 : x->stream > y->stream;
}

void
cursor_sort(struct cursor_entry *entries, size_t n)
{
	size_t moves = 0;

	for (size_t i = 1; i < n; i++) {
		struct cursor_entry e = entries[i];
		size_t at = i;

		while (at > 0 && entries[at - 1].stream > e.stream) {
			entries[at] = entries[at - 1];
			at--;
		}
		entries[at] = e;
		moves += i - at;
		if (moves > MOVES_MAX) {
			qsort(entries, n, sizeof(*entries), by_stream);
			return;
		}
	}
}

/* Encodes by pieces: a heartbeat of a few streams should not clear room for the longest cursor. */
struct writer {
	struct buf *out;
	size_t len;
	uint8_t raw[PIECE_BYTES + VARINT_BYTES];
};

/* Not by libsodium, which takes the same time for every byte: there is no secret in it. */
static size_t
b64(const uint8_t *raw, size_t n, char *out)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = 0;

	for (size_t i = 0; i < n; i += 3) {
		uint32_t bits = (uint32_t)raw[i] << 16 | (i + 1 < n ? (uint32_t)raw[i + 1] << 8 : 0) |
		    (i + 2 < n ? raw[i + 2] : 0);

		out[len] = digits[bits >> 18];
		out[len + 1] = digits[bits >> 12 & 63];
		out[len + 2] = digits[bits >> 6 & 63];
		out[len + 3] = digits[bits & 63];
		len += i + 3 > n ? n - i + 1 : 4;
	}
	return len;
}

/* What is in threes, or (at the end) all. */
static void
put_out(struct writer *w, size_t n)
{
	char text[(PIECE_BYTES + VARINT_BYTES) / 3 * 4 + 4];

	buf_add(w->out, text, b64(w->raw, n, text));
	w->len -= n;
	memmove(w->raw, w->raw + n, w->len);
}

static void
put_varint(struct writer *w, uint64_t v)
{
	while (v >= 0x80) {
		w->raw[w->len++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	w->raw[w->len++] = (uint8_t)v;
	if (w->len >= PIECE_BYTES)
		put_out(w, PIECE_BYTES);
}

struct reader {
	const uint8_t *p;
	const uint8_t *end;
};

/* 0 … 2^63-1, in the shortest form only. */
static bool
get_varint(struct reader *r, int64_t *out)
{
	uint64_t v = 0;

	for (unsigned i = 0; i < VARINT_BYTES && r->p < r->end; i++) {
		uint8_t byte = *r->p++;

		v |= (uint64_t)(byte & 0x7f) << (7 * i);
		if ((byte & 0x80) != 0)
			continue;
		if (byte == 0 && i > 0)
			return false;
		*out = (int64_t)v;
		return true;
	}
	return false;
}

static bool
is_sane(int64_t epoch, const struct cursor_entry *entries, size_t n)
{
	if (epoch < 0 || n > CURSOR_STREAMS)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (entries[i].stream <= (i == 0 ? 0 : entries[i - 1].stream) || entries[i].rev < 0)
			return false;
	}
	return true;
}

enum err
cursor_encode(struct buf *out, int64_t epoch, const struct cursor_entry *entries, size_t n)
{
	struct writer w = { .out = out };
	int64_t before = 0;

	if (!is_sane(epoch, entries, n))
		return ERR_INTERNAL;
	buf_add_u64(out, (uint64_t)epoch);
	buf_add_char(out, '.');
	put_varint(&w, n);
	for (size_t i = 0; i < n; i++) {
		put_varint(&w, (uint64_t)(entries[i].stream - before));
		put_varint(&w, (uint64_t)entries[i].rev);
		before = entries[i].stream;
	}
	put_out(&w, w.len);
	return buf_ok(out) ? ERR_OK : ERR_NO_MEMORY;
}

/* Reads raw into entries, or only checks it when entries is NULL. */
static bool
read_entries(struct reader r, struct cursor_entry *entries, size_t *n)
{
	int64_t count, delta, rev, stream = 0;

	if (!get_varint(&r, &count) || count > CURSOR_STREAMS)
		return false;
	for (int64_t i = 0; i < count; i++) {
		if (!get_varint(&r, &delta) || !get_varint(&r, &rev) || delta == 0 ||
		    __builtin_add_overflow(stream, delta, &stream))
			return false;
		if (entries != NULL)
			entries[i] = (struct cursor_entry){ stream, rev };
	}
	*n = (size_t)count;
	return r.p == r.end;
}

enum err
cursor_decode(struct str text, int64_t *epoch, struct cursor_entry *entries, size_t *n)
{
	uint8_t raw[2 + CURSOR_STREAMS * 2 * VARINT_BYTES];
	struct str rest = text;
	struct str head = str_cut(&rest, '.');
	size_t len, count;
	uint64_t v;

	if (rest.p == NULL || (head.len > 1 && head.p[0] == '0') || !str_to_u64(head, INT64_MAX, &v))
		return ERR_BAD_REQUEST;
	if (!crypt_unb64(rest, raw, sizeof(raw), &len) ||
	    !read_entries((struct reader){ raw, raw + len }, NULL, &count))
		return ERR_BAD_REQUEST;
	read_entries((struct reader){ raw, raw + len }, entries, &count);
	*epoch = (int64_t)v;
	*n = count;
	return ERR_OK;
}
