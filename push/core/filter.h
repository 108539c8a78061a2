/*
 * filter - what a client asked for with ?channel_id= and ?types=. Access is another matter: a
 * filter only narrows what is written.
 */
#ifndef MOOT_PUSH_CORE_FILTER_H
#define MOOT_PUSH_CORE_FILTER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define FILTER_CHANNELS 100
#define FILTER_TYPES 32

struct filter;

struct filter *filter_new(void);
void filter_free(struct filter *f);	/* NULL is fine */
/* One id or type, or several with commas between. False: too many, or not such a thing. A type may
 * end in ".*": all that begin so. */
bool filter_add_channels(struct filter *f, struct str list);
bool filter_add_types(struct filter *f, struct str list);
bool filter_is_empty(const struct filter *f);
/* The two lists as filter_add_…() read them; nothing is added for one that is empty. */
void filter_write(const struct filter *f, struct buf *channels, struct buf *types);
/* NULL passes all. */
bool filter_has_stream(const struct filter *f, int64_t stream);
bool filter_has_type(const struct filter *f, struct str type);

#endif
