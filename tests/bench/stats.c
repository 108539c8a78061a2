#include "load.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Buckets of 1,024 ns up to 16 of them, then 16 for each power of two. */
static size_t
bucket_of(int64_t ns)
{
	uint64_t v = ns < 0 ? 0 : (uint64_t)ns >> 10;
	int e;

	if (v < 16)
		return (size_t)v;
	e = 63 - __builtin_clzll(v);
	return (size_t)(e - 3) * 16 + ((v >> (e - 4)) & 15);
}

/* The middle of a bucket, in microseconds. */
static double
bucket_us(size_t i)
{
	double low, width = 1;

	if (i < 16) {
		low = (double)i;
	} else {
		width = (double)(UINT64_C(1) << (i / 16 - 1));
		low = (double)(16 + i % 16) * width;
	}
	return (low + width / 2) * 1.024;
}

void
stats_note(int64_t ns)
{
	load.buckets[bucket_of(ns)]++;
	if (ns > load.max_ns)
		load.max_ns = ns;
}

void
stats_reset(void)
{
	memset(load.buckets, 0, sizeof(load.buckets));
	load.delivered = load.duplicate = load.lost = load.bytes = load.reads = 0;
	load.max_ns = load.last_ns = 0;
	__atomic_store_n(&load.shared->delivered, 0, __ATOMIC_RELAXED);
	for (uint32_t i = 0; i < load.n; i++) {
		struct conn *c = &load.conns[i];

		c->next = load.base;
		c->delivered = c->duplicate = c->lost = c->resets = c->byes = c->closes =
		    c->refused = 0;
		c->caught_ns = c->revoked_ns = c->live_ns = 0;
	}
}

static double
percentile_us(double part)
{
	uint64_t want = (uint64_t)((double)load.delivered * part), sum = 0;

	for (size_t i = 0; i < BUCKETS; i++) {
		sum += load.buckets[i];
		if (sum > want)
			return bucket_us(i);
	}
	return (double)load.max_ns / 1000;
}

static int
by_size(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

/* p50, p99 and maximum since the cut, of those that have the time; how many have it. */
static void
since_cut(const char *name, size_t offset)
{
	int64_t *v = malloc((load.n + 1) * sizeof(*v));
	uint32_t n = 0;

	if (v == NULL)
		die("no memory");
	for (uint32_t i = 0; i < load.n; i++) {
		int64_t t = *(int64_t *)(void *)((char *)&load.conns[i] + offset);

		if (t > load.cut_ns)
			v[n++] = t - load.cut_ns;
	}
	qsort(v, n, sizeof(*v), by_size);
	printf(",\"%s\":%u,\"%s_ms\":[%.1f,%.1f,%.1f]", name, n, name,
	    n == 0 ? 0 : (double)v[n / 2] / 1e6,
	    n == 0 ? 0 : (double)v[(uint64_t)n * 99 / 100] / 1e6,
	    n == 0 ? 0 : (double)v[n - 1] / 1e6);
	free(v);
}

void
stats_report(void)
{
	uint64_t resets = 0, byes = 0, closes = 0, refused = 0, opens = 0;

	for (uint32_t i = 0; i < load.n; i++) {
		const struct conn *c = &load.conns[i];

		resets += c->resets;
		byes += c->byes;
		closes += c->closes;
		refused += c->refused;
		opens += c->opens;
	}
	printf("{\"ready\":%u,\"failed\":%u,\"delivered\":%llu,\"duplicate\":%llu,\"lost\":%llu,"
	       "\"bytes\":%llu,\"reads\":%llu,\"last_ns\":%lld,\"resets\":%llu,\"byes\":%llu,"
	       "\"closes\":%llu,"
	       "\"refused\":%llu,\"opens\":%llu,\"now_ns\":%lld,\"cut_ns\":%lld",
	    load.ready, load.failed, (unsigned long long)load.delivered,
	    (unsigned long long)load.duplicate, (unsigned long long)load.lost,
	    (unsigned long long)load.bytes, (unsigned long long)load.reads, (long long)load.last_ns,
	    (unsigned long long)resets, (unsigned long long)byes, (unsigned long long)closes,
	    (unsigned long long)refused, (unsigned long long)opens, (long long)now_ns(),
	    (long long)load.cut_ns);
	printf(",\"us\":{\"p50\":%.1f,\"p90\":%.1f,\"p99\":%.1f,\"p999\":%.1f,\"max\":%.1f}",
	    percentile_us(.5), percentile_us(.9), percentile_us(.99), percentile_us(.999),
	    (double)load.max_ns / 1000);
	since_cut("back", offsetof(struct conn, ready_ns));
	since_cut("caught", offsetof(struct conn, caught_ns));
	since_cut("revoked", offsetof(struct conn, revoked_ns));
	since_cut("live", offsetof(struct conn, live_ns));
	printf("}\n");
	fflush(stdout);
}

void
stats_dump(const char *path)
{
	FILE *f = fopen(path, "w");

	if (f == NULL)
		die("%s: cannot be written", path);
	for (uint32_t i = 0; i < load.n; i++) {
		const struct conn *c = &load.conns[i];

		fprintf(f,
		    "{\"state\":%d,\"next\":%u,\"delivered\":%u,\"duplicate\":%u,\"lost\":%u,"
		    "\"resets\":%u,"
		    "\"closes\":%u,\"opens\":%u,\"tries\":%u,\"bye_code\":%u,\"revoked_ns\":%lld}"
		    "\n",
		    c->state, c->next, c->delivered, c->duplicate, c->lost, c->resets, c->closes,
		    c->opens, c->tries, c->bye_code, (long long)c->revoked_ns);
	}
	fclose(f);
	printf("{}\n");
	fflush(stdout);
}
