/*
 * Strong and emphasised, struck out and spoiler. What opens waits until something closes it, or
 * something that began before it is closed: at most PENDING_MAX do, so the time is linear.
 */
#include "wire/markdown_inline.h"

#define PENDING_MAX 20	/* pairs that are open at once */
#define RUN_MAX 6	/* of * or _ or ~ or |; longer ones are text */

struct pending {
	size_t at;
	size_t n;	/* signs that are left, from at on */
	char sign;
};

struct pairs {
	struct pending open[PENDING_MAX];
	size_t n;
	size_t base;	/* those below were opened outside of the link that is being read */
};

/* May the run of n signs at i open and close: CommonMark 0.31, 6.2, with bytes beyond ASCII as
 * letters. */
static void
flanks(struct str s, size_t i, size_t n, bool *opens, bool *closes)
{
	char before = i == 0 ? ' ' : s.p[i - 1], after = i + n >= s.len ? ' ' : s.p[i + n];
	bool left = !md_is_space(after) && (!md_is_punct(after) || !md_is_word(before));
	bool right = !md_is_space(before) && (!md_is_punct(before) || !md_is_word(after));

	*opens = s.p[i] == '|' || (s.p[i] == '_' ? left && (!right || md_is_punct(before)) : left);
	*closes = s.p[i] == '|' || (s.p[i] == '_' ? right && (!left || md_is_punct(after)) : right);
}

static enum md_mark
opening(char sign, size_t n)
{
	if (sign == '~')
		return MD_STRUCK_OPEN;
	if (sign == '|')
		return MD_SPOILER_OPEN;
	return n == 2 ? MD_STRONG_OPEN : MD_EM_OPEN;
}

static struct pending *
find_open(struct pairs *x, char sign)
{
	for (size_t k = x->n; k > x->base; k--) {
		if (x->open[k - 1].sign == sign)
			return &x->open[k - 1];
	}
	return NULL;
}

/* The n signs at i close what they can; how many of them did. */
static size_t
close_pairs(struct md_para *p, struct pairs *x, size_t i, size_t n)
{
	char sign = p->s.p[i];
	size_t least = sign == '~' || sign == '|' ? 2 : 1, used = 0;
	struct pending *o;

	while (n - used >= least && (o = find_open(x, sign)) != NULL) {
		size_t take = n - used >= 2 && o->n >= 2 ? 2 : 1;

		o->n -= take;
		md_set(p, o->at + o->n, o->at + o->n + take, MD_HIDDEN);
		p->mark[o->at + o->n] = (uint8_t)opening(sign, take);
		md_set(p, i + used, i + used + take, MD_HIDDEN);
		p->mark[i + used] = (uint8_t)(opening(sign, take) + 1);
		used += take;
		x->n = (size_t)(o - x->open) + (o->n >= least);
	}
	return used;
}

void
md_find_pairs(struct md_para *p)
{
	struct pairs x = { .n = 0 };

	for (size_t i = 0; i < p->s.len; i++) {
		char c = p->s.p[i];
		bool opens, closes;

		if (p->mark[i] == MD_LINK_OPEN) {
			x.base = x.n;
		} else if (p->mark[i] == MD_LINK_CLOSE) {
			x.n = x.base;
			x.base = 0;
		}
		if (p->mark[i] != MD_PLAIN || (c != '*' && c != '_' && c != '~' && c != '|'))
			continue;
		size_t n = 1;
		while (i + n < p->s.len && p->s.p[i + n] == c && p->mark[i + n] == MD_PLAIN)
			n++;
		flanks(p->s, i, n, &opens, &closes);
		size_t used = n <= RUN_MAX && closes ? close_pairs(p, &x, i, n) : 0;
		if (opens && n <= RUN_MAX && n - used >= (c == '~' || c == '|' ? 2 : 1) &&
		    x.n < PENDING_MAX)
			x.open[x.n++] = (struct pending){ i + used, n - used, c };
		i += n - 1;
	}
}
