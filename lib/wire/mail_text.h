/*
 * mail_text - a plain text message as RFC 5322 and RFC 2045 want it: lines of at most 76 characters
 * that end in CR LF, ASCII only (encoded words, quoted-printable), so that any server takes it.
 *
 * What could end a header line cannot get in: addresses that hold anything but what they may are
 * refused, and in words control characters become blanks.
 */
#ifndef MOOT_WIRE_MAIL_TEXT_H
#define MOOT_WIRE_MAIL_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

#define MAIL_ADDRESS_MAX 254 /* RFC 5321 4.5.3.1.3, without its brackets */
#define MAIL_LOCAL_MAX 64

/* `Name <local@domain>`, or the address alone; views into what was parsed. */
struct mailbox {
	struct str name; /* "" for none */
	struct str address;
};

struct mail_text {
	struct mailbox from;
	struct str to;	    /* address */
	struct str subject; /* UTF-8 */
	struct str body;    /* UTF-8; lines end in LF */
	struct str id;	    /* of Message-ID, without the brackets: local@domain */
	int64_t at_s;	    /* Unix time */
};

/* dot-atom@dot-atom of RFC 5322 in ASCII, lengths as RFC 5321 has them; the domain of letters,
 * digits and hyphens. Quoted local parts, address literals and addresses beyond ASCII are none. */
bool mail_address_is_valid(struct str s);
/* False when the address is none or the name holds control characters, <, > or ". */
bool mailbox_parse(struct str s, struct mailbox *out);
/* Adds the message. ERR_BAD_REQUEST when an address or the id is none, ERR_TOO_LARGE when the
 * buffer is full; what was added then is nothing to be sent. */
enum err mail_text_make(struct buf *out, const struct mail_text *m);

#endif
