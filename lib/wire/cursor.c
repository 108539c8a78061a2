#include <inttypes.h>

#include "base/crypt.h"
#include "wire/cursor.h"

#define VARINT_BYTES 9	/* 63 bits */
#define RAW_BYTES (2 + CURSOR_STREAMS * 2 * VARINT_BYTES)
#define TEXT_BYTES (RAW_BYTES / 3 * 4 + 4 + 1)

static size_t
put_varint(uint8_t *out, uint64_t v)
{
	size_t n = 0;

	while (v >= 0x80) {
		out[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	out[n++] = (uint8_t)v;
	return n;
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
	uint8_t raw[RAW_BYTES];
	char text[TEXT_BYTES];
	int64_t before = 0;
	size_t len;

	if (!is_sane(epoch, entries, n))
		return ERR_INTERNAL;
	len = put_varint(raw, n);
	for (size_t i = 0; i < n; i++) {
		len += put_varint(raw + len, (uint64_t)(entries[i].stream - before));
		len += put_varint(raw + len, (uint64_t)entries[i].rev);
		before = entries[i].stream;
	}
	crypt_b64(raw, len, text);
	buf_printf(out, "%" PRId64 ".%s", epoch, text);
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
	uint8_t raw[RAW_BYTES];
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
