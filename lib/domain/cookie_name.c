#include "domain/cookie_name.h"

#include <string.h>

struct str
cookie_name_access(const char *base_url)
{
	const char *host = strstr(base_url, "://");
	const char *path = strchr(host == NULL ? base_url : host + 3, '/');

	if (strncmp(base_url, "https://", 8) != 0)
		return STR("moot_access");
	while (path != NULL && *path == '/')
		path++;
	return path == NULL || *path == '\0' ? STR("__Host-moot_access") : STR("__Secure-moot_access");
}
