#include <string.h>

#include "push/core/filter.h"
#include "push/core/idmap.h"
#include "push/core/ring.h"
#include "tests/unit/support/unit.h"

static struct ring_store store;
static struct ring ring;

static struct frame *
frame(int64_t rev)
{
	struct bus_event e = { .rev = rev,
		.event_id = rev,
		.type = STR("message.created"),
		.body = STR("{\"a\":\t1}") };

	return frame_new(&e, 3);
}

START_TEST(frames_hold_every_framing)
{
	struct frame *f = frame(9);

	ck_str_is(frame_json(f), "{\"a\": 1}");
	ck_str_is(frame_sse(f), "data: {\"a\": 1}\n\n");
	ck_str_is(frame_type(f), "message.created");
	ck_assert_mem_eq(f->ws, "\x81\x08", 2);
	f->refs++;
	frame_drop(f);
	ck_assert_uint_eq(f->refs, 1);
	frame_drop(f);
	frame_drop(NULL);
}
END_TEST

START_TEST(a_ring_keeps_the_newest)
{
	store.max = SIZE_MAX;
	for (int64_t rev = 10; rev < 1000; rev++) {
		ring_append(&store, &ring, frame(rev), 1);
		ck_assert(ring_is_sane(&ring));
	}
	ck_assert_uint_eq(ring.n, RING_FRAMES);
	ck_assert_int_eq(ring.first, 1000 - RING_FRAMES);
	ck_assert_int_eq(ring_get(&ring, 999)->rev, 999);
	ck_assert_ptr_null(ring_get(&ring, 1000));
	ck_assert_ptr_null(ring_get(&ring, ring.first - 1));
	ring_cut(&store, &ring, 990);
	ck_assert_uint_eq(ring.n, 9);
	ck_assert(ring_is_sane(&ring));
	ring_release(&store, &ring);
	ck_assert_uint_eq(store.bytes, 0);
	ck_assert_ptr_null(store.oldest);
}
END_TEST

START_TEST(a_ring_grows_backwards_for_a_while)
{
	store.max = SIZE_MAX;
	ring_append(&store, &ring, frame(600), 1);
	for (int64_t rev = 599; rev > 0; rev--)
		ring_prepend(&store, &ring, frame(rev), 1);
	ck_assert(ring_is_sane(&ring));
	ck_assert_uint_eq(ring.n, 600);
	ring_append(&store, &ring, frame(601), 2);
	ck_assert_uint_eq(ring.n, 601);
	ring_append(&store, &ring, frame(602), 1 + RING_WIDE_S);
	ck_assert_uint_eq(ring.n, RING_FRAMES);
	ck_assert(ring_is_sane(&ring));
	ring_release(&store, &ring);
}
END_TEST

START_TEST(a_line_of_the_text_format_weighs_too)
{
	struct frame *f, *apart = frame(2);
	size_t before;

	store.max = SIZE_MAX;
	ring_append(&store, &ring, frame(1), 1);
	ring_append(&store, &ring, frame(2), 1);
	before = ring.bytes;
	f = ring_get(&ring, 2);
	ring_set_text(&store, &ring, f, STR("#general <bob> hello\n"));
	ck_assert_uint_eq(ring.bytes, before + 21);
	ck_assert_uint_eq(store.bytes, ring.bytes);
	ck_assert(ring_is_sane(&ring));
	/* of the same number, but not in the ring; and none at all */
	ring_set_text(&store, &ring, apart, STR("x"));
	ring_set_text(&store, NULL, ring_get(&ring, 1), STR(""));
	ck_assert_uint_eq(store.bytes, before + 21);
	ring_release(&store, &ring);
	ck_assert_uint_eq(store.bytes, 0);
	frame_drop(apart);
}
END_TEST

START_TEST(the_oldest_frames_of_all_rings_go_first)
{
	struct ring other = { 0 };
	struct frame *f;

	store.max = 10000;
	ring_append(&store, &other, frame(1), 1);
	ring_append(&store, &ring, frame(1), 2);
	ck_assert_ptr_null(ring_store_excess(&store, 1 + RING_AGE_S));
	f = ring_store_excess(&store, 2 + RING_AGE_S);
	ck_assert_ptr_eq(f, ring_get(&other, 1));
	store.max = 1;
	ck_assert_ptr_eq(ring_store_excess(&store, 2), f);
	ring_release(&store, &other);
	ck_assert_ptr_eq(ring_store_excess(&store, 2), ring_get(&ring, 1));
	ring_release(&store, &ring);
	ck_assert_ptr_null(ring_store_excess(&store, 2));
}
END_TEST

START_TEST(a_map_finds_what_is_in_it)
{
	struct slab items;
	struct idmap map;
	uint32_t numbers[2000];
	uint64_t state = 7;

	slab_init(&items, 24);
	idmap_init(&map, &items);
	ck_assert_uint_eq(idmap_get(&map, 5), SLAB_NONE);
	for (int round = 0; round < 3; round++) {
		for (uint32_t i = 0; i < 2000; i++) {
			int64_t id = ((int64_t)i << 20) + round + 1;

			numbers[i] = slab_take(&items);
			memcpy(slab_at(&items, numbers[i]), &id, sizeof(id));
			idmap_put(&map, id, numbers[i]);
		}
		ck_assert(idmap_is_sane(&map));
		for (uint32_t k = 0; k < 2000; k++) {
			uint32_t i = k * 7 % 2000;
			int64_t id = ((int64_t)i << 20) + round + 1;

			ck_assert_uint_eq(idmap_get(&map, id), numbers[i]);
			idmap_remove(&map, id);
			slab_give(&items, numbers[i]);
			ck_assert_uint_eq(idmap_get(&map, id), SLAB_NONE);
			state = state * 6364136223846793005u + 1;
			if (state >> 60 == 0)
				ck_assert(idmap_is_sane(&map));
		}
		ck_assert_uint_eq(map.n, 0);
		ck_assert_uint_eq(items.live, 0);
	}
	idmap_release(&map);
	slab_release(&items);
}
END_TEST

START_TEST(filters_take_lists)
{
	struct filter *f = filter_new();

	ck_assert(filter_is_empty(f));
	ck_assert(filter_has_stream(NULL, 5) && filter_has_type(NULL, STR("a")) &&
	    filter_has_stream(f, 5));
	ck_assert(filter_add_channels(f, STR("12, 13")));
	ck_assert(filter_has_stream(f, 13) && !filter_has_stream(f, 14));
	ck_assert(filter_add_types(f, STR("message.created,member.*")));
	ck_assert(
	    filter_has_type(f, STR("member.left")) && filter_has_type(f, STR("message.created")));
	ck_assert(!filter_has_type(f, STR("member")) && !filter_has_type(f, STR("message.create")));
	ck_assert(!filter_add_channels(f, STR("0")) && !filter_add_channels(f, STR("")) &&
	    !filter_add_channels(f, STR("1,")));
	ck_assert(!filter_add_types(f, STR("*")) && !filter_add_types(f, STR("")) &&
	    !filter_add_types(f, STR("A")));
	filter_free(f);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { frames_hold_every_framing, a_ring_keeps_the_newest,
		a_ring_grows_backwards_for_a_while, a_line_of_the_text_format_weighs_too,
		the_oldest_frames_of_all_rings_go_first, a_map_finds_what_is_in_it,
		filters_take_lists, NULL };

	return unit_run("ring", tests);
}
