#include "wire/base32.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

void
base32(const uint8_t *in, size_t n, char *out)
{
	unsigned bits = 0, pending = 0;

	for (size_t i = 0; i < n; i++) {
		bits = (bits << 8 | in[i]) & 0xfff;
		for (pending += 8; pending >= 5; pending -= 5)
			*out++ = alphabet[bits >> (pending - 5) & 31];
	}
	if (pending > 0)
		*out++ = alphabet[bits << (5 - pending) & 31];
	*out = '\0';
}

/* -1 for what is not in the alphabet. */
static int
value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
}

bool
base32_read(struct str in, uint8_t *out, size_t n)
{
	unsigned bits = 0, pending = 0;
	size_t got = 0, chars = 0;

	for (size_t i = 0; i < in.len; i++) {
		if (in.p[i] == ' ' || in.p[i] == '-')
			continue;
		int v = value_of(in.p[i]);
		if (v < 0 || ++chars > BASE32_LEN(n))
			return false;
		bits = (bits << 5 | (unsigned)v) & 0xfff;
		pending += 5;
		if (pending >= 8) {
			pending -= 8;
			out[got++] = (uint8_t)(bits >> pending);
		}
	}
	return got == n && chars == BASE32_LEN(n) && (bits & ((1u << pending) - 1)) == 0;
}
