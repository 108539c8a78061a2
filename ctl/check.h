/*
 * check - what moot doctor finds: a list of findings, each with what is so, how bad that is and how
 * to mend it.
 */
#ifndef MOOT_CTL_CHECK_H
#define MOOT_CTL_CHECK_H

#include "base/buf.h"
#include "ctl/cmd.h"

#define FINDINGS_MAX 64

enum check_level { CHECK_OK, CHECK_NOTE, CHECK_PROBLEM };

struct finding {
	enum check_level level;
	const char *check;	/* a stable word: "token_key" */
	const char *text;
	const char *mend;	/* NULL when there is nothing to do */
};

struct report {
	struct arena *arena;
	struct finding findings[FINDINGS_MAX];
	size_t n;
	size_t problems;
};

/* mend may be NULL; text and mend are copied into the arena. Beyond FINDINGS_MAX only counted. */
void check_add(struct report *r, enum check_level level, const char *check, const char *mend,
    const char *fmt, ...) __attribute__((format(printf, 5, 6)));
void check_print(const struct report *r);
void check_print_json(const struct report *r);

void check_files(struct ctl *c, struct report *r);
void check_database(struct ctl *c, struct report *r);
void check_mail(struct ctl *c, struct report *r);
void check_redis(struct ctl *c, struct report *r);
void check_push(struct ctl *c, struct report *r);
void check_site(struct ctl *c, struct report *r);
void check_libraries(struct report *r);

#endif
