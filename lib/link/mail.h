/*
 * mail - hands one message to a mail server by SMTP. The only file that knows libcurl.
 *
 * A message for which the server's last word was lost may have been taken: SMTP has no way to tell,
 * and who sends it again should do so under the same Message-ID.
 */
#ifndef MOOT_LINK_MAIL_H
#define MOOT_LINK_MAIL_H

#include <stdbool.h>

#include "base/err.h"
#include "base/str.h"

#define MAIL_CONNECT_MS 5000
#define MAIL_ANSWER_MS \
	10000 /* to one command; QUIT, which may come after MAIL_TOTAL_MS, among them */
#define MAIL_TOTAL_MS 15000

enum mail_tls {
	MAIL_TLS_REQUIRED, /* and the server's certificate is checked */
	MAIL_TLS_TRY,	   /* if the server offers it, unchecked: against listening only */
	MAIL_TLS_NONE
};

/* Strings borrowed; "" for what there is nothing of. */
struct mail_server {
	const char *url; /* smtp://host[:port] or smtps://host[:port], without a path */
	const char *us;	 /* the name given in EHLO */
	const char *user;
	const char *password;
	const char *ca_file; /* authorities instead of the system's */
	enum mail_tls tls;
};

/* What the server, or the way to it, said. */
struct mail_said {
	long code;	/* of SMTP; 0 when it said nothing */
	bool refused;	/* it will not take a message for this address, now or later */
	bool answered;	/* it said no; else it was not there, hung or broke off */
	char text[256]; /* one line; control characters are blanks */
};

/* from and to: addresses; message: with its headers, lines end in CR LF. ERR_UNAVAILABLE with
 * *said when the server has not said that it took it. */
enum err mail_send(const struct mail_server *s, const char *from, const char *to,
    struct str message, struct mail_said *said);

#endif
