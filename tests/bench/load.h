/*
 * load - the readers: opens streams, counts the marks that arrive and how long they took.
 *
 * IDLE → CONNECTING → BEFORE (with --prelude, the first time) → HEAD (the answer's head) →
 * WARM (until the ready text came) → OPEN.
 * WAIT: to be connected again at due_ns. GONE: ended, and nobody asked to connect again.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shared.h"

#define HEAD_MAX 8192
#define BUCKETS 1024

enum state { IDLE, CONNECTING, BEFORE, HEAD, WARM, OPEN, WAIT, GONE };
enum coding { RAW, CHUNKED, FRAMES };

struct conn {
	int fd;
	uint8_t state, coding;
	uint8_t n_tail;		/* of an unfinished mark or ready text */
	uint8_t n_frame;	/* of an unfinished frame head or chunk line */
	uint8_t control;	/* kind of the control block being read */
	uint8_t opcode, n_ping;
	bool is_stalled;
	char tail[24];
	unsigned char frame[16];
	char ping[125];
	uint64_t left;		/* of the chunk or frame */
	char *text;		/* the head, later the line, being read; HEAD_MAX */
	size_t n_text;
	bool in_line;		/* … a line worth keeping */
	bool skip_line;
	char *cursor;		/* the last one told */
	uint32_t next;		/* the number expected next */
	uint32_t delivered, duplicate, lost, resets, byes, closes, refused, opens, tries;
	uint32_t bye_code;	/* of the last bye */
	int64_t due_ns;
	int64_t ready_ns;
	int64_t caught_ns;	/* had everything up to the target */
	int64_t revoked_ns;
	int64_t live_ns;	/* last told that the stream is live again */
};

struct load {
	struct shared *shared;
	struct conn *conns;
	uint32_t n, opened;	/* how many are wanted open */
	uint32_t in_flight, waiting, ready, failed;
	int epoll;
	char *head;		/* of the request; "%s" stands for the connection's line */
	char **lines;
	const char *address, *hello, *ready_text;
	bool prelude;		/* another request comes first on each connection */
	bool controls, again;
	int64_t retry_ns;	/* the first reconnect comes within so much */
	uint32_t nap_us;	/* between two looks at what came; 0: woken by each */
	bool arrivals;		/* a message came when the kernel had it, not when it was read */
	int64_t cut_ns;
	uint32_t base;		/* marks below do not count */
	uint32_t target;
	int64_t last_ns;	/* the newest delivery */
	uint64_t delivered, duplicate, lost, bytes, reads;
	uint64_t buckets[BUCKETS];
	int64_t max_ns;
};

extern struct load load;

/* conn.c */
void conn_open(struct conn *c);
void conn_event(struct conn *c, uint32_t events);
/* Closes it; connects again later when load.again says so. */
void conn_lost(struct conn *c, bool by_us);
void conn_send(struct conn *c, const char *p, size_t n);
/* A client's frame, masked. */
void conn_frame(struct conn *c, int opcode, const char *p, size_t n);
void conn_stall(struct conn *c, bool stalled);
/* From here on the kernel notes when bytes arrive; TCP only. */
void conns_arrivals(void);
/* Connects those whose time has come. */
void conns_tick(void);
/* Resets all of them, so that no TIME_WAIT is left to be counted as the next system's memory. */
void conns_end(void);

/* decode.c: undoes the transport and gives the rest to scan_bytes() */
void decode_bytes(struct conn *c, const char *p, size_t n, int64_t now);

/* scan.c */
void scan_bytes(struct conn *c, const char *p, size_t n, int64_t now);

/* stats.c */
void stats_note(int64_t ns);
void stats_reset(void);
void stats_report(void);
void stats_dump(const char *path);

#endif
