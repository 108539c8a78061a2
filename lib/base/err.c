#include "base/err.h"
#include "base/log.h"

static const struct err_info table[ERR__MAX] = {
#define X(name, code, http, ws, level, title) \
	[ERR_##name] = { #name, code, http, ws, LVL_##level, title },
#include "base/err.def"
#undef X
};

const struct err_info *
err_info(enum err e)
{
	return &table[(unsigned)e < ERR__MAX ? e : ERR_INTERNAL];
}

enum err
err_by_code(struct str code)
{
	for (unsigned i = 0; i < ERR__MAX; i++) {
		if (str_eq(code, str_of(table[i].code)))
			return (enum err)i;
	}
	return ERR__MAX;
}
