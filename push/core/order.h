/*
 * order - arrays of structs that begin with their key, ascending by it: sorting and finding.
 */
#ifndef MOOT_PUSH_CORE_ORDER_H
#define MOOT_PUSH_CORE_ORDER_H

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

/* The first of n items of that size whose uint32_t is not below key; n: none. */
static inline uint32_t
order_find_u32(const void *items, uint32_t n, size_t size, uint32_t key)
{
	uint32_t first = 0;

	while (n > 0) {
		uint32_t half = n / 2, at;

		memcpy(&at, (const char *)items + (first + half) * size, sizeof(at));
		if (at < key) {
			first += half + 1;
			n -= half + 1;
		} else {
			n = half;
		}
	}
	return first;
}

#endif
