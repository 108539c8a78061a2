#include <inttypes.h>
#include <stdio.h>

#include "base/id.h"

#define SEQUENCE_BITS 20

bool
id_parse(struct str s, int64_t *out)
{
	uint64_t v;

	if (s.len == 0 || s.len > ID_DIGITS || s.p[0] == '0')
		return false;
	if (!str_to_u64(s, INT64_MAX, &v))
		return false;
	*out = (int64_t)v;
	return true;
}

void
id_format(int64_t id, char out[21])
{
	snprintf(out, 21, "%" PRId64, id);
}

int64_t
id_wall_ms(int64_t id)
{
	return id >> SEQUENCE_BITS;
}

int64_t
id_of_wall_ms(int64_t ms)
{
	return ms << 20;
}
