#include "tests/fuzz/fuzz.h"
#include "wire/cursor.h"

/* What decodes is, byte for byte, what would be encoded. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct cursor_entry entries[CURSOR_STREAMS];
	struct str text = { (const char *)data, size };
	int64_t epoch;
	size_t n;
	struct buf b;

	if (cursor_decode(text, &epoch, entries, &n) != ERR_OK)
		return 0;
	must(n <= CURSOR_STREAMS && size <= CURSOR_TEXT);
	buf_init(&b, CURSOR_TEXT);
	must(cursor_encode(&b, epoch, entries, n) == ERR_OK);
	must(str_eq(buf_str(&b), text));
	buf_release(&b);
	return 0;
}
