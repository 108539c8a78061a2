/*
 * What the doors to json-c and libjwt answer when memory runs out: at any amount of it the right
 * value or ERR_NO_MEMORY, never a value that lacks something, another error, or a crash.
 *
 * Memory is a number of bytes, kept by taking the place of malloc, or in a sanitized build of the
 * sanitizer's, which goes on below. Each try is a process of its own.
 */
#include <malloc.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/crypt.h"
#include "wire/json.h"
#include "wire/jwt.h"

#if !defined(__SANITIZE_ADDRESS__) && defined(__has_feature)
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif

#define PLENTY 400000
#define REFUSED 99

#ifdef __SANITIZE_ADDRESS__
#define below(name) __interceptor_##name
#define STEP 183	/* a process costs more there */
#else
#define below(name) __libc_##name
#define STEP 61
#endif

extern void *below(malloc)(size_t n);
extern void *below(calloc)(size_t n, size_t size);
extern void *below(realloc)(void *p, size_t n);
extern void below(free)(void *p);

static size_t left;
static bool counting, refused;

static bool
take(size_t n)
{
	if (counting && n > left) {
		refused = true;
		return false;
	}
	return true;
}

static void *
taken(void *p)
{
	if (counting && p != NULL) {
		size_t n = malloc_usable_size(p);
		left -= n < left ? n : left;
	}
	return p;
}

void *
malloc(size_t n)
{
	return take(n) ? taken(below(malloc)(n)) : NULL;
}

void *
calloc(size_t n, size_t size)
{
	return take(n * size) ? taken(below(calloc)(n, size)) : NULL;
}

void
free(void *p)
{
	if (counting && p != NULL)
		left += malloc_usable_size(p);
	below(free)(p);
}

void *
realloc(void *p, size_t n)
{
	size_t before = p == NULL ? 0 : malloc_usable_size(p);

	if (!take(n))
		return NULL;
	if (counting)
		left += before;
	return taken(below(realloc)(p, n));
}

static const uint8_t key_bytes[] = "an HMAC key of 32 bytes or more, for tests";
static struct jwt_key key;
static struct str token;

static const char *const texts[] = {
	"7",
	"\"abc\"",
	"[]",
	"{}",
	"[1,[2,\"three\"],{\"a\":1.5}]",
	"{\"content\":\"words that do not fit the first buffer, so that it has to grow, and to "
	"grow again\","
	"\"o\":{\"k\":[true,false,null]},\"a\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,"
	"21,22,23,"
	"24,25,26,27,28,29,30,31,32,33,34,35,36]}",
	"{\"a\":1,\"b\":1,\"c\":1,\"d\":1,\"e\":1,\"f\":1,\"g\":1,\"h\":1,\"i\":1,\"j\":1,\"k\":1,"
	"\"l\":1,\"m\":1}",
};
#define TEXTS (sizeof(texts) / sizeof(texts[0]))

static void
on_oom(void *ctx)
{
	(void)ctx;
	_exit(ERR_NO_MEMORY);
}

/* One try with so many bytes; the exit status is the error, REFUSED added when any was refused. */
static void
try_with(size_t kind, size_t bytes)
{
	struct jwt_claims claims = { 11, 12, 1000, 2000 };
	struct arena a;
	struct json *j;
	struct str made;
	enum err e;

	arena_init(&a, 1 << 20);
	a.oom = on_oom;
	left = bytes;
	counting = true;
	if (kind < TEXTS)
		e = json_parse(&a, str_of(texts[kind]), &j);
	else if (kind == TEXTS)
		e = jwt_check(&a, &key, STR("http://x"), token, 1500, &claims);
	else
		e = jwt_make(&a, &key, STR("http://x"), &claims, &made);
	counting = false;
	_exit((int)e + (refused ? REFUSED : 0));
}

/* NULL or what was wrong. */
static const char *
flaw_of(size_t kind)
{
	static char said[80];
	bool done = false, lacked = false;

	for (size_t bytes = 0; bytes < PLENTY; bytes += bytes < 20000 ? STEP : 2003) {
		int status = 0;
		pid_t pid = fork();

		if (pid == 0)
			try_with(kind, bytes);
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return "fork";
		done = WIFEXITED(status) && WEXITSTATUS(status) == ERR_OK;
		if (!WIFEXITED(status) ||
		    (!done && WEXITSTATUS(status) != ERR_NO_MEMORY &&
			WEXITSTATUS(status) != ERR_NO_MEMORY + REFUSED &&
			WEXITSTATUS(status) != ERR_OK + REFUSED)) {
			snprintf(said, sizeof(said), "with %zu bytes: status %d", bytes, status);
			return said;
		}
		lacked = lacked || !done;
	}
	return !lacked ? "memory never ran out" : done ? NULL : "not enough memory at last";
}

int
main(void)
{
	struct jwt_claims claims = { 11, 12, 1000, 2000 };
	struct arena a;
	int failed = 0;

	arena_init(&a, 1 << 20);
	crypt_init();
	if (jwt_key_init(&key, key_bytes, sizeof(key_bytes) - 1) != ERR_OK ||
	    jwt_make(&a, &key, STR("http://x"), &claims, &token) != ERR_OK)
		return 1;
	printf("1..%zu\n", TEXTS + 2);
	for (size_t kind = 0; kind < TEXTS + 2; kind++) {
		fflush(stdout);
		const char *flaw = flaw_of(kind);
		printf("%s %zu - %s\n", flaw == NULL ? "ok" : "not ok", kind + 1,
		    kind < TEXTS ? texts[kind] : kind == TEXTS ? "jwt_check" : "jwt_make");
		if (flaw != NULL)
			printf("# %s\n", flaw);
		failed += flaw != NULL;
	}
	arena_release(&a);
	return failed > 0;
}
