/*
 * order - arrays of structs that begin with their key, ascending by it: sorting and finding.
 */
#ifndef MOOT_PUSH_CORE_ORDER_H
#define MOOT_PUSH_CORE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* For qsort() and bsearch(), of structs that begin with an uint32_t, or an int64_t. */
static inline int
order_by_u32(const void *a, const void *b)
{
	const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static inline int
order_by_i64(const void *a, const void *b)
{
	const int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

/* Whether one of n items of that size has this uint32_t. *place: where it is, or would be. */
static inline bool
order_find_u32(const void *items, uint32_t n, size_t size, uint32_t key, uint32_t *place)
{
	size_t from = 0, to = n;

	while (from < to) {
		size_t mid = (from + to) / 2;
		uint32_t at;

		memcpy(&at, (const char *)items + mid * size, sizeof(at));
		if (at == key) {
			*place = (uint32_t)mid;
			return true;
		}
		if (at < key)
			from = mid + 1;
		else
			to = mid;
	}
	*place = (uint32_t)from;
	return false;
}

#endif
