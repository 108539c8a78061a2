#include <stdlib.h>
#include <string.h>

#include "push/core/pool.h"
#include "push/core/readers.h"
#include "push/core/slab.h"
#include "tests/unit/support/unit.h"

#define BLOCKS 3000

START_TEST(blocks_are_zeroed_and_do_not_overlap)
{
	static unsigned char *p[BLOCKS];

	for (int round = 0; round < 3; round++) {
		for (size_t i = 0; i < BLOCKS; i++) {
			size_t n = i % (POOL_MAX + 100);

			p[i] = pool_take(n);
			ck_assert(all_bytes_are(p[i], n, 0));
			memset(p[i], (int)(i & 0xff), n);
		}
		for (size_t i = 0; i < BLOCKS; i++) {
			size_t n = i % (POOL_MAX + 100);

			ck_assert(all_bytes_are(p[i], n, i & 0xff));
			pool_give(p[i], n);
		}
	}
	pool_give(NULL, 7);
}
END_TEST

START_TEST(a_block_keeps_its_bytes_when_it_is_resized)
{
	char *p = pool_resize(NULL, 0, 3);

	memcpy(p, "abc", 3);
	for (size_t n = 4; n < 2 * POOL_MAX; n++) {
		p = pool_resize(p, n - 1, n);
		p[n - 1] = 'z';
		ck_assert_mem_eq(p, n > 3 ? "abcz" : "abc", n > 3 ? 4 : 3);
	}
	p = pool_resize(p, 2 * POOL_MAX - 1, 3);
	ck_assert_mem_eq(p, "abc", 3);
	pool_give(p, 3);
}
END_TEST

/* Each once, whatever the number: in the struct, in one block, in many. */
START_TEST(readers_are_all_named_once)
{
	static const uint32_t counts[] = { 0, 1, 2, 3, 7, 8, 9, 260, 2000 };

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		struct readers r = { 0 };
		bool *seen = calloc(counts[i] + 1, sizeof(*seen));
		struct reader_at at;
		uint32_t conn, n = 0;

		for (uint32_t k = 0; k < counts[i]; k++)
			readers_add(&r, k);
		for (at = readers_first(&r); readers_next(&at, &conn); n++) {
			ck_assert_uint_lt(conn, counts[i]);
			ck_assert(!seen[conn]);
			seen[conn] = true;
		}
		ck_assert_uint_eq(n, counts[i]);
		free(seen);
		readers_release(&r);
		ck_assert_uint_eq(r.n, 0);
	}
}
END_TEST

START_TEST(whole_pages_are_zeroed)
{
	char *p = pool_pages(1 << 20);

	ck_assert_int_eq(p[0], 0);
	ck_assert_int_eq(p[(1 << 20) - 1], 0);
	pool_pages_give(p, 1 << 20);
}
END_TEST

START_TEST(a_slab_finds_what_is_in_use)
{
	struct slab slab;
	uint32_t n = 0;

	slab_init(&slab, 24);
	for (uint32_t i = 0; i < 2 * SLAB_CHUNK + 70; i++)
		ck_assert_uint_eq(slab_take(&slab), i);
	for (uint32_t i = 0; i < 2 * SLAB_CHUNK + 70; i++)
		if (i % 100 != 7)
			slab_give(&slab, i);
	for (uint32_t i = SLAB_NONE; slab_next(&slab, &i); n++)
		ck_assert_uint_eq(i, 100 * n + 7);
	ck_assert_uint_eq(n, slab.live);
	ck_assert(slab_has(&slab, 7));
	ck_assert(!slab_has(&slab, 8));
	ck_assert(!slab_has(&slab, slab.top));
	ck_assert(!slab_has(&slab, SLAB_NONE));
	slab_release(&slab);
	n = SLAB_NONE;
	ck_assert(!slab_next(&slab, &n));
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { blocks_are_zeroed_and_do_not_overlap,
		a_block_keeps_its_bytes_when_it_is_resized, readers_are_all_named_once,
		whole_pages_are_zeroed, a_slab_finds_what_is_in_use, NULL };

	return unit_run("pool", tests);
}
