/*
 * service - the daemon and whoever runs it. SIGHUP starts the own program again, with --take-over:
 * a new program or configuration comes into effect and no client notices. When that one ends or is
 * refused, this one goes on as if nothing had been.
 */
#ifndef MOOT_PUSH_SERVICE_H
#define MOOT_PUSH_SERVICE_H

/* A SIGHUP that comes from here on waits. */
void service_init(void);
/* Obeys it. argv: how this process was started, borrowed. */
void service_start(char **argv);
/* Ignores it. */
void service_stop(void);
/* Tells the service manager (NOTIFY_SOCKET, as in sd_notify(3)) that this process serves. */
void service_ready(void);

#endif
