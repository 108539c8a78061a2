/*
 * The rules of delivery, row by row: what stands where, and what a reader is told of it. And what a
 * connection reads and is to be told, by which they go.
 */
#include <string.h>

#include "push/core/pool.h"
#include "push/flow.h"
#include "push/resume.h"
#include "push/stream.h"
#include "push/walk.h"
#include "tests/unit/support/unit.h"

#define ME 7		/* the account of the connection */
#define HEAD 10		/* of each stream */
enum { SERVER, CHANNEL, OTHER_CHANNEL, STREAMS };

static struct push push;
static struct conn *conn;
static int64_t fetched;		/* above which rev was asked for last; -1: nothing was */

/* ---- what the files under test call of others */

void
resume_history(struct push *p, uint32_t stream, int64_t rev)
{
	ck_assert_ptr_eq(p, &push);
	ck_assert_uint_eq(stream, SERVER);
	fetched = rev;
}

void
stream_subscribe(struct push *p, uint32_t stream, uint32_t id)
{
	(void)p, (void)stream, (void)id;
}

void
stream_unsubscribe(struct push *p, uint32_t stream)
{
	(void)p, (void)stream;
}

/* ---- a server with two channels, and who reads all three */

static void
make_streams(void)
{
	slab_init(&push.streams, sizeof(struct stream));
	for (uint32_t i = 0; i < STREAMS; i++) {
		struct stream *s = stream_at(&push, slab_take(&push.streams));

		s->number = i;
		s->id = 100 + i;
		s->kind = i == SERVER ? FEED_SERVER : FEED_CHANNEL;
		s->parent = i == SERVER ? SLAB_NONE : SERVER;
		flow_init(s);
	}
}

static void
setup(void)
{
	struct account *a;
	struct sub *subs = pool_take(STREAMS * sizeof(*subs));

	memset(&push, 0, sizeof(push));
	push.rings.max = SIZE_MAX;
	push.live = true;
	make_streams();
	slab_init(&push.accounts, sizeof(struct account));
	slab_init(&push.conns, sizeof(struct conn));
	a = account_at(&push, slab_take(&push.accounts));
	a->id = ME;
	conn = conn_at(&push, slab_take(&push.conns));
	conn->state = CONN_LIVE;
	for (uint32_t i = 0; i < STREAMS; i++)
		subs[i] = (struct sub){ i, HEAD };
	conn_set_subs(&push, conn, subs, STREAMS);
	fetched = -1;
}

static void
teardown(void)
{
	ck_assert(conn_is_sane(&push, conn));
	conn_set_subs(&push, conn, NULL, 0);
	conn_drop_extra(conn);
	for (uint32_t i = 0; i < STREAMS; i++) {
		ck_assert(flow_is_sane(stream_at(&push, i)));
		flow_free(&push, stream_at(&push, i));
	}
	ck_assert_uint_eq(push.rings.bytes, 0);
	slab_release(&push.conns);
	slab_release(&push.accounts);
	slab_release(&push.streams);
}

struct setting {
	int64_t first;		/* event in the ring; 0: the ring has them all */
	int64_t floor;		/* nothing up to here can be had */
	int64_t sent;
	const char *special;	/* "reset" or "revoke"; NULL: none */
	int64_t rev;		/* of it */
	int64_t lost_at;	/* the event that takes the stream from lost_by; 0: none does */
	int64_t lost_by;
	int64_t empty_at, receipt_at;	/* an event that cannot be sent, a receipt; 0: none is */
	bool anybody;		/* a walk for whoever stands there */
	const char *types;	/* filter; NULL: none */
	bool no_receipts;
};

static struct frame *
event_of(const struct setting *x, int64_t rev)
{
	struct feed_event ev = { .e = { .rev = rev, .event_id = rev, .type = STR("message.created"),
	    .body = STR("{}") } };

	if (rev == x->empty_at)
		ev.e.body = STR_NULL;
	if (rev == x->receipt_at)
		ev.e.type = STR("receipt.updated");
	if (rev == x->lost_at) {
		ev.e.access = BUS_LOST;
		ev.e.subject = x->lost_by;
	}
	return flow_frame(stream_at(&push, SERVER), &ev);
}

static void
set(const struct setting *x)
{
	struct stream *s = stream_at(&push, SERVER);
	int64_t before = x->first == 0 ? 0 : x->first - 1;

	flow_restore(s, before, x->floor);
	for (int64_t rev = before + 1; rev <= HEAD; rev++)
		flow_advance(&push, s, event_of(x, rev));
	flow_restore(stream_at(&push, CHANNEL), HEAD, 0);
	flow_restore(stream_at(&push, OTHER_CHANNEL), HEAD, 0);
	conn_sub(conn, SERVER)->sent = (uint32_t)x->sent;
	conn->no_receipts = x->no_receipts;
	if (x->types != NULL) {
		conn_extra(conn)->filter = filter_new();
		ck_assert(filter_add_types(conn->extra->filter, str_of(x->types)));
	}
	if (x->special != NULL)
		conn_put_special(conn,
		    &(struct special){ .stream = SERVER, .rev = x->rev, .why = RESET_HISTORY,
			.revoke = strcmp(x->special, "revoke") == 0 });
}

static void
add_step(struct buf *out, const struct walk *w, enum walk_step step)
{
	static const char *const why[] = { "old", "history", "joined" };

	switch (step) {
	case WALK_EVENT:
		buf_printf(out, w->passes ? "%d " : "(%d) ", (int)w->frame->rev);
		ck_assert_int_eq(w->at, w->frame->rev);
		break;
	case WALK_END:
		buf_add_cstr(out, "end");
		break;
	case WALK_RESET:
		buf_printf(out, "reset %s %d", why[w->why], (int)w->rev);
		break;
	case WALK_REVOKE:
		buf_printf(out, "revoke %d", (int)w->rev);
		break;
	case WALK_WAIT:
		buf_add_cstr(out, "wait");
		break;
	case WALK_DIFFERS:
		buf_add_cstr(out, "differs");
		break;
	}
}

/* What the walk says, and what it asked for. */
static void
walk_is(const struct setting *x, const char *wanted, int64_t asked)
{
	const struct sub *sub;
	enum walk_step step, again;
	struct walk w;
	struct buf out;

	setup();
	set(x);
	sub = conn_sub(conn, SERVER);
	buf_init(&out, 1024);
	walk_begin(&w, &push, x->anybody ? NULL : conn, sub);
	ck_assert_int_eq(walk_must_wait(&w), strcmp(wanted, "wait") == 0);
	do
		add_step(&out, &w, step = walk_next(&w));
	while (step == WALK_EVENT);
	ck_assert_int_eq(walk_next(&w), step);
	ck_assert_msg(str_eq(buf_str(&out), str_of(wanted)), "got '%.*s', want '%s'",
	    STR_FMT(buf_str(&out)), wanted);
	ck_assert_int_eq(fetched, asked);
	ck_assert_int_eq(conn->extra != NULL && conn->extra->n_specials > 0,
	    x->special != NULL || step == WALK_RESET);
	/* whoever looks again comes to the same end */
	walk_begin(&w, &push, x->anybody ? NULL : conn, sub);
	while ((again = walk_next(&w)) == WALK_EVENT)
		;
	ck_assert_int_eq(again, step);
	ck_assert_int_eq(conn_sub(conn, SERVER)->sent, (uint32_t)x->sent);
	buf_release(&out);
	teardown();
}

#define WALK(wanted, asked, ...) walk_is(&(struct setting){ __VA_ARGS__ }, wanted, asked)

START_TEST(what_lies_ahead_comes_in_order)
{
	WALK("end", -1, .sent = 10);
	WALK("8 9 10 end", -1, .sent = 7);
	WALK("6 7 8 9 10 end", -1, .sent = 5, .first = 6);
	WALK("8 (9) 10 end", -1, .sent = 7, .empty_at = 9);
	WALK("8 9 (10) end", -1, .sent = 7, .receipt_at = 10, .no_receipts = true);
	WALK("(8) (9) (10) end", -1, .sent = 7, .types = "member.*");
	WALK("8 9 (10) end", -1, .sent = 7, .types = "message.*", .receipt_at = 10);
}
END_TEST

START_TEST(what_is_not_in_the_ring_is_fetched_or_lost)
{
	WALK("wait", 2, .sent = 2, .first = 6);
	WALK("wait", 4, .sent = 4, .first = 6, .floor = 4);
	WALK("reset old 10", -1, .sent = 3, .first = 6, .floor = 4);
}
END_TEST

START_TEST(a_reset_that_waits_comes_before_any_event)
{
	WALK("reset history 8", -1, .sent = 5, .special = "reset", .rev = 8);
	WALK("reset history 8", -1, .sent = 2, .special = "reset", .rev = 8, .first = 6);
	WALK("reset history 8", -1, .sent = 2, .special = "reset", .rev = 8, .first = 6,
	    .floor = 4);
	WALK("reset history 10", -1, .sent = 10, .special = "reset", .rev = 10);
}
END_TEST

START_TEST(a_revoke_comes_behind_what_was_before_it)
{
	WALK("6 7 8 revoke 8", -1, .sent = 5, .special = "revoke", .rev = 8);
	WALK("revoke 8", -1, .sent = 8, .special = "revoke", .rev = 8);
	WALK("revoke 3", -1, .sent = 5, .special = "revoke", .rev = 3);
	WALK("wait", 2, .sent = 2, .special = "revoke", .rev = 8, .first = 6);
	WALK("revoke 2", -1, .sent = 2, .special = "revoke", .rev = 2, .first = 6);
	WALK("revoke 8", -1, .sent = 2, .special = "revoke", .rev = 8, .first = 6, .floor = 4);
}
END_TEST

START_TEST(who_was_let_in_again_goes_on_from_the_head)
{
	WALK("6 reset joined 10", -1, .sent = 5, .lost_at = 7, .lost_by = ME);
	WALK("reset joined 10", -1, .sent = 6, .lost_at = 7, .lost_by = ME);
	WALK("8 9 10 end", -1, .sent = 7, .lost_at = 7, .lost_by = ME);
	WALK("6 7 8 9 10 end", -1, .sent = 5, .lost_at = 7, .lost_by = ME + 1);
	/* it was not given back: the loss itself is told, and the revoke behind it */
	WALK("6 7 revoke 7", -1, .sent = 5, .lost_at = 7, .lost_by = ME, .special = "revoke",
	    .rev = 7);
	WALK("6 7 8 9 revoke 9", -1, .sent = 5, .lost_at = 7, .lost_by = ME, .special = "revoke",
	    .rev = 9);
}
END_TEST

START_TEST(for_whoever_stands_there_only_what_all_get_is_said)
{
	WALK("8 9 10 end", -1, .sent = 7, .anybody = true);
	WALK("8 (9) 10 end", -1, .sent = 7, .empty_at = 9, .anybody = true);
	WALK("8 differs", -1, .sent = 7, .lost_at = 9, .lost_by = ME + 1, .anybody = true);
	WALK("8 differs", -1, .sent = 7, .receipt_at = 9, .anybody = true);
	WALK("differs", -1, .sent = 3, .first = 6, .floor = 4, .anybody = true);
	WALK("wait", 4, .sent = 4, .first = 6, .floor = 4, .anybody = true);
}
END_TEST

/* With a server its channels begin anew, but the one that was not given back. */
START_TEST(the_channels_below_begin_anew_too)
{
	const struct setting x = { .sent = 5, .lost_at = 7, .lost_by = ME };
	struct walk w;

	setup();
	set(&x);
	conn_put_special(conn, &(struct special){ .stream = CHANNEL, .revoke = true, .rev = 4 });
	walk_begin(&w, &push, conn, conn_sub(conn, SERVER));
	ck_assert_int_eq(walk_next(&w), WALK_EVENT);
	ck_assert_int_eq(walk_next(&w), WALK_RESET);
	ck_assert(conn_special(conn, CHANNEL)->revoke);
	ck_assert_int_eq(conn_special(conn, CHANNEL)->rev, 4);
	ck_assert(!conn_special(conn, OTHER_CHANNEL)->revoke);
	ck_assert_int_eq(conn_special(conn, OTHER_CHANNEL)->rev, HEAD);
	ck_assert_int_eq(conn_special(conn, OTHER_CHANNEL)->why, RESET_JOINED);
	ck_assert_int_eq(conn_special(conn, SERVER)->rev, HEAD);
	teardown();
}
END_TEST

START_TEST(nothing_is_to_be_written_when_all_was_sent)
{
	const struct setting x = { .sent = HEAD };

	setup();
	set(&x);
	ck_assert(!conn_has_news(&push, conn));
	ck_assert(walk_is_idle(&push, conn, conn_sub(conn, SERVER)));
#define NEWS(set_it, take_it_back) \
	do { \
		set_it; \
		ck_assert(conn_has_news(&push, conn)); \
		take_it_back; \
		ck_assert(!conn_has_news(&push, conn)); \
	} while (0)
	NEWS(conn_sub(conn, OTHER_CHANNEL)->sent--, conn_sub(conn, OTHER_CHANNEL)->sent++);
	NEWS(conn->behind = true, conn->behind = false);
	NEWS(conn->hb_due = true, conn->hb_due = false);
	NEWS(conn->ping_due = true, conn->ping_due = false);
	NEWS(conn->ephemeral = true, conn->ephemeral = false);
	NEWS(conn->told_down = true, conn->told_down = false);
	NEWS(push.live = false, push.live = true);
	NEWS(conn->format = FRAME_POLL, conn->format = FRAME_SSE);
	NEWS(conn->state = CONN_HANDSHAKE, conn->state = CONN_LIVE);
	NEWS(conn_put_special(conn, &(struct special){ .stream = CHANNEL }),
	    conn_drop_special(conn, CHANNEL));
	NEWS(conn_set_part(conn, part_new(3)), conn_set_part(conn, NULL));
	teardown();
}
END_TEST

START_TEST(what_is_to_be_told_is_found_whatever_came_first)
{
	setup();
	for (uint32_t k = 0; k < 997; k++)
		conn_put_special(conn, &(struct special){ .stream = k * 100 % 997, .rev = k });
	conn_put_special(conn, &(struct special){ .stream = 500, .rev = -1 });
	ck_assert_uint_eq(conn->extra->n_specials, 997);
	ck_assert_int_eq(conn_special(conn, 500)->rev, -1);
	for (uint32_t k = 0; k < 997; k++) {
		uint32_t stream = k * 31 % 997;

		ck_assert_uint_eq(conn_special(conn, stream)->stream, stream);
		conn_drop_special(conn, stream);
		ck_assert_ptr_null(conn_special(conn, stream));
	}
	conn_drop_special(conn, 3);
	ck_assert_ptr_null(conn->extra);
	teardown();
}
END_TEST

START_TEST(no_more_is_read_than_a_cursor_holds)
{
	setup();
	ck_assert(!conn_add_sub(&push, conn, CHANNEL, 1));
	ck_assert_uint_eq(conn_sub(conn, CHANNEL)->sent, HEAD);
	for (uint32_t k = CURSOR_STREAMS - 1; k >= STREAMS; k--)
		ck_assert(conn_add_sub(&push, conn, k, k));
	ck_assert_uint_eq(conn->n_subs, CURSOR_STREAMS);
	ck_assert(!conn_add_sub(&push, conn, CURSOR_STREAMS, 1));
	for (uint32_t k = STREAMS; k < CURSOR_STREAMS; k++) {
		ck_assert_uint_eq(conn_sub(conn, k)->sent, k);
		conn_drop_sub(&push, conn, k);
		ck_assert(!conn_reads(conn, k));
	}
	conn_drop_sub(&push, conn, 5000);
	ck_assert_uint_eq(conn->n_subs, STREAMS);
	teardown();
}
END_TEST

START_TEST(what_was_told_leaves_nothing_behind)
{
	setup();
	conn_put_special(conn, &(struct special){ .stream = CHANNEL, .rev = 1 });
	conn_drop_special(conn, CHANNEL);
	ck_assert_ptr_null(conn->extra);
	conn_set_past(conn, OTHER_CHANNEL, 3);
	conn_set_past(conn, CHANNEL, 4);
	ck_assert(conn_past(conn, CHANNEL) == 4 && conn_past(conn, OTHER_CHANNEL) == 3);
	conn_set_past(conn, CHANNEL, 0);
	conn_drop_sub(&push, conn, OTHER_CHANNEL);
	ck_assert_ptr_null(conn->extra);
	teardown();
}
END_TEST

/* Of an edit of the message 6, to whom those up to `past` are past. */
static void
edit_is(int64_t past, const char *wanted)
{
	struct feed_event ev = { .e = { .rev = HEAD + 1, .type = STR("message.updated"),
	    .body = STR("{\"type\":\"message.updated\",\"rev\":11,\"data\":"
		"{\"id\":\"12\",\"channel_id\":\"101\",\"seq\":6,\"rev\":11}}") } };
	struct stream *s;
	struct walk w;

	setup();
	s = stream_at(&push, CHANNEL);
	flow_restore(s, HEAD, 0);
	flow_advance(&push, s, flow_frame(s, &ev));
	conn_set_past(conn, CHANNEL, past);
	walk_begin(&w, &push, conn, conn_sub(conn, CHANNEL));
	ck_assert(walk_next(&w) == WALK_EVENT && w.at == HEAD + 1 && w.passes);
	ck_assert(str_eq(frame_json(w.frame), wanted == NULL ? ev.e.body : str_of(wanted)));
	teardown();
}

START_TEST(an_edit_of_the_past_is_withheld)
{
	edit_is(0, NULL);
	edit_is(5, NULL);
	edit_is(6, "{\"type\":\"message.withheld\",\"rev\":11,\"data\":{}}");
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { what_lies_ahead_comes_in_order,
		what_is_not_in_the_ring_is_fetched_or_lost,
		a_reset_that_waits_comes_before_any_event,
		a_revoke_comes_behind_what_was_before_it,
		who_was_let_in_again_goes_on_from_the_head,
		for_whoever_stands_there_only_what_all_get_is_said,
		the_channels_below_begin_anew_too, nothing_is_to_be_written_when_all_was_sent,
		what_is_to_be_told_is_found_whatever_came_first,
		no_more_is_read_than_a_cursor_holds, what_was_told_leaves_nothing_behind,
		an_edit_of_the_past_is_withheld, NULL };

	return unit_run("walk", tests);
}
