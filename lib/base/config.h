/*
 * config - one commented file of `key = value` lines, each key overridable by the environment
 * variable MOOT_<KEY>. The keys are config.def. An unknown key, a key given twice, a value out of
 * range are errors naming file and line. Lines are at most 4,096 bytes.
 */
#ifndef MOOT_BASE_CONFIG_H
#define MOOT_BASE_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

struct config {
#define X_STR(name, def, help) const char *name;
#define X_INT(name, def, min, max, help) int64_t name;
#include "base/config.def"
#undef X_STR
#undef X_INT
};

/*
 * Reads `path`; NULL: only defaults and the environment. On failure returns false and leaves one
 * line saying what is wrong in msg. Strings live as long as the process.
 */
bool config_load(struct config *c, const char *path, char *msg, size_t msg_len);
/* -c argument, else $MOOT_CONFIG, else the installed default; NULL when none of them exists. */
const char *config_find(const char *arg);
/* A commented file with all keys, for `moot config`; those with their defaults commented out. c
 * NULL: all have their defaults. */
void config_render(const struct config *c, struct buf *out);
/* log_init() as the configuration says. service borrowed. */
void config_log(const struct config *c, const char *service);
/* Reads the token key: *len >= 32 bytes, at most 4,096. False with a line in msg. Takes nothing. */
bool config_token_key(
    const struct config *c, uint8_t key[4096], size_t *len, char *msg, size_t msg_len);

#endif
