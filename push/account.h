/*
 * account - who is connected and what he may read: pictures of access, taken for many accounts in
 * one question. access.h has the events that change them, admit.h what a picture changes.
 */
#ifndef MOOT_PUSH_ACCOUNT_H
#define MOOT_PUSH_ACCOUNT_H

#include "push/conn.h"

#define ACCESS_BATCH_MS 5
#define ACCESS_IN_FLIGHT 2

void accounts_init(struct push *p);
void accounts_release(struct push *p);
/*
 * c says that it belongs to that account, and is not believed before a picture has come: until then
 * it changes nothing for those who are there.
 */
void account_join(struct push *p, struct conn *c, int64_t id);
/* The account of that id, which is not known here yet: without connections, and nothing of presence
 * is set. *i: its number. */
struct account *account_new(struct push *p, int64_t id, uint32_t *i);
/* c belongs to it and is its newest connection. */
void account_add_conn(struct push *p, struct conn *c, uint32_t account);
void account_leave(struct push *p, struct conn *c);
/* Somebody was let in: above the limit those who came first give way, also long polls whose answer
 * has not been read yet, which is memory. */
void account_keep_newest(struct push *p, uint32_t account);
/* Asks for a new picture, soon. */
void account_want(struct push *p, uint32_t account);
/* The database is back: goes on with what waits. */
void accounts_ask(struct push *p);
/* Somebody's access is being read, or is to be. */
bool accounts_are_asked(const struct push *p);
/* The database is away: connections waiting for their first picture are refused. */
void accounts_refuse(struct push *p);

#endif
