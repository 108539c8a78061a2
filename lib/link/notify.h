/*
 * notify - tells the service manager how this process is, as sd_notify(3) does: a datagram to
 * $NOTIFY_SOCKET, which nothing waits for. Without one nothing is said.
 *
 * With $WATCHDOG_USEC the manager takes a process for hung that has not said for so long that it
 * lives. $WATCHDOG_PID, when it is there, says whom that is about.
 */
#ifndef MOOT_LINK_NOTIFY_H
#define MOOT_LINK_NOTIFY_H

#include <stdint.h>

/* Reads the environment, and takes $WATCHDOG_PID away: it is not about who is started by us. */
void notify_init(void);
/* This process serves, and is the service from now on, or serves again after notify_reloading(). */
void notify_ready(void);
/* It is being replaced by another one; whoever serves then says notify_ready(). */
void notify_reloading(void);
/* It takes leave, and nobody takes its place. */
void notify_stopping(void);
/* How often notify_alive() is to be called at least, in ms; 0: nobody wants to know. */
int64_t notify_alive_ms(void);
void notify_alive(void);

#endif
