#include "tests/fuzz/fuzz.h"
#include "wire/text.h"
#include "wire/ws_frame.h"

/* What was read, folded into one number, so that two ways of reading can be compared. */
struct trace {
	uint64_t hash;
	bool failed;
};

static void
fold(struct trace *t, const void *p, size_t n)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < n; i++)
		t->hash = (t->hash ^ bytes[i]) * UINT64_C(1099511628211);
}

static void
note(struct trace *t, const struct ws_event *ev, enum ws_result result)
{
	fold(t, &ev->code, ev->op == WS_CLOSE || result == WS_FAIL ? sizeof(ev->code) : 0);
	if (result == WS_FAIL) {
		t->failed = true;
		must(ev->code >= 1000 && ws_code_is_valid(ev->code));
		return;
	}
	fold(t, &ev->op, sizeof(ev->op));
	fold(t, ev->payload.p, ev->payload.len);
	switch (ev->op) {
	case WS_TEXT:
		must(utf8_is_valid(ev->payload) && ev->payload.len <= WS_MESSAGE_MAX);
		break;
	case WS_BINARY:
		must(ev->payload.len <= WS_MESSAGE_MAX);
		break;
	case WS_CLOSE:
		must(ev->payload.len <= WS_CONTROL_MAX - 2);
		must(ev->code == WS_NO_CODE || ws_code_is_valid(ev->code));
		break;
	case WS_PING:
	case WS_PONG:
		must(ev->payload.len <= WS_CONTROL_MAX);
		break;
	case WS_CONT:
		must(false);
	}
}

/* Reads all bytes, at most `piece` at a time. */
static struct trace
read_all(const uint8_t *data, size_t size, size_t piece)
{
	static struct ws_reader r;
	struct trace t = { UINT64_C(14695981039346656037), false };
	size_t at = 0;

	memset(&r, 0, sizeof(r));
	while (at < size && !t.failed) {
		size_t n = size - at < piece ? size - at : piece, used = n + 1;
		struct ws_event ev = { 0 };
		enum ws_result result = ws_reader_feed(&r, data + at, n, &used, &ev);

		must(used <= n);
		must(result != WS_MORE || used == n);
		if (result != WS_MORE)
			note(&t, &ev, result);
		else
			must(ws_reader_is_sane(&r));
		at += used;
	}
	return t;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct trace whole = read_all(data, size, SIZE_MAX);

	for (size_t piece = 1; piece <= 7; piece += 3) {
		struct trace cut = read_all(data, size, piece);

		must(cut.hash == whole.hash && cut.failed == whole.failed);
	}
	return 0;
}
