/*
 * bury - what becomes of a node whose lease has run out: its people were seen as long as it was,
 * its hash goes, and last its name. Whoever finds it begins, and each step may be done twice: the
 * name is there until all else is done, so a burial that ends in the middle is begun again by the
 * next who looks.
 */
#ifndef MOOT_PUSH_BURY_H
#define MOOT_PUSH_BURY_H

#include "push/push.h"

#define BURY_BATCH "500"	/* people of an answer, about */
#define BURY_ATONCE 4		/* nodes; others wait until they are looked at again */
#define BURY_SAY_MS 60000	/* between two lines that Redis refuses it */

void bury_init(struct push *p);
/* After the bus has gone: its answers are told to the end. */
void bury_release(struct push *p);
/* Looks whether it has a lease. name: at most NODE_NAME_MAX bytes. */
void bury_if_dead(struct push *p, struct str name);

#endif
