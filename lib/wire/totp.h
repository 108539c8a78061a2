/*
 * totp - codes of six digits that change every 30 seconds (RFC 6238 over HMAC-SHA-1, which is what
 * all authenticators have). Time is passed in.
 */
#ifndef MOOT_WIRE_TOTP_H
#define MOOT_WIRE_TOTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define TOTP_SECRET 20		/* bytes: RFC 4226 R6 asks for 160 bits */
#define TOTP_STEP_S 30
#define TOTP_DIGITS 6
#define TOTP_SLACK 1		/* steps that a clock may be off, either way */

int64_t totp_step(int64_t unix_s);
/* Six digits and a NUL (RFC 4226 5.3). */
void totp_code(const uint8_t secret[TOTP_SECRET], int64_t step, char out[TOTP_DIGITS + 1]);
/* Whether it is the code of a step within TOTP_SLACK of now that is above `used`, the last one that
 * was taken (RFC 6238 5.2: each once). Blanks in the code are passed over. Takes as long whatever
 * comes of it. *step: which one it is. */
bool totp_match(const uint8_t secret[TOTP_SECRET], int64_t unix_s, int64_t used, struct str code,
    int64_t *step);
/* The address that an authenticator reads from a picture:
 * otpauth://totp/<issuer>:<account>?secret=…&issuer=…&algorithm=SHA1&digits=6&period=30 */
void totp_add_uri(struct buf *out, struct str issuer, struct str account,
    const uint8_t secret[TOTP_SECRET]);

#endif
