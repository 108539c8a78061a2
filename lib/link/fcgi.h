/*
 * fcgi - the one door to fcgiapp.h: requests from a web server, by FastCGI when descriptor 0 is a
 * listening socket, else by plain CGI, one request.
 *
 * The process handles one request at a time. SIGTERM and SIGUSR1 end it: at once when it waits for
 * a request, else after the current one. A request that runs longer than its watchdog ends the
 * process (exit status 75), because nothing else gets it out of a blocked call.
 */
#ifndef MOOT_LINK_FCGI_H
#define MOOT_LINK_FCGI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "base/str.h"

/* Once at start. False: FastCGI cannot be initialised. */
bool fcgi_init(void);
bool fcgi_is_cgi(void);
/* Waits for the next request and starts its watchdog. False: none will come. */
bool fcgi_accept(int64_t watchdog_s);
/* Ends the request; what was written is delivered. */
void fcgi_finish(void);
/* Gives back all memory; last. */
void fcgi_release(void);

/* Variable of the request, absent when unset; valid until fcgi_finish(). */
struct str fcgi_param(const char *name);
/* Up to n bytes of the body; 0 at its end or when the peer is gone. */
size_t fcgi_read(void *p, size_t n);
void fcgi_write(const void *p, size_t n);

#endif
