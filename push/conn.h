/*
 * conn - one client: NEW (its head is being read) → HANDSHAKE (its access is being read) → LIVE →
 * DRAINING (a last word is being written) → DEAD (freed at the end of the turn). Each state has a
 * deadline, but for a LIVE one whose session does not end by itself. conn_set_state() is the only
 * place that changes it; conn_restore() gives one its first, and FREE is a number that nobody has.
 */
#ifndef MOOT_PUSH_CONN_H
#define MOOT_PUSH_CONN_H

#include <assert.h>

#include "push/core/filter.h"
#include "push/push.h"
#include "wire/frame.h"
#include "wire/ws_frame.h"

enum conn_state { CONN_FREE, CONN_NEW, CONN_HANDSHAKE, CONN_LIVE, CONN_DRAINING, CONN_DEAD };

#define CONN_BYE_MAX 8191u	/* highest code that conn.bye holds */
#define CONN_PART_MAX (8 * 1024 * 1024)	/* bytes that wait for a socket, beside its streams */
#define CONN_SUBS_MAX 0x3fffu	/* highest number that conn.n_subs holds */
#define HANDSHAKE_S 10		/* seconds until the head is there, and again until the answer */
#define DRAIN_S 2		/* seconds for the last word */
#define POLL_ANSWER_S 120	/* for the answer of a long poll, as long as it is being read */
#define HINT_ALL (SLAB_NONE - 1)	/* conn.hint: more than one stream has news */
#define WHEEL_OFF 127		/* conn.slot: in none of the wheel */

struct sub {
	uint32_t stream;
	uint32_t sent;		/* low half of the rev sent last */
};

/* What is said about one stream beside its events. */
struct special {
	uint32_t stream;
	bool revoke;		/* else reset */
	bool regained;		/* revoke only: access came back meanwhile */
	int64_t rev;		/* revoke: events up to this one first; reset: go on from here */
	enum reset_why why;	/* reset */
};

/* Of a channel whose history it may not read: what its messages up to that one say. */
struct past {
	uint32_t stream;
	int64_t seq;
};

/* The rest of what was written in part. */
struct part {
	struct frame *frame;	/* or */
	char *bytes;
	uint32_t off, len;	/* of the bytes as this format frames them */
};

#define TYPING_CHANNELS 8

struct typing {
	int64_t channel;
	int64_t until_ms;
};

/* What few connections need, or only in the beginning. */
struct extra {
	struct buf in;			/* the request's head; later unused */
	size_t scanned;
	uint8_t hash[CRYPT_SHA256_LEN];	/* of a personal token */
	int64_t epoch;			/* of the cursor */
	struct cursor_entry *cursor;
	size_t n_cursor;
	struct filter *filter;
	struct special *specials;	/* ascending by stream, at most one for each that is read */
	uint32_t n_specials;
	uint32_t n_pasts;
	struct past *pasts;		/* likewise */
	uint32_t exp_s;			/* when the token expires, 0: never */
	uint32_t wait_s;		/* long poll: when to answer at last */
	uint32_t window_s;		/* client frames are counted by the minute */
	uint32_t frames;
	uint32_t messages;		/* among them; the others are control frames */
	bool is_token;
	bool may_write;			/* by the scopes of that token */
	bool has_cursor;
	bool recheck;			/* ask again whether the token is valid */
	struct typing *typing;		/* since it first told of typing */
	struct ws_reader *reader;	/* between two pieces of a client frame */
	struct watch *watch;		/* whom it watches */
	char *resets;			/* long poll: labels for its answer */
	struct part *part;
	char accept[29];		/* of a WebSocket handshake */
	uint8_t unused[3];		/* no holes: whoever adds a field is asked in snapshot.c */
};

/* What thousands of idle ones consist of, so not a byte too much; see also pool.h. */
struct conn {
	int64_t credential;	/* session or token id */
	struct sub *subs;	/* ascending by stream number */
	struct extra *extra;
	int fd;
	uint32_t id;		/* slab number */
	uint32_t serial;	/* tells it from who had this number before */
	uint32_t account;	/* SLAB_NONE before the handshake */
	uint32_t next, prev;	/* of the same account */
	uint32_t wheel_next, wheel_prev;
	uint32_t deadline_s;	/* NEW, HANDSHAKE, DRAINING; token expiry in LIVE, 0 for none */
	uint32_t wrote_s;	/* the last time it took a byte */
	uint32_t mark_s;	/* the last time it was given a cursor */
	uint32_t hint;		/* the stream with news, SLAB_NONE or HINT_ALL */
	uint16_t n_subs : 14;	/* at most CURSOR_STREAMS */
	bool idle : 1;		/* nobody is in front of it */
	bool chose : 1;		/* has said dnd or invisible itself */
	uint16_t bye : 13;	/* code to end with; 0: none */
	bool marked : 1;	/* scratch of stream.c */
	bool claimed : 1;	/* scratch of account.c: what it came with is valid */
	bool ephemeral : 1;	/* an ephemeral event of this turn may concern it */
	uint8_t since_mark;	/* events since the last cursor, at most UINT8_MAX */
	uint8_t slot : 7;	/* of the wheel, or WHEEL_OFF */
	bool dirty : 1;		/* stands in push.dirty */
	uint8_t state : 3;
	uint8_t format : 3;	/* enum frame_format */
	bool blocked : 1;	/* the socket is full */
	bool behind : 1;	/* some stream waits for more than the socket */
	bool told_down : 1;	/* was told state live:false */
	bool hb_due : 1;
	bool ping_due : 1;
	bool ping_open : 1;	/* no pong yet */
	bool bye_written : 1;
	bool peer_closed : 1;	/* WebSocket: its close frame came */
	bool head_written : 1;	/* the stream has begun: only bye may end it */
	bool no_receipts : 1;	/* its account hides its own, so it gets nobody's */
};

static_assert(CONN_SUBS_MAX >= CURSOR_STREAMS, "conn.n_subs is too narrow");
static_assert(sizeof(struct conn) <= 80, "an idle connection has become larger");

static inline struct conn *
conn_at(const struct push *p, uint32_t i)
{
	return slab_at(&p->conns, i);
}

/* Takes fd. */
void conn_new(struct push *p, int fd);
/* One that another daemon had in that state; what belongs to it and its timer are the caller's.
 * Takes fd. Nothing is heard of it before conns_watch(). */
struct conn *conn_restore(struct push *p, int fd, enum conn_state state, enum frame_format format);
void conn_set_state(struct push *p, struct conn *c, enum conn_state to, const char *why);
/* Says bye with the error's stream code and closes. Connections before LIVE, and long polls, which
 * have said nothing yet, are refused instead. */
void conn_bye(struct push *p, struct conn *c, enum err why);
/* Of a WebSocket that is LIVE: ends with a close frame of a code of RFC 6455. */
void conn_close(struct push *p, struct conn *c, enum ws_code code);
/* Closes without another word. */
void conn_kill(struct push *p, struct conn *c, const char *why);
/* Writes bytes before anything else; what the socket does not take is copied. False (and dead) when
 * that is too much, or the peer is gone. */
bool conn_say(struct push *p, struct conn *c, struct str bytes);
/* The same of a buffer. If that has failed the peer is cut off: it comes back and resumes. */
bool conn_say_buf(struct push *p, struct conn *c, const struct buf *b);
/* Those that were restored are heard from now on. */
void conns_watch(struct push *p);
/* Frees what died in this turn. */
void conns_bury(struct push *p);
void conns_release(struct push *p);

/* Says which the events of its descriptor are about. NULL: it has gone meanwhile. */
struct conn *conn_named(const struct push *p, uint64_t name);
/* Waits for LOOP_READ and/or LOOP_WRITE. */
void conn_wait(struct push *p, const struct conn *c, int events);

static inline struct part *
conn_part(const struct conn *c)
{
	return c->extra == NULL ? NULL : c->extra->part;
}

/* A long poll whose answer has not left yet. */
static inline bool
conn_is_being_answered(const struct conn *c)
{
	return c->state == CONN_DRAINING && c->format == FRAME_POLL && conn_part(c) != NULL;
}

/* So many bytes, which the caller fills in; NULL without memory. conn_set_part() takes it. */
struct part *part_new(size_t len);
/* What follows the first `off` of the len bytes that a format makes of a frame, which is shared.
 * NULL without memory. */
struct part *part_of_frame(struct frame *f, uint32_t off, uint32_t len);
/* Takes part, in the place of what was there; NULL when all was written. */
void conn_set_part(struct conn *c, struct part *part);
struct extra *conn_extra(struct conn *c);	/* made when missing */
/* Gives extra up when nothing is in it. */
void conn_trim(struct conn *c);
/* Gives extra up with all that is in it, but for the watch: watch_end() comes before. */
void conn_drop_extra(struct conn *c);

/* The subscription to a stream, NULL when there is none. Borrowed until the next change. */
struct sub *conn_sub(const struct conn *c, uint32_t stream);
bool conn_reads(const struct conn *c, uint32_t stream);
/* Replaces all subscriptions; takes subs, ascending by stream, n of them from the pool. */
void conn_set_subs(struct push *p, struct conn *c, struct sub *subs, uint16_t n);
/* False: it reads that one already, or as many as a cursor holds. */
bool conn_add_sub(struct push *p, struct conn *c, uint32_t stream, int64_t sent);
void conn_drop_sub(struct push *p, struct conn *c, uint32_t stream);

/* Revs are 64 bits wide, but nobody is 2^31 events away from the head. */
static inline int64_t
sub_sent(const struct stream *s, const struct sub *sub)
{
	return s->head - (int32_t)((uint32_t)s->head - sub->sent);
}

/*
 * Its subscriptions in the order in which they are gone through: what tells of access (servers and
 * the account's own stream) before the channels. NULL: that was the last one. at: zeroed before the
 * first; valid while none is added or dropped.
 */
struct sub_at {
	uint16_t k;
	bool channels;		/* this one is a channel, and so are those that follow */
};

static inline struct sub *
conn_next_sub(const struct push *p, const struct conn *c, struct sub_at *at)
{
	for (;;) {
		if (at->k == c->n_subs) {
			if (at->channels)
				return NULL;
			*at = (struct sub_at){ 0, true };
			continue;
		}
		if ((stream_at(p, c->subs[at->k++].stream)->kind == FEED_CHANNEL) == at->channels)
			return &c->subs[at->k - 1];
	}
}

struct special *conn_special(const struct conn *c, uint32_t stream);	/* NULL for none */
/* Takes the place of what was there for that stream. */
void conn_put_special(struct conn *c, const struct special *sp);
void conn_drop_special(struct conn *c, uint32_t stream);

/* Messages of the stream up to that seq are not its to read; 0: all are. */
void conn_set_past(struct conn *c, uint32_t stream, int64_t seq);
int64_t conn_past(const struct conn *c, uint32_t stream);	/* that seq, or 0 */
/* Whoever has none gets the same bytes as all others. */
static inline bool
conn_has_pasts(const struct conn *c)
{
	return c->extra != NULL && c->extra->n_pasts > 0;
}

/* An event that can be sent and that its filter does not leave out. */
bool conn_passes(const struct conn *c, const struct stream *s, const struct frame *f);
/* There is something to write, of one stream or (HINT_ALL) of whatever. */
void conn_mark(struct push *p, struct conn *c, uint32_t hint);

/*
 * Whether there is: all that makes something to write beside the next events of a stream stands in
 * conn_has_words(), and a new flag of that kind belongs there.
 */
static inline bool
conn_has_words(const struct push *p, const struct conn *c)
{
	const struct extra *x = c->extra;

	/* In this order the compiler looks at neighbours in one go. */
	return c->state != CONN_LIVE || c->behind || c->ephemeral || c->hb_due || c->ping_due ||
	    c->told_down == p->live || c->format == FRAME_POLL ||
	    (x != NULL && (x->part != NULL || x->n_specials > 0));
}

/* Everything of that stream was sent. */
static inline bool
sub_is_at_head(const struct push *p, const struct sub *sub)
{
	return sub->sent == (uint32_t)stream_at(p, sub->stream)->head;
}

static inline void
conn_count_events(struct conn *c, uint32_t n)
{
	n += c->since_mark;
	c->since_mark = (uint8_t)(n < UINT8_MAX ? n : UINT8_MAX);
}

/* Goes through all streams: for a connection of which nothing is known. */
bool conn_has_news(const struct push *p, const struct conn *c);
bool conn_is_sane(const struct push *p, const struct conn *c);

/* False: the personal token that it was opened with only reads. */
static inline bool
conn_may_write(const struct conn *c)
{
	return c->extra == NULL || !c->extra->is_token || c->extra->may_write;
}

#endif
