/*
 * csv - lines of comma-separated values (RFC 4180) that a spreadsheet takes for text and nothing
 * else: a cell that begins with = + - @ (in fullwidth forms, too), a tab or CR would be computed,
 * so it gets an apostrophe in front, which says that it is text. So does what follows a semicolon,
 * at which spreadsheets of some languages begin a cell.
 */
#ifndef MOOT_WIRE_CSV_H
#define MOOT_WIRE_CSV_H

#include <stddef.h>

#include "base/buf.h"
#include "base/str.h"

/* n cells and CR LF. */
void csv_add_line(struct buf *out, const struct str *cells, size_t n);

#endif
