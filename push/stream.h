/*
 * stream - the table of streams: made when first read, on the bus while read, forgotten when idle.
 */
#ifndef MOOT_PUSH_STREAM_H
#define MOOT_PUSH_STREAM_H

#include "push/push.h"

void streams_init(struct push *p);
void streams_release(struct push *p);
/* The stream of that id, made when missing, with its head not known yet. parent: slab number of
 * its server or SLAB_NONE; a parent given later is taken then. */
uint32_t stream_intern(struct push *p, int64_t id, enum feed_kind kind, uint32_t parent);
uint32_t stream_find(const struct push *p, int64_t id);		/* SLAB_NONE when not known */
void stream_set_name(struct stream *s, struct str name);
/* A connection reads it from now on, or no longer. */
void stream_subscribe(struct push *p, uint32_t stream, uint32_t conn);
void stream_unsubscribe(struct push *p, uint32_t stream);
/* Its people see each other's presence: a server or a conversation. */
bool stream_is_shared(const struct stream *s);
uint32_t stream_readers(const struct stream *s);
/* Nothing that happened to the stream, or to its server, leaves open who may read it. */
bool stream_access_is_known(const struct push *p, uint32_t stream);
/* Subscribes all streams anew; the bus has come back. */
void streams_to_bus(struct push *p);
/* Forgets what was idle for long; once a second. */
void streams_tick(struct push *p);
/* "channel:<id>" and NUL. */
#define STREAM_NAME_MAX 32
void stream_label(const struct stream *s, char out[STREAM_NAME_MAX]);
bool stream_is_sane(const struct push *p, uint32_t stream);

#endif
