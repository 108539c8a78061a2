#include "wire/totp.h"

#include <stdio.h>

#include "base/crypt.h"
#include "wire/base32.h"
#include "wire/sha1.h"
#include "wire/text.h"

int64_t
totp_step(int64_t unix_s)
{
	return unix_s / TOTP_STEP_S;
}

void
totp_code(const uint8_t secret[TOTP_SECRET], int64_t step, char out[TOTP_DIGITS + 1])
{
	uint8_t counter[8], mac[SHA1_LEN];
	uint32_t n;

	for (size_t i = 0; i < 8; i++)
		counter[i] = (uint8_t)((uint64_t)step >> (56 - 8 * i));
	sha1_hmac(secret, TOTP_SECRET, (struct str){ (const char *)counter, 8 }, mac);
	const uint8_t *p = mac + (mac[SHA1_LEN - 1] & 15);
	n = (uint32_t)(p[0] & 0x7f) << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
	snprintf(out, TOTP_DIGITS + 1, "%06u", n % 1000000);
}

bool
totp_match(const uint8_t secret[TOTP_SECRET], int64_t unix_s, int64_t used, struct str code,
    int64_t *step)
{
	char said[TOTP_DIGITS + 1] = "", right[TOTP_DIGITS + 1];
	int64_t now = totp_step(unix_s), found = -1;
	size_t n = 0;

	for (size_t i = 0; i < code.len; i++) {
		if (code.p[i] != ' ' && n < sizeof(said))
			said[n++] = code.p[i];
	}
	for (int64_t s = now - TOTP_SLACK; s <= now + TOTP_SLACK; s++) {
		totp_code(secret, s, right);
		if (crypt_equal(said, right, TOTP_DIGITS) && s > used && found < 0)
			found = s;
	}
	if (n != TOTP_DIGITS || found < 0)
		return false;
	*step = found;
	return true;
}

void
totp_add_uri(struct buf *out, struct str issuer, struct str account,
    const uint8_t secret[TOTP_SECRET])
{
	char text[BASE32_LEN(TOTP_SECRET) + 1];

	base32(secret, TOTP_SECRET, text);
	buf_add_cstr(out, "otpauth://totp/");
	url_encode(out, issuer);
	buf_add_char(out, ':');
	url_encode(out, account);
	buf_printf(out, "?secret=%s&issuer=", text);
	url_encode(out, issuer);
	buf_printf(out, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_STEP_S);
	crypt_wipe(text, sizeof(text));
}
