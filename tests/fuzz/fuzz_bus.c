#include "tests/fuzz/fuzz.h"
#include "wire/bus.h"

/* What is taken is written back byte for byte. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str payload = { (const char *)data, size };
	struct bus_event e;
	struct buf b;

	if (bus_parse(payload, &e) != ERR_OK)
		return 0;
	must(e.event_id >= 0 && e.rev >= 0 && e.parent >= 0 && e.parent_rev >= 0 && e.subject >= 0);
	must((unsigned)e.access < BUS_ACCESS__MAX);
	must(bus_type_is_valid(e.type) && bus_body_is_valid(e.body));
	buf_init(&b, BUS_BODY_MAX + BUS_HIDDEN_MAX + 1024);
	bus_render(&b, &e);
	must(buf_ok(&b) && str_eq(buf_str(&b), payload));
	buf_release(&b);
	return 0;
}
