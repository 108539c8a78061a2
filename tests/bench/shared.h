/*
 * shared - one file mapped by the load generator, the publisher, the bare writer and bench.py,
 * which reads it by this layout: no padding, native byte order. Times are CLOCK_MONOTONIC
 * nanoseconds.
 */
#ifndef BENCH_SHARED_H
#define BENCH_SHARED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SEQ_MAX (1u << 18)	/* messages of one run */
#define MARK_LEN 10		/* "~00000042~": the message's number, in every transport's bytes */

struct note {
	int64_t sent_ns;	/* committed, or handed to the peer */
	int64_t first_ns;	/* the first reader had it */
	int64_t last_ns;	/* … the last one so far */
	int64_t parent_rev;	/* the server's rev it was committed under */
	uint32_t count;		/* readers that had it, each once */
	uint32_t bytes;		/* of its body */
};

struct shared {
	uint64_t delivered;	/* since the last mark */
	uint64_t published;	/* by the publisher that runs */
	struct note notes[SEQ_MAX];
};

/* Maps the file, made when missing. Ends the program when it cannot. */
struct shared *shared_open(const char *path);
int64_t now_ns(void);
/* Writes number `seq` as its mark. */
void mark_render(char out[MARK_LEN], uint32_t seq);
/* The number of a mark, -1 when it is none. */
int64_t mark_parse(const char *p);
/* Connects to "unix:PATH" or "HOST:PORT" (numeric), blocking; -1 with errno when it cannot. */
int dial(const char *address);
/* Writes all of it, blocking; false with errno when it cannot. */
bool send_all(int fd, const char *p, size_t n);
/* Ends the program with a message. */
_Noreturn void die(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* The value of an option that must be a number. */
uint64_t number(const char *text);
/* A whole file with a NUL behind it; caller frees. */
char *read_file(const char *path);

#endif
