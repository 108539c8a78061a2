/*
 * fuzz - a target is one function. libFuzzer drives it in a --enable-fuzz build; driver.c runs the
 * committed corpus through it in every `make check`.
 */
#ifndef MOOT_TESTS_FUZZ_H
#define MOOT_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A promise of the code under test; unlike assert never compiled out. */
#define must(cond) do { \
	if (!(cond)) { \
		fprintf(stderr, "%s:%d: broken: %s\n", __FILE__, __LINE__, #cond); \
		abort(); \
	} \
} while (0)

#endif
