/*
 * json_raw - slices JSON text that Postgres has built, without parsing it into values. Not for
 * texts from outside: it trusts that they are well-formed, and only never reads past their end.
 */
#ifndef MOOT_WIRE_JSON_RAW_H
#define MOOT_WIRE_JSON_RAW_H

#include <stdbool.h>

#include "base/str.h"

/* The value of a member of the outermost object, as a view into it. Keys are compared as written.
 */
bool json_raw_member(struct str object, struct str key, struct str *value);
/* The next element of an array: start with *rest = the array's text. False after the last. */
bool json_raw_next(struct str *rest, struct str *item);

#endif
