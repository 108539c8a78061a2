#include <jwt.h>
#include <limits.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/crypt.h"
#include "base/id.h"
#include "wire/json.h"
#include "wire/jwt.h"

#define KEY_MIN 32
#define KID_BYTES 8
#define JTI_BYTES 16
#define AUDIENCE "moot"
#define USE "access"
#define LIBRARY_ROOM 98304	/* more than libjwt takes for a token of ours */

/* The three parts of a compact token, still base64url, and what the MAC is made of. */
struct parts {
	struct str header;
	struct str payload;
	struct str signature;
	struct str signed_text;
};

enum err
jwt_key_init(struct jwt_key *key, const uint8_t *bytes, size_t len)
{
	uint8_t digest[CRYPT_SHA256_LEN];

	if (bytes == NULL || len < KEY_MIN || len > INT_MAX)
		return ERR_INTERNAL;
	crypt_sha256((struct str){ (const char *)bytes, len }, digest);
	crypt_hex(digest, KID_BYTES, key->kid);
	key->bytes = bytes;
	key->len = len;
	return ERR_OK;
}

static bool
key_is_sane(const struct jwt_key *key)
{
	return key != NULL && key->bytes != NULL && key->len >= KEY_MIN && key->len <= INT_MAX;
}

/* libjwt does not look at every allocation of its own, so room is asked for before it is used. */
static bool
has_room(void)
{
	struct buf b;
	bool ok;

	buf_init(&b, LIBRARY_ROOM);
	ok = buf_reserve(&b, LIBRARY_ROOM);
	buf_release(&b);
	return ok;
}

static void
free_token(void *jwt)
{
	jwt_free(jwt);
}

/* libjwt takes C strings and answers 0 or an errno; 0 when all did. */
static int
add_claims(jwt_t *jwt, struct arena *a, struct str issuer, const struct jwt_claims *claims)
{
	char account[21], session[21], jti[24];
	uint8_t random[JTI_BYTES];
	int bad = 0;

	crypt_random(random, sizeof(random));
	crypt_b64(random, sizeof(random), jti);
	id_format(claims->account, account);
	id_format(claims->session, session);
	bad |= jwt_add_grant(jwt, "iss", arena_strndup(a, issuer.p, issuer.len));
	bad |= jwt_add_grant(jwt, "aud", AUDIENCE);
	bad |= jwt_add_grant(jwt, "use", USE);
	bad |= jwt_add_grant(jwt, "sub", account);
	bad |= jwt_add_grant(jwt, "sid", session);
	bad |= jwt_add_grant(jwt, "jti", jti);
	bad |= jwt_add_grant_int(jwt, "iat", (long)claims->iat);
	bad |= jwt_add_grant_int(jwt, "exp", (long)claims->exp);
	return bad;
}

enum err
jwt_make(struct arena *a, const struct jwt_key *key, struct str issuer,
    const struct jwt_claims *claims, struct str *token)
{
	jwt_t *jwt;
	char *text;

	if (!key_is_sane(key) || claims->account <= 0 || claims->session <= 0)
		return ERR_INTERNAL;
	/* what we give it is right, so it only fails for want of memory, whatever it calls that */
	if (!has_room() || jwt_new(&jwt) != 0)
		return ERR_NO_MEMORY;
	arena_defer(a, free_token, jwt);
	if (add_claims(jwt, a, issuer, claims) != 0 ||
	    jwt_add_header(jwt, "kid", key->kid) != 0 ||
	    jwt_set_alg(jwt, JWT_ALG_HS256, key->bytes, (int)key->len) != 0)
		return ERR_NO_MEMORY;
	text = jwt_encode_str(jwt);
	if (text == NULL)
		return ERR_NO_MEMORY;
	arena_defer(a, free, text);
	if (strlen(text) > JWT_MAX)
		return ERR_INTERNAL;
	*token = str_of(text);
	return ERR_OK;
}

static bool
split(struct str token, struct parts *p)
{
	struct str rest = token;

	if (token.len > JWT_MAX)
		return false;
	p->header = str_cut(&rest, '.');
	p->payload = str_cut(&rest, '.');
	p->signature = rest;
	if (rest.p == NULL || p->header.len == 0 || p->payload.len == 0 || p->signature.len == 0)
		return false;
	p->signed_text = (struct str){ token.p, p->header.len + 1 + p->payload.len };
	return true;
}

/* RFC 7515 5.2, HS256: compared in constant time. */
static bool
mac_is_right(const struct jwt_key *key, const struct parts *p)
{
	uint8_t given[CRYPT_SHA256_LEN], right[CRYPT_SHA256_LEN];
	size_t len;

	if (p->signature.len != crypt_b64_len(sizeof(given)) ||
	    !crypt_unb64(p->signature, given, sizeof(given), &len) || len != sizeof(given))
		return false;
	crypt_hmac_sha256(key->bytes, key->len, p->signed_text, right);
	return crypt_equal(given, right, sizeof(right));
}

/* libjwt must come to the same verdict: the algorithm it saw is HS256 and the MAC is right. A token
 * that is right in all we look at it can only fail to take in for want of memory. */
static enum err
library_agrees(struct arena *a, const struct jwt_key *key, struct str token)
{
	jwt_t *jwt = NULL;
	bool ok;

	if (!has_room() ||
	    jwt_decode(&jwt, arena_strndup(a, token.p, token.len), key->bytes, (int)key->len) != 0)
		return ERR_NO_MEMORY;
	ok = jwt_get_alg(jwt) == JWT_ALG_HS256;
	jwt_free(jwt);
	return ok ? ERR_OK : ERR_NO_MEMORY;
}

/* An object without duplicate members, from base64url. */
static enum err
parse_part(struct arena *a, struct str part, struct json **out)
{
	char *raw = arena_alloc(a, part.len);
	struct json *j;
	size_t len;
	enum err e;

	if (!crypt_unb64(part, raw, part.len, &len))
		return ERR_UNAUTHORIZED;
	e = json_parse(a, (struct str){ raw, len }, &j);
	if (e != ERR_OK)
		return e == ERR_UNREADABLE ? ERR_UNAUTHORIZED : e;
	if (json_type(j) != JSON_OBJECT)
		return ERR_UNAUTHORIZED;
	*out = j;
	return ERR_OK;
}

static bool
is_text(const struct json *j, struct str want)
{
	struct str s;

	return json_str(j, &s) && str_eq(s, want);
}

/* One header member: only alg, typ and kid, each with the one value we write. */
static bool
check_header_member(void *ctx, struct str name, struct json *value)
{
	const struct jwt_key **key = ctx;
	bool ok = (str_eq(name, STR("alg")) && is_text(value, STR("HS256"))) ||
	    (str_eq(name, STR("typ")) && is_text(value, STR("JWT"))) ||
	    (str_eq(name, STR("kid")) && is_text(value, str_of((*key)->kid)));

	if (!ok)
		*key = NULL;
	return ok;
}

static enum err
check_header(struct arena *a, const struct jwt_key *key, struct str part)
{
	struct json *header;

	TRY(parse_part(a, part, &header));
	if (json_get(header, "alg") == NULL)
		return ERR_UNAUTHORIZED;
	json_each(header, check_header_member, &key);
	return key != NULL ? ERR_OK : ERR_UNAUTHORIZED;
}

static bool
get_id(const struct json *j, int64_t *out)
{
	struct str s;

	return json_str(j, &s) && id_parse(s, out);
}

/* The claims, but for exp against the clock. */
static bool
read_claims(const struct json *j, struct str issuer, int64_t now, struct jwt_claims *c)
{
	const struct json *nbf = json_get(j, "nbf");
	struct str jti;
	int64_t at;

	if (!is_text(json_get(j, "iss"), issuer) || !is_text(json_get(j, "aud"), STR(AUDIENCE)) ||
	    !is_text(json_get(j, "use"), STR(USE)))
		return false;
	if (!get_id(json_get(j, "sub"), &c->account) || !get_id(json_get(j, "sid"), &c->session) ||
	    !json_str(json_get(j, "jti"), &jti) || jti.len == 0)
		return false;
	if (!json_int(json_get(j, "iat"), &c->iat) || !json_int(json_get(j, "exp"), &c->exp) ||
	    c->iat < 0 || c->iat > now + JWT_SKEW)
		return false;
	return nbf == NULL || (json_int(nbf, &at) && at <= now + JWT_SKEW);
}

enum err
jwt_check(struct arena *a, const struct jwt_key *key, struct str issuer, struct str token,
    int64_t now, struct jwt_claims *claims)
{
	struct jwt_claims read;
	struct json *payload;
	struct parts p;

	if (!key_is_sane(key))
		return ERR_INTERNAL;
	if (!split(token, &p) || !mac_is_right(key, &p))
		return ERR_UNAUTHORIZED;
	TRY(check_header(a, key, p.header));
	TRY(parse_part(a, p.payload, &payload));
	if (!read_claims(payload, issuer, now, &read))
		return ERR_UNAUTHORIZED;
	TRY(library_agrees(a, key, token));
	if (now >= read.exp)
		return ERR_TOKEN_EXPIRED;
	*claims = read;
	return ERR_OK;
}
