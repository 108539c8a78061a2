/*
 * out - what the command line says. Whatever a terminal could take for a command or does not show
 * (control characters, direction overrides, hidden characters, bytes that are no UTF-8) appears
 * escaped as \xNN or \u{NNNN}, so that a name in the database cannot write to the administrator's
 * screen, nor pass for another one.
 */
#ifndef MOOT_CTL_OUT_H
#define MOOT_CTL_OUT_H

#include "base/buf.h"
#include "base/str.h"

/* One line on stdout. At most 4,095 bytes before escaping; the rest is cut. */
void say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* One line on stderr, after "moot: ". */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* s as it is safe on a terminal; line feeds are escaped too. */
void out_escape(struct buf *to, struct str s);

#endif
