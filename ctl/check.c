#include "ctl/check.h"

#include <stdarg.h>
#include <stdio.h>

#include "ctl/out.h"

#define TEXT_BYTES 1024

static const char *const levels[] = { "ok", "note", "problem" };

void
check_add(struct report *r, enum check_level level, const char *check, const char *mend,
    const char *fmt, ...)
{
	char text[TEXT_BYTES];
	va_list ap;

	if (level == CHECK_PROBLEM)
		r->problems++;
	if (r->n == FINDINGS_MAX)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->findings[r->n++] = (struct finding){ level, check, arena_strdup(r->arena, text),
		mend == NULL ? NULL : arena_strdup(r->arena, mend) };
}

void
check_print(const struct report *r)
{
	for (size_t i = 0; i < r->n; i++) {
		const struct finding *f = &r->findings[i];

		say("%-8s %-15s %s", levels[f->level], f->check, f->text);
		if (f->mend != NULL)
			say("%-8s %-15s → %s", "", "", f->mend);
	}
	if (r->problems == 0)
		say("all is well");
	else
		say("%zu problem%s", r->problems, r->problems == 1 ? "" : "s");
}

/* What Postgres or a web server said need not be UTF-8: escaped as on a terminal first. */
static void
add_text(struct buf *b, const char *s)
{
	struct buf safe;

	buf_init(&safe, TEXT_BYTES * 8);
	out_escape(&safe, str_of(s));
	buf_add_json(b, safe.p == NULL ? STR("") : buf_str(&safe));
	buf_release(&safe);
}

void
check_print_json(const struct report *r)
{
	struct buf b;

	buf_init(&b, 1 << 20);
	buf_printf(&b, "{\"ok\":%s,\"findings\":[", r->problems == 0 ? "true" : "false");
	for (size_t i = 0; i < r->n; i++) {
		const struct finding *f = &r->findings[i];

		buf_printf(&b, "%s{\"check\":\"%s\",\"level\":\"%s\",\"text\":", i == 0 ? "" : ",",
		    f->check, levels[f->level]);
		add_text(&b, f->text);
		buf_add_cstr(&b, ",\"mend\":");
		if (f->mend == NULL)
			buf_add_cstr(&b, "null");
		else
			add_text(&b, f->mend);
		buf_add_char(&b, '}');
	}
	buf_add_cstr(&b, "]}\n");
	fwrite(b.p, 1, b.len, stdout);
	buf_release(&b);
}
