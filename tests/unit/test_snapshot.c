#include <string.h>

#include "push/snapshot.h"
#include "tests/unit/support/unit.h"

static struct snap_conn conn;
static struct ws_reader reader;

static const struct sub subs[] = { { 0, 7 }, { 2, UINT32_MAX }, { 1, 0 } };
static const struct snap_special specials[] = { { 40, 1, RESET_JOINED, true, false, 0 }, { 7, 2, RESET_OLD, false, false, 0 } };
static const struct snap_past pasts[] = { { 41, 1, 0 }, { 8, 2, 0 } };
static const struct cursor_entry cursor[] = { { 5, 9 }, { 6, 0 } };
static const struct typing typing[TYPING_CHANNELS] = { { 5, 100 } };
static const int64_t watched[] = { 3, 9, 11 };
static const struct snap_edge edges[] = { { 3, 12, PRESENCE_IDLE, true, { 0 } }, { 11, 0, PRESENCE__MAX, false, { 0 } } };

/* A WebSocket in the middle of everything. */
static void
fill(void)
{
	reader = (struct ws_reader){ .head_len = 1, .head = { 0x81 } };
	conn = (struct snap_conn){ .credential = 77, .account = 4, .deadline_s = 10, .wrote_s = 11, .mark_s = 12,
		.bye = 4000, .state = CONN_LIVE, .format = FRAME_WS, .since_mark = 255, .idle = true, .hb_due = true,
		.head_written = true, .has_extra = true, .subs = { subs, 3 } };
	conn.x = (struct snap_extra){ .is_token = true, .recheck = true, .hash = { 1, 2, 3 }, .accept = "abc=",
		.epoch = 8, .exp_s = 1, .wait_s = 2, .window_s = 3, .frames = 4, .messages = 5, .in = STR("GET /"),
		.channels = STR("5,6"), .types = STR("message.*"), .reader = { (const char *)&reader, sizeof(reader) },
		.resets = STR("\"channel:5\""), .part = STR("data: the rest\n\n"), .cursor = { cursor, 2 },
		.specials = { specials, 2 }, .pasts = { pasts, 2 }, .typing = { typing, TYPING_CHANNELS }, .watched = { watched, 3 },
		.edges = { edges, 2 } };
}

static struct str
payload_of(const struct buf *b, enum snap_kind wanted)
{
	struct str in = guard_copy(buf_str(b)), payload = STR_NULL;
	enum snap_kind kind;

	ck_assert(buf_ok(b));
	ck_assert(snap_next(&in, &kind, &payload));
	ck_assert_int_eq(kind, wanted);
	ck_assert_uint_eq(in.len, 0);
	return payload;
}

#define ck_list_is(list, array) do { \
	ck_assert_uint_eq((list).n, sizeof(array) / sizeof((array)[0])); \
	ck_assert_mem_eq((list).p, (array), sizeof(array)); \
} while (0)

START_TEST(a_connection_round_trips)
{
	struct snap_conn out;
	struct buf b;

	fill();
	buf_init(&b, SNAP_RECORD_MAX);
	snap_conn_put(&b, &conn);
	ck_assert(snap_conn_get(payload_of(&b, SNAP_CONN), &out));
	ck_assert_int_eq(out.credential, 77);
	ck_assert_uint_eq(out.account, 4);
	ck_assert_uint_eq(out.deadline_s + out.wrote_s + out.mark_s, 33);
	ck_assert_uint_eq(out.bye, 4000);
	ck_assert(out.idle && !out.chose && out.hb_due && !out.ping_open && out.head_written);
	ck_list_is(out.subs, subs);
	ck_assert(out.x.is_token && !out.x.may_write && out.x.recheck);
	ck_assert_mem_eq(out.x.hash, conn.x.hash, sizeof(out.x.hash));
	ck_assert_str_eq(out.x.accept, "abc=");
	ck_str_is(out.x.in, "GET /");
	ck_str_is(out.x.channels, "5,6");
	ck_str_is(out.x.types, "message.*");
	ck_str_is(out.x.resets, "\"channel:5\"");
	ck_str_is(out.x.part, "data: the rest\n\n");
	ck_assert_mem_eq(out.x.reader.p, &reader, sizeof(reader));
	ck_list_is(out.x.cursor, cursor);
	ck_list_is(out.x.specials, specials);
	ck_list_is(out.x.pasts, pasts);
	ck_list_is(out.x.typing, typing);
	ck_list_is(out.x.watched, watched);
	ck_list_is(out.x.edges, edges);
	buf_release(&b);
}
END_TEST

/* Each plain field has a value of its own; bools and bytes are all high, or all 0. */
#define HIGH_bool(most) high
#define HIGH_uint8_t(most) (uint8_t)(high ? (most) : 0)
#define HIGH_uint32_t(most) (uint32_t)++number
#define HIGH_int64_t(most) ++number
#define FILL(type, field, most) r->field = HIGH_##type(most);
#define SAME(type, field, most) ck_assert_msg(r->field == was->field, #field);

static void
fields_round_trip(bool high)
{
	struct snap_account account = { .id = 1 }, account_out;
	struct snap_conn c = { .account = 4, .state = CONN_LIVE, .has_extra = true }, c_out;
	int64_t number = (int64_t)1 << 20;
	struct buf b;

	{ struct snap_account *r = &account; SNAP_ACCOUNT_FIELDS(FILL) }
	{ struct snap_conn *r = &c; SNAP_CONN_FIELDS(FILL) }
	{ struct snap_extra *r = &c.x; SNAP_EXTRA_FIELDS(FILL) }
	buf_init(&b, SNAP_RECORD_MAX);
	snap_account_put(&b, &account);
	ck_assert(snap_account_get(payload_of(&b, SNAP_ACCOUNT), &account_out));
	buf_clear(&b);
	snap_conn_put(&b, &c);
	ck_assert(snap_conn_get(payload_of(&b, SNAP_CONN), &c_out));
	{ const struct snap_account *r = &account_out, *was = &account; SNAP_ACCOUNT_FIELDS(SAME) }
	{ const struct snap_conn *r = &c_out, *was = &c; SNAP_CONN_FIELDS(SAME) }
	{ const struct snap_extra *r = &c_out.x, *was = &c.x; SNAP_EXTRA_FIELDS(SAME) }
	buf_release(&b);
}

START_TEST(every_plain_field_round_trips)
{
	fields_round_trip(true);
	fields_round_trip(false);
}
END_TEST

START_TEST(a_plain_connection_is_small)
{
	struct snap_conn plain = { .credential = 1, .state = CONN_LIVE, .format = FRAME_SSE, .subs = { subs, 3 } }, out;
	struct buf b;

	buf_init(&b, SNAP_RECORD_MAX);
	snap_conn_put(&b, &plain);
	ck_assert_uint_le(b.len, 80);
	ck_assert(snap_conn_get(payload_of(&b, SNAP_CONN), &out));
	ck_assert(!out.has_extra && out.x.part.p == NULL && out.x.cursor.n == 0);
	buf_release(&b);
}
END_TEST

START_TEST(the_other_records_round_trip)
{
	static const struct gain gains[] = { { 5, 6 }, { 7, 8 } };
	static const struct snap_end ends[] = { { 10, 11 }, { 12, 13 } };
	static const struct snap_node nodes[] = { { "a" }, { "0123456789abcdef" } };
	struct snap_stream s;
	struct snap_frame f;
	struct snap_account a;
	struct snap_leaver l;
	struct snap_global g;
	struct buf b;

	buf_init(&b, SNAP_RECORD_MAX);
	snap_stream_put(&b, &(struct snap_stream){ .id = 5, .head = -1, .access_rev = 3, .floor = 2, .parent = SLAB_NONE,
	    .n_frames = 2, .kind = FEED_CHANNEL, .has_barrier = true, .name = STR("general") });
	ck_assert(snap_stream_get(payload_of(&b, SNAP_STREAM), &s));
	ck_assert(s.id == 5 && s.head == -1 && s.access_rev == 3 && s.floor == 2 && s.parent == SLAB_NONE &&
	    s.n_frames == 2 && s.kind == FEED_CHANNEL && s.has_barrier);
	ck_str_is(s.name, "general");
	buf_clear(&b);
	snap_frame_put(&b, &(struct snap_frame){ { .event_id = 1, .rev = 2, .subject = 3, .parent_rev = 4,
	    .access = BUS_LOST, .type = STR("member.left") } });
	ck_assert(snap_frame_get(payload_of(&b, SNAP_FRAME), &f));
	ck_assert(f.e.event_id == 1 && f.e.rev == 2 && f.e.subject == 3 && f.e.parent_rev == 4 && f.e.access == BUS_LOST);
	ck_str_is(f.e.type, "member.left");
	ck_assert_ptr_null(f.e.body.p);
	buf_clear(&b);
	snap_account_put(&b, &(struct snap_account){ .id = 9, .on = PRESENCE_DND, .chosen = PRESENCE_INVISIBLE,
	    .unstored = true, .wanted = true, .gains = { gains, 2 }, .ends = { ends, 2 } });
	ck_assert(snap_account_get(payload_of(&b, SNAP_ACCOUNT), &a));
	ck_assert(a.id == 9 && a.on == PRESENCE_DND && a.chosen == PRESENCE_INVISIBLE && a.unstored && !a.shows_seen &&
	    a.wanted);
	ck_list_is(a.gains, gains);
	ck_list_is(a.ends, ends);
	buf_clear(&b);
	snap_leaver_put(&b, &(struct snap_leaver){ 9, 1, 2, PRESENCE_IDLE, PRESENCE_ONLINE, true, true });
	ck_assert(snap_leaver_get(payload_of(&b, SNAP_LEAVER), &l));
	ck_assert(l.id == 9 && l.since_s == 1 && l.due_s == 2 && l.on == PRESENCE_IDLE && l.unstored && l.shows_seen);
	buf_clear(&b);
	snap_global_put(&b, &(struct snap_global){ .epoch = 1, .max_event = 2, .seen_ids = { 3, 4 }, .node = STR("abcd"),
	    .nodes = { nodes, 2 }, .untold = true, .n_streams = 5, .n_accounts = 6, .n_leavers = 7, .n_conns = 8 });
	ck_assert(snap_global_get(payload_of(&b, SNAP_GLOBAL), &g));
	ck_assert(g.epoch == 1 && g.max_event == 2 && g.seen_ids[1] == 4 && g.untold && g.n_streams == 5 && g.n_conns == 8);
	ck_str_is(g.node, "abcd");
	ck_list_is(g.nodes, nodes);
	buf_release(&b);
}
END_TEST

START_TEST(what_is_cut_short_or_too_long_is_refused)
{
	struct snap_conn out;
	struct str whole;
	struct buf b;

	fill();
	buf_init(&b, SNAP_RECORD_MAX);
	snap_conn_put(&b, &conn);
	whole = payload_of(&b, SNAP_CONN);
	for (size_t n = 0; n < whole.len; n++)
		ck_assert_msg(!snap_conn_get(guard_copy((struct str){ whole.p, n }), &out), "%zu bytes", n);
	buf_add_char(&b, '\0');
	ck_assert(!snap_conn_get((struct str){ b.p + 8, b.len - 8 }, &out));
	buf_release(&b);
}
END_TEST

/* What still decodes is exactly what would be written. */
START_TEST(flipped_bits_are_refused_or_harmless)
{
	struct snap_conn out;
	struct buf b, again;
	size_t refused = 0;

	fill();
	buf_init(&b, SNAP_RECORD_MAX);
	buf_init(&again, SNAP_RECORD_MAX);
	snap_conn_put(&b, &conn);
	for (size_t bit = 0; bit < b.len * 8; bit++) {
		enum snap_kind kind;
		struct str in, payload;

		b.p[bit / 8] ^= (char)(1u << bit % 8);
		in = buf_str(&b);
		if (snap_next(&in, &kind, &payload) && kind == SNAP_CONN && in.len == 0 && snap_conn_get(payload, &out)) {
			buf_clear(&again);
			snap_conn_put(&again, &out);
			ck_assert(str_eq(buf_str(&again), buf_str(&b)));
		} else {
			refused++;
		}
		b.p[bit / 8] ^= (char)(1u << bit % 8);
	}
	ck_assert_uint_gt(refused, 500);
	buf_release(&again);
	buf_release(&b);
}
END_TEST

static bool
stands(const struct snap_conn *c)
{
	struct snap_conn out;
	struct buf b;
	bool ok;

	buf_init(&b, SNAP_RECORD_MAX);
	snap_conn_put(&b, c);
	ok = buf_ok(&b) && snap_conn_get((struct str){ b.p + 8, b.len - 8 }, &out);
	buf_release(&b);
	return ok;
}

START_TEST(impossible_connections_are_refused)
{
	static const int64_t unsorted[] = { 9, 3, 11 };
	struct snap_conn c;

#define refuses(change) do { \
	fill(); \
	c = conn; \
	change; \
	ck_assert_msg(!stands(&c), #change); \
} while (0)
	fill();
	ck_assert(stands(&conn));
	refuses(c.state = CONN_DEAD);
	refuses(c.state = CONN_NEW);
	refuses(c.state = CONN_HANDSHAKE);
	refuses(c.account = SLAB_NONE);
	refuses(c.format = FRAME__MAX);
	refuses((c.format = FRAME_POLL, c.x.wait_s = 0));
	refuses(c.bye = CONN_BYE_MAX + 1);
	refuses(c.x.typing.n = 1);
	refuses(c.x.watched.p = unsorted);
	refuses(c.x.reader.len--);
	refuses(memset(c.x.accept, 'x', sizeof(c.x.accept)));
	refuses((reader.in_payload = true, reader.frame_len = WS_MESSAGE_MAX + 1));
#undef refuses
}
END_TEST

START_TEST(records_are_cut_off_one_by_one)
{
	enum snap_kind kind;
	struct str in, payload;
	struct buf b;

	buf_init(&b, SNAP_RECORD_MAX);
	snap_leaver_put(&b, &(struct snap_leaver){ .id = 1, .due_s = 1 });
	snap_account_put(&b, &(struct snap_account){ .id = 2 });
	in = buf_str(&b);
	ck_assert(snap_next(&in, &kind, &payload) && kind == SNAP_LEAVER);
	ck_assert(snap_next(&in, &kind, &payload) && kind == SNAP_ACCOUNT);
	ck_assert(!snap_next(&in, &kind, &payload));
	for (size_t n = 0; n + 1 < b.len - payload.len; n++) {
		in = guard_copy((struct str){ b.p, n });
		while (snap_next(&in, &kind, &payload))
			continue;
	}
	buf_release(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_connection_round_trips, every_plain_field_round_trips,
		a_plain_connection_is_small,
		the_other_records_round_trip, what_is_cut_short_or_too_long_is_refused,
		flipped_bits_are_refused_or_harmless, impossible_connections_are_refused,
		records_are_cut_off_one_by_one, NULL };

	return unit_run("snapshot", tests);
}
