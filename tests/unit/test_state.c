/*
 * All that a daemon knows of one stream, one account and one connection, in which every bit that is
 * not a place in memory is set, goes over as it was: a field that is forgotten would be 0 then.
 * What stays behind is named here.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/heap.h"
#include "push/access.h"
#include "push/account.h"
#include "push/apply.h"
#include "push/compose.h"
#include "push/core/pool.h"
#include "push/ends.h"
#include "push/flow.h"
#include "push/presence.h"
#include "push/resume.h"
#include "push/snapshot.h"
#include "push/state.h"
#include "push/stream.h"
#include "push/watch.h"
#include "push/wheel.h"
#include "tests/unit/support/unit.h"

#define UNUSED __attribute__((unused))
#define SERVER 4
#define CHANNEL 5
#define ACCOUNT 9

static struct push first, second;
static struct conn *conn;

/* What other files keep, of either daemon. */
struct others {
	struct snap_end end;
	struct snap_edge edge;
	struct snap_leaver leaver;
	int64_t watched, newest, seen[SWEEP_WINDOW_S];
	char node[NODE_NAME_MAX + 1];
	uint32_t barrier;
};

static struct others of_first = {
	.end = { SERVER, 77 }, .edge = { 3, 12, PRESENCE_IDLE, true, { 0 } },
	.leaver = { .id = 8, .since_s = 1, .due_s = 2, .on = PRESENCE_DND, .unstored = true },
	.watched = 3, .newest = 11, .seen = { 1, 2, 3, 4, 5, 6 }, .node = "abc" };
static struct others of_second;

static struct others *
others(const struct push *p)
{
	return p == &first ? &of_first : &of_second;
}

/* ---- what they are asked for */

void
access_barrier(struct push *p, uint32_t stream)
{
	stream_at(p, stream)->has_barrier = true;
}

struct account *
account_new(struct push *p, int64_t id, uint32_t *i)
{
	struct account *a;

	*i = slab_take(&p->accounts);
	a = account_at(p, *i);
	a->id = id;
	a->first = SLAB_NONE;
	idmap_put(&p->account_ids, id, *i);
	return a;
}

void
account_add_conn(struct push *p, struct conn *c, uint32_t i)
{
	account_at(p, i)->n_conns++;
	account_at(p, i)->first = c->id;
	c->account = i;
}

void
account_want(struct push *p, uint32_t account)
{
	account_at(p, account)->wanted = true;
}

struct conn *
conn_restore(struct push *p, int fd, enum conn_state state, enum frame_format format)
{
	uint32_t i = slab_take(&p->conns);
	struct conn *c = conn_at(p, i);

	c->id = i;
	c->fd = fd;
	c->state = state & 7;
	c->format = format & 7;
	return c;
}

#define IDLE(name, ...) \
	void \
	name(struct push *p, ##__VA_ARGS__) \
	{ \
		(void)p; \
	}

IDLE(accounts_ask)
IDLE(apply_unblock, UNUSED uint32_t stream)
IDLE(nodes_refresh)
IDLE(presence_look, UNUSED uint32_t account)
IDLE(presence_say_all)
IDLE(resume_again)
IDLE(wheel_again, UNUSED struct conn *c)

void
conn_mark(struct push *p, struct conn *c, uint32_t hint)
{
	(void)p, (void)c, (void)hint;
}

bool
deliver_frame_rest(
    const struct push *p, const struct conn *c, const struct part *part, struct str *out)
{
	(void)p, (void)c, (void)part, (void)out;
	ck_abort_msg("its part is bytes");
}

uint32_t
ends_save(const struct push *p, uint32_t account, struct snap_end *out)
{
	(void)account;
	out[0] = others(p)->end;
	return 1;
}

void
ends_restore(struct push *p, uint32_t account, const struct snap_list *ends)
{
	(void)account;
	ck_assert_uint_eq(ends->n, 1);
	SNAP_AT(struct snap_end, *ends, 0, &others(p)->end);
}

bool
nodes_is_name(struct str s)
{
	return s.len > 0;
}

void
nodes_known(struct push *p, struct str name)
{
	memcpy(others(p)->node, name.p, name.len);
}

const char *
nodes_name(const struct push *p, uint32_t node)
{
	return node == 0 ? others(p)->node : NULL;
}

bool
presence_is_untold(const struct push *p)
{
	return p == &first || p->untold;
}

bool
presence_leaver(const struct push *p, uint32_t i, struct snap_leaver *out)
{
	(void)i;
	*out = others(p)->leaver;
	return true;
}

uint32_t
presence_leavers(const struct push *p)
{
	(void)p;
	return 1;
}

void
presence_restore_leaver(struct push *p, const struct snap_leaver *l)
{
	others(p)->leaver = *l;
}

void
resume_save(const struct push *p, int64_t *newest, int64_t seen[SWEEP_WINDOW_S])
{
	*newest = others(p)->newest;
	memcpy(seen, others(p)->seen, sizeof(others(p)->seen));
}

void
resume_restore(struct push *p, int64_t newest, const int64_t seen[SWEEP_WINDOW_S])
{
	others(p)->newest = newest;
	memcpy(others(p)->seen, seen, sizeof(others(p)->seen));
}

void
watch_save(
    const struct push *p, const struct conn *c, struct snap_edge *edges, struct snap_extra *out)
{
	(void)c;
	edges[0] = others(p)->edge;
	out->watched = (struct snap_list){ &others(p)->watched, 1 };
	out->edges = (struct snap_list){ edges, 1 };
}

void
watch_restore(struct push *p, struct conn *c, const struct snap_extra *x)
{
	(void)c;
	SNAP_AT(int64_t, x->watched, 0, &others(p)->watched);
	SNAP_AT(struct snap_edge, x->edges, 0, &others(p)->edge);
}

/* ---- the first daemon */

static void
begin(struct push *p)
{
	memset(p, 0, sizeof(*p));
	p->rings.max = SIZE_MAX;
	p->epoch = 1;
	memcpy(p->node, "0123abcd", sizeof(p->node));
	streams_init(p);
	slab_init(&p->accounts, sizeof(struct account));
	slab_init(&p->conns, sizeof(struct conn));
	idmap_init(&p->account_ids, &p->accounts);
}

static void *
copy_of(const void *bytes, size_t n)
{
	return memcpy(heap_alloc(n), bytes, n);
}

static void
add_stream(struct push *p)
{
	uint32_t server = stream_intern(p, SERVER, FEED_SERVER, SLAB_NONE);
	struct stream *s = stream_at(p, stream_intern(p, CHANNEL, FEED_CHANNEL, server));
	struct feed_event ev = { .e = { .event_id = 6, .subject = 2, .parent_rev = 1,
	    .access = BUS_GAINED, .type = STR("message.created"), .body = STR("{\"a\":1}") } };

	flow_begin(s, 40);
	for (ev.e.rev = 41; ev.e.rev < 44; ev.e.rev++)
		flow_advance(p, s, flow_frame(s, &ev));
	s->access_rev = 39;
	s->has_barrier = true;
	stream_set_name(s, STR("general"));
}

static void
add_account(struct push *p)
{
	static const struct gain gains[] = { { 5, 6 }, { 7, 8 } };
	uint32_t i;
	struct account *a = account_new(p, ACCOUNT, &i);

	memset(a, 0xff, sizeof(*a));
	a->id = ACCOUNT;
	a->n_conns = 0;
	a->gains = copy_of(gains, sizeof(gains));
	a->n_gains = 2;
	a->on = PRESENCE_DND;
	a->chosen = PRESENCE_INVISIBLE;
}

static void
add_extra(struct conn *c)
{
	static const struct cursor_entry cursor[] = { { 5, 9 }, { 6, 2 } };
	static const struct typing typing[TYPING_CHANNELS] = { { 5, 100 }, { 6, 200 } };
	static const struct ws_reader reader = { .head_len = 1, .head = { 0x81 } };
	struct extra *x = conn_extra(c);

	memset(x, 1, sizeof(*x));
	buf_init(&x->in, 64);
	buf_add_str(&x->in, STR("GET /"));
	x->accept[sizeof(x->accept) - 1] = '\0';
	x->cursor = copy_of(cursor, sizeof(cursor));
	x->n_cursor = 2;
	x->filter = filter_new();
	ck_assert(filter_add_channels(x->filter, STR("5,6")) &&
	    filter_add_types(x->filter, STR("message.*")));
	x->specials = NULL;
	x->pasts = NULL;
	x->n_specials = x->n_pasts = 0;
	x->typing = copy_of(typing, sizeof(typing));
	x->reader = copy_of(&reader, sizeof(reader));
	x->watch = NULL;
	x->resets = copy_of("\"channel:5\"", 12);
	x->part = part_new(4);
	memcpy(x->part->bytes, "rest", 4);
}

static void
add_conn(struct push *p)
{
	uint32_t i = stream_find(p, CHANNEL);
	struct sub *subs = pool_take(sizeof(*subs));

	conn = conn_restore(p, 100, CONN_LIVE, FRAME_WS);
	memset(conn, 0xff, sizeof(*conn));
	conn->id = 0;
	conn->fd = 100;
	conn->state = CONN_LIVE;
	conn->format = FRAME_WS;
	conn->subs = NULL;
	conn->n_subs = 0;
	conn->extra = NULL;
	account_add_conn(p, conn, 0);
	*subs = (struct sub){ i, 41 };
	conn_set_subs(p, conn, subs, 1);
	add_extra(conn);
	conn_put_special(conn, &(struct special){ .stream = i, .rev = 43, .revoke = true,
	    .regained = true });
	conn_set_past(conn, i, 17);
}

static void
end(struct push *p)
{
	struct conn *c = conn_at(p, 0);

	c->state = CONN_DEAD;
	conn_set_subs(p, c, NULL, 0);
	conn_drop_extra(c);
	heap_free(account_at(p, 0)->gains);
	idmap_release(&p->account_ids);
	slab_release(&p->accounts);
	slab_release(&p->conns);
	streams_release(p);
}

/* ---- */

static struct str
saved(const struct push *p)
{
	int file = memfd_create("state", MFD_CLOEXEC), *fds;
	char *bytes;
	off_t len;
	uint32_t n;

	ck_assert(state_save(p, file, &fds, &n));
	ck_assert_uint_eq(n, 1);
	len = lseek(file, 0, SEEK_END);
	bytes = arena_alloc(unit_arena(), (size_t)len);
	ck_assert_int_eq(pread(file, bytes, (size_t)len, 0), len);
	heap_free(fds);
	close(file);
	return (struct str){ bytes, (size_t)len };
}

static int
next_fd(void *ctx)
{
	(void)ctx;
	return 101;
}

#define STAYS(field) to.field = a->field

static void
conns_are_alike(const struct conn *a, const struct conn *b)
{
	struct conn to = *b;

	STAYS(subs), STAYS(extra), STAYS(fd), STAYS(id), STAYS(serial), STAYS(next), STAYS(prev);
	STAYS(wheel_next), STAYS(wheel_prev), STAYS(slot), STAYS(hint), STAYS(dirty);
	STAYS(marked), STAYS(claimed), STAYS(ephemeral), STAYS(blocked), STAYS(ping_due);
	ck_assert_mem_eq(a, &to, sizeof(to));
}

static void
extras_are_alike(const struct extra *a, const struct extra *b)
{
	struct extra to = *b;

	/* what is behind a pointer goes over, which the bytes say that are saved again */
	STAYS(cursor), STAYS(filter), STAYS(specials), STAYS(pasts), STAYS(typing);
	STAYS(reader), STAYS(watch), STAYS(resets), STAYS(part), STAYS(in), STAYS(scanned);
	memcpy(to.unused, a->unused, sizeof(to.unused));
	ck_assert_mem_eq(a, &to, sizeof(to));
}

static void
accounts_are_alike(const struct account *a, const struct account *b)
{
	struct account to = *b;

	STAYS(read_seq), STAYS(gains), STAYS(in_flight), STAYS(again), STAYS(due), STAYS(spare);
	memcpy(to.unused, a->unused, sizeof(to.unused));
	ck_assert_mem_eq(a, &to, sizeof(to));
}

START_TEST(all_that_is_known_goes_over)
{
	struct str one;

	begin(&first);
	add_stream(&first);
	add_account(&first);
	add_conn(&first);
	one = saved(&first);
	begin(&second);
	ck_assert_ptr_null(state_load(&second, one, 1, next_fd, NULL));
	ck_assert(str_eq(saved(&second), one));
	accounts_are_alike(account_at(&first, 0), account_at(&second, 0));
	extras_are_alike(conn->extra, conn_at(&second, 0)->extra);
	conns_are_alike(conn, conn_at(&second, 0));
	ck_assert_mem_eq(&of_first, &of_second, sizeof(of_first));
	ck_assert(second.untold);
	end(&first);
	end(&second);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { all_that_is_known_goes_over, NULL };

	return unit_run("state", tests);
}
