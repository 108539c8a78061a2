/*
 * control - what the daemon itself says on a stream, and the heads of its answers.
 *
 * A message is appended to out in the format of the connection: in SSE `event: <name>`, `data:` its
 * members as an object, `id:` a cursor where it has one; elsewhere {"control":"<name>",…}. An
 * example of each, and what a client does with it, are in docs/events.md. Ids and cursors are text,
 * revs numbers.
 */
#ifndef MOOT_PUSH_CONTROL_H
#define MOOT_PUSH_CONTROL_H

#include "push/conn.h"

/* Bytes of the labels of as many streams as one follows. */
#define CONTROL_RESETS_MAX (64 * 1024)

/* Where anything of a message finds no memory, out fails. */

/*
 * The head of the answer, and hello: "v":1,"epoch":text,"node":text,"heartbeat":seconds,
 * "resumed":n,"reset":[resets],"cursor":text. resets: labels as control_add_label() makes them. Not
 * for a poll.
 */
void control_hello(const struct push *p, const struct conn *c, struct buf *out, uint32_t resumed,
    const struct buf *resets);
/* Appends "channel:<id>" with quotes, and a comma before it unless it is the first. */
void control_add_label(struct buf *out, const struct stream *s);
/* For a long poll, which answers later: keeps the labels till then. */
void control_keep_resets(struct conn *c, struct str resets);
/* "cursor":text */
void control_hb(const struct push *p, struct buf *out, const struct conn *c);
/* "stream":label,"head":rev,"why":"old", "history" or "joined" */
void control_reset(struct buf *out, const struct conn *c, const struct stream *s, int64_t head,
    enum reset_why why);
/* "stream":label,"rev":the last one that may have been sent */
void control_revoke(struct buf *out, const struct conn *c, const struct stream *s, int64_t rev);
/* The same for an id of a cursor that the account does not see: "channel:<id>" whatever it is, so
 * that nobody learns what there is, or who is connected. */
void control_revoked_id(struct buf *out, const struct conn *c, int64_t id, int64_t rev);
/* "live":bool */
void control_state(struct buf *out, const struct conn *c, bool live);
/* "code":4000 or above,"retry":ms; in SSE a line `retry:` before it, on a WebSocket the close frame
 * behind it (RFC 6455 5.5.1), which alone says a code below 4000. */
void control_bye(const struct push *p, struct buf *out, const struct conn *c);
/* Of a WebSocket, without a payload (RFC 6455 5.5.2). */
void control_ping(struct buf *out);
/* "code":a word of docs/events.md,"op":what was asked, when that could be read */
void control_error(struct buf *out, const struct conn *c, const char *code, struct str op);
/* The position of the connection as text. */
void control_cursor(const struct push *p, const struct conn *c, struct buf *out);

/* A whole answer that ends the connection; body may be empty. more_headers: whole lines. */
void control_answer(
    struct buf *out, int status, const char *type, const char *more_headers, struct str body);
/* An SSE answer that says bye at once. */
void control_answer_bye(const struct push *p, struct buf *out, enum err e);
/* problem+json under a request id of its own, which the web server logs. detail may be absent. */
void control_answer_problem(struct buf *out, enum err e, struct str detail);

#endif
