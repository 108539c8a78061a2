/*
 * secret - reads a password: from a terminal without showing it, twice; else the first line of
 * standard input.
 */
#ifndef MOOT_CTL_SECRET_H
#define MOOT_CTL_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

#define SECRET_MAX 1025

/* False with a word on stderr: unreadable, too short, too long, no UTF-8, or the two differ.
 * *out is a view into buf; the caller wipes buf. */
bool secret_read(char buf[SECRET_MAX], struct str *out);

#endif
