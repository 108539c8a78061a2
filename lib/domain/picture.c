#include "domain/picture.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "domain/limit.h"
#include "domain/params.h"
#include "link/child.h"
#include "link/file.h"
#include "wire/picture.h"

#define SQUARES_MAX (512 << 10)	/* of all three, as WebP */
#define WAIT_MS 3000		/* for a slot … */
#define MAKE_MS 8000		/* … and for the program, which has 5 s of a processor */

const char *const picture_sides[PICTURE_SIDES] = { "256", "128", "64" };

struct squares {
	char hash[PICTURE_HASH + 1];
	struct str webp[PICTURE_SIDES];
};

bool
picture_is_possible(const struct config *config)
{
	return config->files_dir[0] != '\0' && config->image_program[0] != '\0';
}

static const char *
folder(struct arena *a, const struct config *config)
{
	return arena_printf(a, "%s/" PICTURE_FOLDER, config->files_dir);
}

const char *
picture_file(struct arena *a, struct str hash, size_t side)
{
	return arena_printf(a, "%.*s-%s.webp", STR_FMT(hash), picture_sides[side]);
}

/* HASH-SIDE.webp and nothing else. */
enum err
picture_path(struct arena *a, const struct config *config, struct str name, const char **path)
{
	if (config->files_dir[0] == '\0' || name.len <= PICTURE_HASH)
		return ERR_NOT_FOUND;
	struct str hash = { name.p, PICTURE_HASH };
	for (size_t i = 0; str_is_hex(hash) && i < PICTURE_SIDES; i++) {
		if (!str_eq(name, str_of(picture_file(a, hash, i))))
			continue;
		*path = arena_printf(a, "%s/%.*s", folder(a, config), STR_FMT(name));
		return ERR_OK;
	}
	return ERR_NOT_FOUND;
}

/* What the way it ended means for who sent the picture. */
static enum err
verdict(struct call *c, const struct child_end *end)
{
	if (end->late)
		return ERR_OVERLOAD;
	if (end->signal == SIGXCPU)
		return call_flaw(c, "picture", "too_costly", "takes too long to decode");
	if (end->signal == SIGKILL)
		return ERR_OVERLOAD;
	if (end->signal != 0) {
		log_error("a picture ended moot-image", lf_int("signal", end->signal));
		return call_flaw(c, "picture", "broken", "cannot be decoded");
	}
	switch (end->status) {
	case PICTURE_OK:
		return ERR_OK;
	case PICTURE_UNKNOWN:
		return ERR_MEDIA_TYPE;
	case PICTURE_BROKEN:
		return call_flaw(c, "picture", "broken", "cannot be decoded");
	case PICTURE_TOO_LARGE:
		return call_flaw(c, "picture", "too_large",
		    "at most 16,777,216 pixels, and 8,192 in a line or column");
	default:
		log_error("moot-image", lf_int("status", end->status));
		return ERR_UNAVAILABLE;
	}
}

/* So many milliseconds, but no more than this part of what a request has. */
static int64_t
within(const struct world *w, int64_t ms, int64_t part)
{
	int64_t most = w->config->request_timeout * 1000 / part;

	return ms < most ? ms : most;
}

/* For who has come in, so that the handlers which do nothing but wait are few as well. */
static enum err
run_program(struct call *c, struct str bytes, struct child_end *end)
{
	struct world *w = c->world;
	const char *argv[] = { w->config->image_program, picture_sides[0], picture_sides[1],
		picture_sides[2], NULL };

	TRY(gate_enter(&w->pictures, clock_mono_ms() + within(w, WAIT_MS, 5)));
	enum err e = child_run(c->arena, argv, bytes, SQUARES_MAX,
	    clock_mono_ms() + within(w, MAKE_MS, 2), end);
	gate_leave(&w->pictures);
	return e;
}

static enum err
decode(struct call *c, struct str bytes, struct str *out)
{
	struct world *w = c->world;
	struct child_end end;

	TRY(gate_enter(&w->picture_room, clock_mono_ms()));
	enum err e = run_program(c, bytes, &end);
	gate_leave(&w->picture_room);
	TRY(e);
	/* it has cost what many others do */
	if (end.late || end.signal == SIGXCPU)
		limit_use_up(c, LIMIT_PICTURE);
	TRY(verdict(c, &end));
	*out = end.out;
	return ERR_OK;
}

/* Named by what they show, and not by what was sent; and so that nobody who has the picture can
 * find out whether somebody here uses it. */
static void
name_squares(struct call *c, struct str all, char hash[PICTURE_HASH + 1])
{
	uint8_t digest[CRYPT_SHA256_LEN];
	char text[2 * CRYPT_SHA256_LEN + 1];
	const struct jwt_key *key = &c->world->key;

	crypt_sha256(all, digest);
	crypt_hex(digest, sizeof(digest), text);
	crypt_hmac_sha256(key->bytes, key->len,
	    str_of(arena_printf(c->arena, "picture %s", text)), digest);
	crypt_hex(digest, PICTURE_HASH / 2, hash);
}

static enum err
make(struct call *c, struct str bytes, struct squares *s)
{
	struct str rest;

	TRY(decode(c, bytes, &rest));
	name_squares(c, rest, s->hash);
	for (size_t i = 0; i < PICTURE_SIDES; i++)
		if (!picture_cut(&rest, &s->webp[i]) || s->webp[i].len == 0)
			return ERR_INTERNAL;
	return ERR_OK;
}

/* Under a name of its own until it is whole: others may be writing the same. */
static enum err
keep(struct call *c, const char *name, struct str webp)
{
	const char *dir = folder(c->arena, c->world->config);
	struct file *f;
	int64_t size;
	uint8_t random[8];
	char hex[2 * sizeof(random) + 1];

	if (file_open(c->arena, arena_printf(c->arena, "%s/%s", dir, name), &f, &size) == ERR_OK &&
	    size == (int64_t)webp.len)
		return ERR_OK;
	crypt_random(random, sizeof(random));
	crypt_hex(random, sizeof(random), hex);
	TRY(file_make(c->arena, dir, arena_printf(c->arena, "%s.part", hex), &f));
	TRY(file_write(f, webp));
	TRY(file_show(f));
	return file_keep(f, name);
}

/* The row first: from then on nobody removes the files. */
static enum err
store(struct call *c, const struct squares *s)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_PICTURE_CLAIM, PG_ARGS(s->hash), &rows));
	for (size_t i = 0; i < PICTURE_SIDES; i++)
		TRY(keep(c, picture_file(c->arena, str_of(s->hash), i), s->webp[i]));
	return ERR_OK;
}

/* Whoever may not is told before anything is decoded. */
static enum err
prepare(struct call *c, int64_t server, struct str bytes, struct squares *s)
{
	struct pg_rows rows;

	TRY(call_rows(c, STMT_PICTURE_MAY, PG_ARGS(ACTOR(c), ID_OR_NULL(c, server)), &rows));
	if (!picture_is_possible(c->world->config))
		return ERR_UNAVAILABLE;
	if (picture_sniff(bytes) == PICTURE_NONE)
		return ERR_MEDIA_TYPE;
	TRY(make(c, bytes, s));
	return store(c, s);
}

/* Makes it somebody's. If it has just been forgotten for somebody else who had the same, its files
 * and its row are made once more. */
static enum err
use(struct call *c, int64_t server, enum stmt stmt, struct pg_args args, const struct squares *s,
    struct answer *out)
{
	enum err e = call_mutate(c, server, stmt, args, out);

	if (e != ERR_GONE)
		return e;
	TRY(store(c, s));
	e = call_mutate(c, server, stmt, args, out);
	return e == ERR_GONE ? ERR_OVERLOAD : e;
}

enum err
avatar_set(struct call *c, struct str bytes, struct answer *out)
{
	struct squares s;

	TRY(prepare(c, 0, bytes, &s));
	return use(c, 0, STMT_AVATAR_SET, PG_ARGS(ACTOR(c), s.hash), &s, out);
}

enum err
avatar_remove(struct call *c, struct answer *out)
{
	return call_mutate(c, 0, STMT_AVATAR_SET, PG_ARGS(ACTOR(c), NULL), out);
}

enum err
icon_set(struct call *c, int64_t server, struct str bytes, struct answer *out)
{
	struct squares s;

	TRY(prepare(c, server, bytes, &s));
	return use(
	    c, server, STMT_ICON_SET, PG_ARGS(ACTOR(c), ID(c, server), s.hash), &s, out);
}

enum err
icon_remove(struct call *c, int64_t server, struct answer *out)
{
	return call_mutate(c, server, STMT_ICON_SET, PG_ARGS(ACTOR(c), ID(c, server), NULL), out);
}
