/*
 * redis_value - what Redis answers, without hiredis' types.
 */
#ifndef MOOT_LINK_REDIS_VALUE_H
#define MOOT_LINK_REDIS_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/str.h"

enum redis_kind { REDIS_NIL, REDIS_INT, REDIS_TEXT, REDIS_LIST, REDIS_REFUSED };

struct redis_value {
	enum redis_kind kind;
	int64_t number;		/* REDIS_INT */
	struct str text;	/* REDIS_TEXT; REDIS_REFUSED: why. Absent otherwise */
	const struct redis_value *items;	/* REDIS_LIST, n of them */
	size_t n;
};

/* The words of a command and their number: two arguments, or two members. */
#define REDIS_WORDS(...) (const struct str[]){ __VA_ARGS__ }, \
	sizeof((struct str[]){ __VA_ARGS__ }) / sizeof(struct str)

/* The element i of a list, or NULL: there is none, or v (which may be NULL) is no list. */
const struct redis_value *redis_value_at(const struct redis_value *v, size_t i);
/* Its text; absent when v is NULL or has none. */
struct str redis_value_text(const struct redis_value *v);

/* For the files of this door: at least the bytes that redis_value_of() takes. */
size_t redis_value_size(const void *reply);
/* For the files of this door. reply: a redisReply. Copies everything into the arena. */
struct redis_value redis_value_of(struct arena *a, const void *reply);

#endif
