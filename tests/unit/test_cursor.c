#include <stdlib.h>

#include "base/crypt.h"
#include "tests/unit/support/unit.h"
#include "wire/cursor.h"

static struct cursor_entry entries[CURSOR_STREAMS + 1];

static enum err
decode(struct str text, int64_t *epoch, size_t *n)
{
	return cursor_decode(guard_copy(text), epoch, entries, n);
}

/* Encodes, decodes, compares; returns the text in the arena. */
static struct str
round_trip(int64_t epoch, const struct cursor_entry *in, size_t n)
{
	int64_t epoch_out = -1;
	size_t n_out = 99999;
	struct buf b;
	struct str text;

	buf_init(&b, CURSOR_TEXT);
	ck_err(cursor_encode(&b, epoch, in, n), ERR_OK);
	ck_err(decode(buf_str(&b), &epoch_out, &n_out), ERR_OK);
	ck_assert_int_eq(epoch_out, epoch);
	ck_assert_uint_eq(n_out, n);
	for (size_t i = 0; i < n; i++) {
		ck_assert_int_eq(entries[i].stream, in[i].stream);
		ck_assert_int_eq(entries[i].rev, in[i].rev);
	}
	text = (struct str){ arena_strndup(unit_arena(), b.p, b.len), b.len };
	buf_release(&b);
	return text;
}

START_TEST(round_trips)
{
	const struct cursor_entry few[] = { { 1, 0 }, { 2, 127 }, { 300, 128 },
		{ INT64_C(1882518112345620481), 16384 }, { INT64_MAX, INT64_MAX } };

	for (size_t n = 0; n <= 5; n++)
		round_trip(1, few, n);
	round_trip(0, few, 5);
	round_trip(INT64_MAX, few, 5);
	ck_str_is(round_trip(7, NULL, 0), "7.AA");
	ck_str_is(round_trip(7, few, 1), "7.AQEA");
}
END_TEST

START_TEST(round_trips_the_longest)
{
	static struct cursor_entry many[CURSOR_STREAMS];
	struct str text;

	for (size_t i = 0; i < CURSOR_STREAMS; i++)
		many[i] = (struct cursor_entry){ INT64_MAX - (int64_t)(CURSOR_STREAMS - 1 - i) *
		    (INT64_MAX / CURSOR_STREAMS - 1), INT64_MAX };
	text = round_trip(INT64_MAX, many, CURSOR_STREAMS);
	ck_assert_uint_le(text.len, CURSOR_TEXT);
}
END_TEST

START_TEST(round_trips_anything)
{
	static struct cursor_entry some[CURSOR_STREAMS];
	uint64_t state = 42;

	for (int round = 0; round < 50; round++) {
		size_t n = 0;
		int64_t stream = 0;

		while (n < CURSOR_STREAMS) {
			int64_t delta;

			state = state * 6364136223846793005u + 1442695040888963407u;
			delta = (int64_t)(state >> (1 + state % 62)) + 1;
			if (__builtin_add_overflow(stream, delta, &stream))
				break;
			some[n++] =
			    (struct cursor_entry){ stream, (int64_t)(state >> (1 + state % 63)) };
		}
		round_trip((int64_t)(state >> 1), some, n);
	}
}
END_TEST

/* Rows that are in order, have one out of place, stand the wrong way round, or anyhow. */
START_TEST(sorts)
{
	static const size_t sizes[] = { 0, 1, 2, 20, 100, CURSOR_STREAMS };

	for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		size_t n = sizes[k];

		for (int how = 0; how < 4; how++) {
			for (size_t i = 0; i < n; i++) {
				size_t id = how == 0 ? i : how == 1 ? (i + 1) % n
				    : how == 2 ? n - 1 - i : i * 7919 % n;

				entries[i].stream = (int64_t)id + 1;
				entries[i].rev = (int64_t)id * 3;
			}
			cursor_sort(entries, n);
			for (size_t i = 0; i < n; i++) {
				ck_assert_int_eq(entries[i].stream, (int64_t)i + 1);
				ck_assert_int_eq(entries[i].rev, (int64_t)i * 3);
			}
		}
	}
}
END_TEST

START_TEST(encode_refuses_disorder)
{
	const struct cursor_entry bad[][2] = { { { 2, 1 }, { 1, 1 } }, { { 1, 1 }, { 1, 1 } },
		{ { 0, 1 }, { 1, 1 } }, { { -1, 1 }, { 1, 1 } }, { { 1, -1 }, { 2, 1 } } };
	struct buf b;

	buf_init(&b, CURSOR_TEXT);
	for (size_t i = 0; i < 5; i++)
		ck_err(cursor_encode(&b, 1, bad[i], 2), ERR_INTERNAL);
	ck_err(cursor_encode(&b, -1, NULL, 0), ERR_INTERNAL);
	ck_err(cursor_encode(&b, 1, entries, CURSOR_STREAMS + 1), ERR_INTERNAL);
	ck_assert_uint_eq(b.len, 0);
	buf_release(&b);
	buf_init(&b, 3);
	ck_err(cursor_encode(&b, 1, NULL, 0), ERR_NO_MEMORY);
	buf_release(&b);
}
END_TEST

/* epoch 1 and these raw bytes */
static struct str
cursor_of(struct str raw)
{
	char *b64 = arena_alloc(unit_arena(), crypt_b64_len(raw.len) + 1);

	crypt_b64(raw.p, raw.len, b64);
	return str_of(arena_printf(unit_arena(), "1.%s", b64));
}

START_TEST(decode_refuses_the_rest)
{
	static const struct str texts[] = { STR(""), STR("."), STR("1"), STR("1."), STR(".AA"),
		STR("x.AA"), STR("-1.AA"), STR("+1.AA"), STR("01.AA"), STR("00.AA"), STR(" 1.AA"),
		STR("1 .AA"), STR("1.AA "), STR("1.AA="), STR("1.AA=="), STR("1.A"), STR("1.AB"),
		STR("1.AA."), STR("1.AA.AA"), STR("1..AA"), STR("1.A/"), STR("1.AA\n"),
		STR("1.AA\0"), STR("9223372036854775808.AA"), STR("99999999999999999999999.AA"),
		STR("1.\xff\xff") };
	static const struct str raws[] = {
		STR("\x01"), STR("\x01\x01"), STR("\x00\x00"), STR("\x01\x01\x01\x01"),
		STR("\x02\x01\x01"), STR("\x02\x01\x01\x01"),		/* fewer than said */
		STR("\x01\x00\x01"), STR("\x02\x01\x01\x00\x01"),	/* a stream twice */
		STR("\x80\x00"), STR("\x01\x81\x00\x01"),		/* longer than need be */
		STR("\x80"), STR("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"),
		STR("\xe9\x07"),					/* 1,001 of them */
		STR("\x01\x80\x80\x80\x80\x80\x80\x80\x80\x80\x01\x01"),/* 2^63 */
		STR("\x02\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01\x01\x01"), /* sum past 2^63 */
	};
	int64_t epoch = 77;
	size_t n = 78;

	entries[0] = (struct cursor_entry){ 79, 80 };
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		ck_assert_msg(decode(texts[i], &epoch, &n) == ERR_BAD_REQUEST, "text %zu", i);
	for (size_t i = 0; i < sizeof(raws) / sizeof(raws[0]); i++)
		ck_assert_msg(
		    decode(cursor_of(raws[i]), &epoch, &n) == ERR_BAD_REQUEST, "raw %zu", i);
	ck_assert(epoch == 77 && n == 78 && entries[0].stream == 79 && entries[0].rev == 80);
	ck_err(decode(cursor_of(STR("\x01\xff\xff\xff\xff\xff\xff\xff\xff\x7f\x01")), &epoch, &n),
	    ERR_OK);
	ck_assert_int_eq(entries[0].stream, INT64_MAX);
}
END_TEST

START_TEST(decode_bounds_the_length)
{
	char *text = arena_alloc(unit_arena(), 1 << 20);
	int64_t epoch;
	size_t n;

	memset(text, 'A', 1 << 20);
	text[0] = '1';
	text[1] = '.';
	for (size_t len = 3; len < 1 << 20; len = len * 2 + 1)
		ck_err(decode((struct str){ text, len }, &epoch, &n), ERR_BAD_REQUEST);
}
END_TEST

/* Whatever decodes is what encode writes: there are no two texts of one position. */
START_TEST(decoding_is_exact)
{
	const struct cursor_entry few[] = { { 1, 5 }, { 200, 300 }, { 70000, 1 } };
	struct str good = round_trip(9, few, 3);
	char *text = arena_strndup(unit_arena(), good.p, good.len);
	int taken = 0;

	for (size_t i = 0; i < good.len; i++) {
		for (int c = 1; c < 256; c++) {
			int64_t epoch;
			size_t n;
			struct buf b;

			text[i] = (char)c;
			if (cursor_decode((struct str){ text, good.len }, &epoch, entries, &n) !=
			    ERR_OK)
				continue;
			buf_init(&b, CURSOR_TEXT);
			ck_err(cursor_encode(&b, epoch, entries, n), ERR_OK);
			ck_assert(str_eq(buf_str(&b), (struct str){ text, good.len }));
			buf_release(&b);
			taken++;
		}
		text[i] = good.p[i];
	}
	ck_assert_int_gt(taken, (int)good.len);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { round_trips, round_trips_the_longest, round_trips_anything,
		sorts, encode_refuses_disorder, decode_refuses_the_rest, decode_bounds_the_length,
		decoding_is_exact, NULL };

	return unit_run("cursor", tests);
}
