/*
 * picture - the faces of people and servers: decoded and written anew by moot-image, kept in
 * files_dir/PICTURE_FOLDER as HASH-SIDE.webp, named by a keyed digest of what they show.
 *
 * A row of picture is there before its files and goes with them under its lock, so no account or
 * server ever names one whose files are missing; files without a row are what a process that died
 * left behind, and are swept away.
 */
#ifndef MOOT_DOMAIN_PICTURE_H
#define MOOT_DOMAIN_PICTURE_H

#include "domain/call.h"

#define PICTURE_FOLDER "avatar"
#define PICTURE_HASH 32	/* hex digits */

/* Of each picture there are squares of so many pixels, the largest first. */
#define PICTURE_SIDES 3
extern const char *const picture_sides[PICTURE_SIDES];
/* The name of one of them, in the arena. */
const char *picture_file(struct arena *a, struct str hash, size_t side);

/*
 * bytes: the file as it came, at most PICTURE_BYTES_MAX. ERR_MEDIA_TYPE: no PNG, JPEG, GIF or WebP;
 * ERR_INVALID: one that cannot be decoded, has too many pixels, or takes too long; ERR_OVERLOAD:
 * too many at once, or no time; ERR_UNAVAILABLE: nothing here decodes pictures, or keeps them.
 */
enum err avatar_set(struct call *c, struct str bytes, struct answer *out);
enum err avatar_remove(struct call *c, struct answer *out);
enum err icon_set(struct call *c, int64_t server, struct str bytes, struct answer *out);
enum err icon_remove(struct call *c, int64_t server, struct answer *out);

/* Whether people and servers can have pictures here. */
bool picture_is_possible(const struct config *config);
/* Where HASH-SIDE.webp lies, in the arena; ERR_NOT_FOUND for any other name. */
enum err picture_path(
    struct arena *a, const struct config *config, struct str name, const char **path);

/* For the jobs: removes the next pictures that are nobody's; *more: call again. */
enum err picture_drop(struct world *w, struct arena *a, int64_t *files, bool *more);
/* Gives files that no row speaks of a row that is nobody's, and removes what was never finished. */
enum err picture_sweep(struct world *w, struct arena *a, int64_t *files);

#endif
