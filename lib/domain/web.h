/*
 * web - a channel as everybody on the web sees it.
 */
#ifndef MOOT_DOMAIN_WEB_H
#define MOOT_DOMAIN_WEB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "domain/call.h"

#define WEB_MESSAGES 50

struct web_message {
	int64_t id;
	struct str at;		/* RFC 3339 */
	struct str edited;	/* likewise; absent: never */
	struct str author;	/* the name shown */
	struct str content;
};

struct web_name {
	int64_t id;
	struct str name;
};

/* Text as people wrote it: to be escaped. In the arena. */
struct web_page {
	int64_t channel;
	struct str made;	/* RFC 3339 */
	struct str name;
	struct str topic;	/* absent: none */
	struct str server;
	struct str icon;	/* the hash of the server's picture; absent: none */
	bool robots;		/* search engines may list it */
	int64_t older;		/* before this message is the next page; 0: there is none */
	struct web_message messages[WEB_MESSAGES];	/* oldest first */
	size_t n_messages;
	struct web_name *names;	/* who and what roles are mentioned, by ascending id */
	size_t n_names;
};

/* The newest messages, or those before one; ERR_NOT_FOUND for a channel that is not on the web. */
enum err web_read(struct call *c, int64_t channel, int64_t before, struct web_page *out);
/* The name of somebody who is mentioned; absent when nobody of that id is. */
struct str web_name_of(const struct web_page *p, int64_t id);

#endif
