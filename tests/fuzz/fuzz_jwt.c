#include "base/buf.h"
#include "base/crypt.h"
#include "tests/fuzz/fuzz.h"
#include "wire/jwt.h"

#define NOW 1795308312

static const uint8_t key_bytes[] = "an HMAC key of 32 bytes or more, for tests";
static struct jwt_key key;

static void
add_b64(struct arena *a, struct buf *b, struct str raw)
{
	char *text = arena_alloc(a, crypt_b64_len(raw.len) + 1);

	crypt_b64(raw.p, raw.len, text);
	buf_add_cstr(b, text);
}

static void
check(struct arena *a, struct str token)
{
	struct jwt_claims c = { -1, -1, -1, -1 };
	enum err e = jwt_check(a, &key, STR("i"), token, NOW, &c);

	must(e == ERR_OK || e == ERR_UNAUTHORIZED || e == ERR_TOKEN_EXPIRED);
	if (e == ERR_OK)
		must(c.account > 0 && c.session > 0 && c.exp > NOW && c.iat >= 0 &&
		    c.iat <= NOW + JWT_SKEW);
	else
		must(c.account == -1 && c.exp == -1);
}

/* The input as a token; then its first line as header and the rest as claims of a token whose MAC
 * is right. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str payload = { (const char *)data, size }, header;
	uint8_t mac[CRYPT_SHA256_LEN];
	struct arena a;
	struct buf b;

	if (key.bytes == NULL) {
		crypt_init();
		must(jwt_key_init(&key, key_bytes, sizeof(key_bytes) - 1) == ERR_OK);
	}
	arena_init(&a, 256 << 20);
	check(&a, payload);
	header = str_cut(&payload, '\n');
	buf_init(&b, 1 << 20);
	add_b64(&a, &b, header);
	buf_add_char(&b, '.');
	add_b64(&a, &b, payload);
	crypt_hmac_sha256(key_bytes, sizeof(key_bytes) - 1, buf_str(&b), mac);
	buf_add_char(&b, '.');
	add_b64(&a, &b, (struct str){ (const char *)mac, sizeof(mac) });
	if (buf_ok(&b))
		check(&a, buf_str(&b));
	buf_release(&b);
	arena_release(&a);
	return 0;
}
