/*
 * unit - what every unit test shares: the TAP runner, and buffers that end at a guard page.
 */
#ifndef MOOT_TESTS_UNIT_H
#define MOOT_TESTS_UNIT_H

#include <check.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* Runs the NULL-ended list, each test in a process of its own, and prints TAP. Returns main's
 * status. */
int unit_run(const char *name, const TTest *const tests[]);

/* A fresh arena for the running test, released at its end. */
struct arena *unit_arena(void);

/* A copy of s whose last byte is followed by memory that must not be touched (SIGSEGV). Lives
 * until the test process ends. */
struct str guard_copy(struct str s);

/* A path in a directory of the test's own, removed at its end. */
const char *unit_path(const char *name);
/* Writes n bytes there and returns the path. */
const char *unit_file(const char *name, const void *bytes, size_t n);

/* Whether all n bytes at p are c. Many bytes in one assertion: each assertion costs a write to a
 * file. */
bool all_bytes_are(const void *p, size_t n, unsigned char c);

#define ck_str_is(s, lit) \
	ck_assert_msg(str_eq((s), STR(lit)), "got '%.*s', want '%s'", STR_FMT(s), lit)
#define ck_err(expr, want) do { \
	enum err ck_got_ = (expr); \
	ck_assert_msg(ck_got_ == (want), "%s: %s, want %s", #expr, err_info(ck_got_)->name, \
	    err_info(want)->name); \
} while (0)

#endif
