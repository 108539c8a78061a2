/*
 * service - the daemon and whoever runs it. SIGHUP starts the own program again, with --take-over:
 * a new program or configuration comes into effect and no client notices. When that one ends or is
 * refused, this one goes on as if nothing had been.
 *
 * A service manager (link/notify.h) is told who serves, when that changes, and again and again from
 * the loop that this process lives: it starts a hung one anew.
 */
#ifndef MOOT_PUSH_SERVICE_H
#define MOOT_PUSH_SERVICE_H

/* A SIGHUP that comes from here on waits. */
void service_init(void);
/* This process serves, and obeys it. argv: how this process was started, borrowed. */
void service_start(char **argv);
/* Ignores it. */
void service_stop(void);

#endif
