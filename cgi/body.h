/*
 * body - reads a request's body and its declared fields.
 */
#ifndef MOOT_CGI_BODY_H
#define MOOT_CGI_BODY_H

#include "cgi/request.h"

/* ERR_TOO_LARGE before a byte is read; ERR_BAD_REQUEST for a length that is no number. */
enum err body_check_length(const struct request *r);
/* Reads the body and the fields the route declares, and the Idempotency-Key. ERR_MEDIA_TYPE,
 * ERR_TOO_LARGE, ERR_BAD_REQUEST when bytes are missing, and the errors of fields_read(). */
enum err body_read(struct request *r);

#endif
