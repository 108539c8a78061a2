#include "ctl/named.h"

#include "ctl/out.h"
#include "domain/admin.h"
#include "domain/admin_server.h"

struct str
or_dash(struct str s)
{
	return s.p == NULL || s.len == 0 ? STR("-") : s;
}

int64_t
named_user(struct ctl *c, const char *name, const char *doing)
{
	int64_t id = 0;

	if (admin_user_find(&c->world, &c->arena, name, &id) != ERR_OK)
		cmd_pg_failed(c, doing);
	else if (id == 0)
		complain("there is no user '%s'", name);
	return id;
}

static int64_t
only(struct ctl *c, enum err e, int64_t id, int found, const char *what, const char *name,
    const char *doing)
{
	if (e != ERR_OK)
		cmd_pg_failed(c, doing);
	else if (found == 0)
		complain("there is no %s '%s'", what, name);
	else if (found > 1)
		complain("several %ss are called '%s': say which by its id", what, name);
	else
		return id;
	return 0;
}

int64_t
named_server(struct ctl *c, const char *name, bool deleted, const char *doing)
{
	int64_t id = 0;
	int found = 0;
	enum err e = admin_server_find(&c->world, &c->arena, name, deleted, &id, &found);

	return only(c, e, id, found, deleted ? "deleted server" : "server", name, doing);
}

int64_t
named_channel(struct ctl *c, int64_t server, const char *name, bool deleted, const char *doing)
{
	int64_t id = 0;
	int found = 0;
	enum err e = admin_channel_find(&c->world, &c->arena, server, name, deleted, &id, &found);

	return only(c, e, id, found, deleted ? "deleted channel" : "channel", name, doing);
}

int64_t
named_role(struct ctl *c, int64_t server, const char *name, const char *doing)
{
	int64_t id = 0;
	int found = 0;
	enum err e = admin_role_find(&c->world, &c->arena, server, name, &id, &found);

	return only(c, e, id, found, "role", name, doing);
}
