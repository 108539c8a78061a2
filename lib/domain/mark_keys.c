#include "domain/mark_keys.h"

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

struct str
mark_key(struct arena *a, char kind, int64_t id)
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

size_t
mark_commands(struct arena *a, const struct mark *m, struct mark_command out[MARK_COMMANDS])
{
	struct str account = number(a, m->account), channel = number(a, m->channel),
		   seq = number(a, m->seq);
	struct str own = m->delivered ? mark_key(a, 'd', m->channel) : mark_key(a, 'r', m->account);
	struct str member = m->delivered ? account : channel;
	struct str dirty = str_of(arena_printf(a, "%lld:%lld:%c", (long long)m->account,
	    (long long)m->channel, m->delivered ? 'd' : 'r'));
	size_t n = 0;

	raise_to(&out[n++], STR(MARKS_DIRTY), seq, dirty, false);
	raise_to(&out[n++], own, seq, member, true);
	expire(a, &out[n++], own);
	if (!m->delivered && m->shown) {
		struct str others = mark_key(a, 'c', m->channel);

		raise_to(&out[n++], others, seq, account, false);
		expire(a, &out[n++], others);
	}
	return n;
}

void
mark_questions(struct arena *a, const struct mark *m, struct mark_command out[MARK_QUESTIONS])
{
	if (m->delivered)
		score_of(&out[0], mark_key(a, 'd', m->channel), number(a, m->account));
	else
		mark_look(a, m->account, m->channel, &out[0]);
	out[1] = (struct mark_command){ { STR("EXISTS"), STR(MARKS_FLUSHER) }, 2 };
	out[2] = (struct mark_command){ { STR("ZCARD"), STR(MARKS_DIRTY) }, 2 };
}

static bool
is_int(const struct redis_value *v)
{
	return v != NULL && v->kind == REDIS_INT;
}

bool
mark_is_kept(const struct redis_value *dirty, const struct redis_value *own, bool *moved)
{
	if (!is_int(dirty) || !is_int(own))
		return false;
	*moved = own->number > 0;
	return true;
}

bool
mark_is_safe(const struct redis_value *flusher, const struct redis_value *dirty)
{
	return is_int(flusher) && flusher->number > 0 && is_int(dirty) &&
	    dirty->number <= MARKS_DIRTY_MAX;
}

void
mark_look(struct arena *a, int64_t account, int64_t channel, struct mark_command *out)
{
	score_of(out, mark_key(a, 'r', account), number(a, channel));
}

int64_t
mark_score(const struct redis_value *v)
{
	uint64_t seq;

	if (v == NULL || v->kind != REDIS_TEXT || !str_to_u64(v->text, MARK_SEQ_MAX, &seq))
		return 0;
	return (int64_t)seq;
}
