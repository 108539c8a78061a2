/*
 * audit - the record of who did what in a server, and why.
 */
#ifndef MOOT_DOMAIN_AUDIT_H
#define MOOT_DOMAIN_AUDIT_H

#include "base/buf.h"
#include "domain/call.h"

#define AUDIT_REASON_MAX 512	/* code points */
#define AUDIT_ACTION_MAX 64

/* 0 or absent: any. */
struct audit_filter {
	int64_t actor;
	struct str action;
	int64_t target;
};

/* Newest first, of what the actor may see. */
enum err audit_list(struct call *c, int64_t server, int64_t most, int64_t before,
    const struct audit_filter *f, struct answer *out);

/* The headings of the table that the log becomes, here and on the command line. */
#define AUDIT_CELLS 8
extern const struct str audit_heads[AUDIT_CELLS];

/* A list answer as CSV (RFC 4180) below a line of headings. ERR_INTERNAL for what is no list. */
enum err audit_lines_csv(struct arena *a, struct buf *out, struct str list);

#endif
