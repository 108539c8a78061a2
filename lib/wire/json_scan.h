/*
 * json_scan - whether a text is JSON that cannot be misread (the rules stand in json.h, but for
 * duplicate keys and doubles out of range, which json.c sees in the parsed value).
 */
#ifndef MOOT_WIRE_JSON_SCAN_H
#define MOOT_WIRE_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* *keys: members of all objects together, duplicates counted. */
bool json_scan(struct str text, size_t *keys);

#endif
