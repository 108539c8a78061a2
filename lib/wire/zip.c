#include "wire/zip.h"

#include <string.h>
#include <time.h>

#define FIRST_YEAR 1980
#define LAST_YEAR 2107
#define VERSION 10		/* 1.0: stored */
#define UNIX (3 << 8)		/* what the attributes mean */
#define OWNER_ONLY (0100600u << 16)

static void
add_le(struct buf *out, uint32_t v, int bytes)
{
	for (int i = 0; i < bytes; i++)
		buf_add_char(out, (char)(v >> (8 * i) & 0xff));
}

uint32_t
zip_crc(uint32_t crc, struct str bytes)
{
	static uint32_t table[256];

	if (table[1] == 0) {
		for (uint32_t i = 0; i < 256; i++) {
			uint32_t c = i;

			for (int k = 0; k < 8; k++)
				c = c & 1 ? c >> 1 ^ 0xedb88320u : c >> 1;
			table[i] = c;
		}
	}
	crc = ~crc;
	for (size_t i = 0; i < bytes.len; i++)
		crc = crc >> 8 ^ table[(crc ^ (unsigned char)bytes.p[i]) & 0xff];
	return ~crc;
}

/* APPNOTE.TXT 4.4.6: the time of MS-DOS, then its date. */
static void
add_time(struct buf *out, int64_t wall_ms)
{
	time_t s = (time_t)(wall_ms / 1000);
	struct tm t;

	if (gmtime_r(&s, &t) == NULL || t.tm_year + 1900 < FIRST_YEAR ||
	    t.tm_year + 1900 > LAST_YEAR)
		t = (struct tm){ .tm_mday = 1, .tm_year = FIRST_YEAR - 1900 };
	add_le(out, (uint32_t)(t.tm_hour << 11 | t.tm_min << 5 | t.tm_sec / 2), 2);
	add_le(out, (uint32_t)((t.tm_year + 1900 - FIRST_YEAR) << 9 | (t.tm_mon + 1) << 5 |
		t.tm_mday), 2);
}

/* What the head and the directory say alike: from the version on to the length of the name. */
static void
add_facts(struct buf *out, const struct zip_member *m)
{
	add_le(out, VERSION, 2);
	add_le(out, 0, 2);	/* flags */
	add_le(out, 0, 2);	/* stored */
	add_time(out, m->wall_ms);
	add_le(out, m->crc, 4);
	add_le(out, m->size, 4);
	add_le(out, m->size, 4);
	add_le(out, (uint32_t)strlen(m->name), 2);
}

void
zip_add_head(struct buf *out, const struct zip_member *m)
{
	add_le(out, 0x04034b50, 4);
	add_facts(out, m);
	add_le(out, 0, 2);	/* no more fields */
	buf_add_cstr(out, m->name);
}

static void
add_entry(struct buf *out, const struct zip_member *m)
{
	add_le(out, 0x02014b50, 4);
	add_le(out, UNIX | VERSION, 2);
	add_facts(out, m);
	add_le(out, 0, 2);	/* no more fields */
	add_le(out, 0, 2);	/* no comment */
	add_le(out, 0, 2);	/* first disk */
	add_le(out, 0, 2);
	add_le(out, OWNER_ONLY, 4);
	add_le(out, m->at, 4);
	buf_add_cstr(out, m->name);
}

void
zip_add_directory(struct buf *out, const struct zip_member *m, size_t n, uint32_t at)
{
	size_t began = out->len;

	for (size_t i = 0; i < n; i++)
		add_entry(out, &m[i]);
	uint32_t size = (uint32_t)(out->len - began);
	add_le(out, 0x06054b50, 4);
	add_le(out, 0, 4);	/* one disk */
	add_le(out, (uint32_t)n, 2);
	add_le(out, (uint32_t)n, 2);
	add_le(out, size, 4);
	add_le(out, at, 4);
	add_le(out, 0, 2);	/* no comment */
}
