#include <string.h>

#include "push/snapshot.h"
#include "tests/fuzz/fuzz.h"

#define again(type) do { \
	struct snap_##type record; \
	\
	if (snap_##type##_get(payload, &record)) \
		snap_##type##_put(&b, &record); \
} while (0)

/* A record that is taken is, byte for byte, what would be written. */
static void
check(enum snap_kind kind, struct str payload)
{
	struct buf b;

	buf_init(&b, SNAP_RECORD_MAX + 8);
	switch (kind) {
	case SNAP_GLOBAL:
		again(global);
		break;
	case SNAP_STREAM:
		again(stream);
		break;
	case SNAP_FRAME:
		again(frame);
		break;
	case SNAP_ACCOUNT:
		again(account);
		break;
	case SNAP_LEAVER:
		again(leaver);
		break;
	case SNAP_CONN:
		again(conn);
		break;
	case SNAP__MAX:
		must(false);
	}
	must(buf_ok(&b));
	must(b.len == 0 ||
	    (b.len == payload.len + 8 && memcmp(b.p + 8, payload.p, payload.len) == 0));
	buf_release(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, payload;
	enum snap_kind kind;

	while (snap_next(&in, &kind, &payload))
		check(kind, payload);
	return 0;
}
