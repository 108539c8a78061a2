#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/metric.h"

/* Upper bounds in microseconds; one more bucket takes the rest. */
static const int64_t bounds[] = { 500, 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000,
	500000, 1000000, 2500000, 5000000, 10000000 };

#define BUCKETS (sizeof(bounds) / sizeof(bounds[0]) + 1)

struct histogram {
	int64_t buckets[BUCKETS];	/* not cumulative */
	int64_t sum;
};

/* The file. Its layout is named by a hash of all names, so that another version's file is seen. */
struct page {
	char magic[8];
	uint64_t layout;
	int64_t slots[METRIC__MAX];
	struct histogram histograms[METRIC_H__MAX];
};

static const struct {
	const char *name, *kind, *help;
} metrics[] = {
#define X(name, kind, help) { #name, #kind, help },
#define H(name, help)
#include "base/metric.def"
#undef X
#undef H
};

static const struct {
	const char *name, *help;
} histograms[] = {
#define X(name, kind, help)
#define H(name, help) { #name, help },
#include "base/metric.def"
#undef X
#undef H
};

static struct page private_page;
static struct page *page = &private_page;

static uint64_t
hash_text(uint64_t h, const char *s)
{
	do {
		h = (h ^ (unsigned char)*s) * UINT64_C(1099511628211);	/* FNV-1a */
	} while (*s++ != '\0');
	return h;
}

static uint64_t
layout_hash(void)
{
	uint64_t h = UINT64_C(14695981039346656037) ^ sizeof(struct page);

	for (size_t i = 0; i < METRIC__MAX; i++)
		h = hash_text(hash_text(h, metrics[i].name), metrics[i].kind);
	for (size_t i = 0; i < METRIC_H__MAX; i++)
		h = hash_text(h, histograms[i].name);
	for (size_t i = 0; i < BUCKETS - 1; i++)
		h = (h ^ (uint64_t)bounds[i]) * UINT64_C(1099511628211);
	return h;
}

static void
fill_header(struct page *p)
{
	memcpy(p->magic, "mootmet1", sizeof(p->magic));
	p->layout = layout_hash();
}

static struct page *
map(int fd)
{
	struct page *p = mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	return p == MAP_FAILED ? NULL : p;
}

/* The existing file, when it is a regular file of exactly our layout; else NULL. A shorter one is
 * never mapped: touching what lies behind its end would be SIGBUS. */
static struct page *
map_existing(int dir)
{
	struct page head;
	struct page *p = NULL;
	struct stat st;
	int fd = openat(dir, "metrics", O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	memset(&head, 0, sizeof(head));
	fill_header(&head);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)sizeof(*p))
		p = map(fd);
	close(fd);
	if (p != NULL && memcmp(p, &head, offsetof(struct page, slots)) != 0) {
		munmap(p, sizeof(*p));
		p = NULL;
	}
	return p;
}

/* A new file under another name, with its blocks reserved (a full disk would be SIGBUS later),
 * then renamed: who has the old one mapped goes on undisturbed. */
static struct page *
map_new(int dir)
{
	struct page *p = NULL;
	int fd;

	unlinkat(dir, "metrics.new", 0);
	fd = openat(dir, "metrics.new", O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0660);
	if (fd < 0)
		return NULL;
	errno = posix_fallocate(fd, 0, sizeof(*p));
	if (errno == 0)
		p = map(fd);
	if (p != NULL) {
		fill_header(p);
		if (renameat(dir, "metrics.new", dir, "metrics") != 0) {
			munmap(p, sizeof(*p));
			p = NULL;
		}
	}
	if (p == NULL) {
		int saved = errno;

		unlinkat(dir, "metrics.new", 0);
		errno = saved;
	}
	close(fd);
	return p;
}

static struct page *
map_in(const char *run_dir)
{
	struct page *p = NULL;
	int dir = open(run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0)
		return NULL;
	/* Two processes starting at once must end with the same file. */
	if (flock(dir, LOCK_EX) == 0) {
		p = map_existing(dir);
		if (p == NULL)
			p = map_new(dir);
	}
	close(dir);
	return p;
}

void
metric_init(const char *run_dir)
{
	struct page *p = NULL;

	if (page != &private_page)
		munmap(page, sizeof(*page));
	memset(&private_page, 0, sizeof(private_page));
	page = &private_page;
	if (run_dir == NULL || run_dir[0] == '\0')
		return;
	p = map_in(run_dir);
	if (p != NULL)
		page = p;
	else
		log_warn("metrics are private to this process", lf_str("run_dir", run_dir),
		    lf_str("error", strerror(errno)));
}

void
metric_add(enum metric m, int64_t n)
{
	__atomic_fetch_add(&page->slots[m], n, __ATOMIC_RELAXED);
}

void
metric_set(enum metric m, int64_t v)
{
	__atomic_store_n(&page->slots[m], v, __ATOMIC_RELAXED);
}

int64_t
metric_get(enum metric m)
{
	return __atomic_load_n(&page->slots[m], __ATOMIC_RELAXED);
}

void
metric_observe(enum metric_histogram h, int64_t us)
{
	struct histogram *hist = &page->histograms[h];
	size_t i = 0;

	if (us < 0)
		us = 0;
	while (i < BUCKETS - 1 && us > bounds[i])
		i++;
	__atomic_fetch_add(&hist->buckets[i], 1, __ATOMIC_RELAXED);
	__atomic_fetch_add(&hist->sum, us, __ATOMIC_RELAXED);
}

static void
render_histogram(size_t h, struct buf *out)
{
	const char *name = histograms[h].name;
	const struct histogram *hist = &page->histograms[h];
	int64_t total = 0;

	buf_printf(
	    out, "# HELP moot_%s %s\n# TYPE moot_%s histogram\n", name, histograms[h].help, name);
	for (size_t i = 0; i < BUCKETS; i++) {
		total += __atomic_load_n(&hist->buckets[i], __ATOMIC_RELAXED);
		if (i < BUCKETS - 1)
			buf_printf(out, "moot_%s_bucket{le=\"%" PRId64 "\"} %" PRId64 "\n", name,
			    bounds[i], total);
		else
			buf_printf(out, "moot_%s_bucket{le=\"+Inf\"} %" PRId64 "\n", name, total);
	}
	buf_printf(out, "moot_%s_sum %" PRId64 "\nmoot_%s_count %" PRId64 "\n", name,
	    __atomic_load_n(&hist->sum, __ATOMIC_RELAXED), name, total);
}

void
metric_render(struct buf *out)
{
	for (size_t i = 0; i < METRIC__MAX; i++)
		buf_printf(out, "# HELP moot_%s %s\n# TYPE moot_%s %s\nmoot_%s %" PRId64 "\n",
		    metrics[i].name, metrics[i].help, metrics[i].name,
		    strcmp(metrics[i].kind, "GAUGE") == 0 ? "gauge" : "counter", metrics[i].name,
		    metric_get((enum metric)i));
	for (size_t i = 0; i < METRIC_H__MAX; i++)
		render_histogram(i, out);
}
