#include "domain/mark_keys.h"

#define SEQ_MAX ((1ll << 53) - 1)	/* beyond it a score is not exact */

static void
add(struct mark_command *c, struct str word)
{
	c->argv[c->argc++] = word;
}

static struct str
number(struct arena *a, int64_t v)
{
	return str_of(arena_printf(a, "%lld", (long long)v));
}

/* ZADD key GT [CH] seq member. With CH it answers 1 when the position is new or was raised. */
static void
raise_to(struct mark_command *c, struct str key, struct str seq, struct str member, bool tell)
{
	*c = (struct mark_command){ 0 };
	add(c, STR("ZADD"));
	add(c, key);
	add(c, STR("GT"));
	if (tell)
		add(c, STR("CH"));
	add(c, seq);
	add(c, member);
}

static void
expire(struct arena *a, struct mark_command *c, struct str key)
{
	*c = (struct mark_command){ 0 };
	add(c, STR("EXPIRE"));
	add(c, key);
	add(c, number(a, MARKS_OVERLAY_S));
}

static struct str
key_of(struct arena *a, char kind, int64_t id)
{
	return str_of(arena_printf(a, "m:%c:%lld", kind, (long long)id));
}

static void
score_of(struct mark_command *c, struct str key, struct str member)
{
	*c = (struct mark_command){ 0 };
	add(c, STR("ZSCORE"));
	add(c, key);
	add(c, member);
}

/* The order is mark_kept()'s. */
size_t
mark_commands(struct arena *a, const struct mark *m, struct mark_command out[MARK_COMMANDS])
{
	struct str account = number(a, m->account), channel = number(a, m->channel), seq = number(a, m->seq);
	struct str own = m->delivered ? key_of(a, 'd', m->channel) : key_of(a, 'r', m->account);
	struct str member = m->delivered ? account : channel;
	struct str dirty = str_of(arena_printf(a, "%lld:%lld:%c", (long long)m->account, (long long)m->channel,
	    m->delivered ? 'd' : 'r'));
	size_t n = 0;

	raise_to(&out[n++], STR("m:dirty"), seq, dirty, false);
	raise_to(&out[n++], own, seq, member, true);
	score_of(&out[n++], own, member);
	out[n] = (struct mark_command){ { STR("EXISTS"), STR("m:flusher") }, 2 };
	n++;
	out[n] = (struct mark_command){ { STR("ZCARD"), STR("m:dirty") }, 2 };
	n++;
	expire(a, &out[n++], own);
	if (!m->delivered && m->shown) {
		struct str others = key_of(a, 'c', m->channel);

		raise_to(&out[n++], others, seq, account, false);
		expire(a, &out[n++], others);
	}
	return n;
}

static bool
is_int(const struct redis_value *v)
{
	return v != NULL && v->kind == REDIS_INT;
}

bool
mark_kept(const struct mark *m, const struct redis_value *const answers[MARK_COMMANDS], struct mark_kept *out)
{
	bool others = m->delivered || !m->shown || is_int(answers[6]);

	if (!is_int(answers[0]) || !is_int(answers[1]) || !is_int(answers[3]) || !is_int(answers[4]) || !others)
		return false;
	out->moved = answers[1]->number > 0;
	out->seq = mark_score(answers[2]);
	out->safe = answers[3]->number > 0 && answers[4]->number <= MARKS_DIRTY_MAX;
	return true;
}

void
mark_look(struct arena *a, int64_t account, int64_t channel, struct mark_command *out)
{
	score_of(out, key_of(a, 'r', account), number(a, channel));
}

int64_t
mark_score(const struct redis_value *v)
{
	uint64_t seq;

	if (v == NULL || v->kind != REDIS_TEXT || !str_to_u64(v->text, SEQ_MAX, &seq))
		return 0;
	return (int64_t)seq;
}
