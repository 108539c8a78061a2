/*
 * zip - archives of a few members, stored as they are (PKWARE's APPNOTE.TXT 4.3.7, 4.3.12 and
 * 4.3.16, without ZIP64): each member's head stands before its bytes, and a directory after all of
 * them. Names are ASCII, without a folder. Times are UTC, to two seconds, from 1980 to 2107.
 */
#ifndef MOOT_WIRE_ZIP_H
#define MOOT_WIRE_ZIP_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

#define ZIP_BYTES 0xfffffffe	/* of a whole archive at most */

struct zip_member {
	const char *name;
	int64_t wall_ms;	/* when it was written */
	uint32_t crc;		/* of its bytes: zip_crc(), from 0 */
	uint32_t size;
	uint32_t at;		/* where its head stands */
};

/* CRC-32 (ISO 3309) of what was before and these bytes. */
uint32_t zip_crc(uint32_t crc, struct str bytes);
/* As long for each size and CRC, so it may be written again when they are known. */
void zip_add_head(struct buf *out, const struct zip_member *m);
/* at: where it stands, behind the bytes of the last member. */
void zip_add_directory(struct buf *out, const struct zip_member *m, size_t n, uint32_t at);

#endif
