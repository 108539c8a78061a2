#include "jobs/kind.h"

const struct kind kind_table[] = {
	{ "housekeeping", kind_housekeeping },
	{ "rename", kind_rename },
	{ NULL, NULL },
};

const struct kind *
kind_find(struct str name)
{
	for (const struct kind *k = kind_table; k->name != NULL; k++) {
		if (str_eq(name, str_of(k->name)))
			return k;
	}
	return NULL;
}
