#include "link/pg_site.h"

#include <stdio.h>

static char options[2048];

/* A base_url holds nothing that would have to be escaped here, see config.c. */
void
pg_site_path(const char *path)
{
	options[0] = '\0';
	if (path[0] != '\0')
		snprintf(options, sizeof(options), "-c moot.base_path=%s", path);
}

const char *
pg_site_options(void)
{
	return options;
}
