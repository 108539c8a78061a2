/* What people say of themselves on a stream, or by REST through the bus; see presence.h. */
#include <stdio.h>

#include "base/id.h"
#include "push/ops.h"
#include "push/presence_impl.h"
#include "push/watch.h"
#include "wire/bus.h"

void
presence_keep_chosen(struct push *p, const struct account *a)
{
	char id[ID_TEXT];

	id_format(a->id, id);
	redis_sub_ask(p->bus, (const struct str[]){ STR("HSET"), STR(PRESENCE_STATUS), str_of(id),
	    str_of(presence_word((enum presence)a->chosen)) }, 4, NULL, NULL);
}

/* To the other nodes that have a connection of his. */
static void
tell_nodes(struct push *p, const struct account *a, const struct conn *c)
{
	char topic[BUS_TOPIC_MAX], body[64];
	struct bus_event e = { .subject = c->credential, .type = STR(PRESENCE_CONTROL_CHOSEN) };
	struct buf payload;

	snprintf(
	    body, sizeof(body), "{\"status\":\"%s\"}", presence_word((enum presence)a->chosen));
	e.body = str_of(body);
	bus_topic(a->id, topic);
	buf_init(&payload, 1024);
	bus_render(&payload, &e);
	if (buf_ok(&payload))
		redis_sub_publish(p->bus, str_of(topic), buf_str(&payload));
	buf_release(&payload);
}

/*
 * online and idle are about this connection. A connection that has chosen dnd or invisible and is
 * not idle takes that back by online: there is nothing else it could mean.
 */
enum err
presence_op(struct push *p, struct conn *c, const struct op_frame *f)
{
	struct account *a = account_at(p, c->account);
	enum presence status = f->status;

	if (status > PRESENCE_ONLINE || (status == PRESENCE_ONLINE && c->chose && !c->idle)) {
		c->chose = status > PRESENCE_ONLINE;
		a->chosen = (uint8_t)status;
		a->unstored = true;
		if (p->bus != NULL) {
			presence_keep_chosen(p, a);
			tell_nodes(p, a, c);
		}
	}
	c->idle = status == PRESENCE_IDLE;
	presence_look(p, c->account);
	return ERR_OK;
}

static void
set_idle(struct push *p, const struct account *a, int64_t credential, bool idle)
{
	for (uint32_t i = a->first; i != SLAB_NONE; i = conn_at(p, i)->next)
		if (conn_at(p, i)->credential == credential)
			conn_at(p, i)->idle = idle;
}

static void
take_status(struct push *p, uint32_t account, const struct bus_event *e, const struct json *body)
{
	struct account *a = account_at(p, account);
	bool stored = str_eq(e->type, STR(PRESENCE_CONTROL_STATUS));
	enum presence status;
	struct str word;

	if (!json_str(json_get(body, "status"), &word) || !presence_parse(word, &status) ||
	    status == PRESENCE_OFFLINE)
		return;
	if (status != PRESENCE_IDLE) {
		a->chosen = (uint8_t)status;
		a->unstored = !stored;
	}
	if (stored)
		set_idle(p, a, e->subject, status == PRESENCE_IDLE);
	presence_look(p, account);
}

static void
take_watch(struct push *p, uint32_t account, const struct bus_event *e, const struct json *body)
{
	int64_t ids[PRESENCE_WATCHED];
	size_t n;

	if (!watch_ids(json_get(body, "user_ids"), ids, &n))
		return;
	for (uint32_t i = account_at(p, account)->first; i != SLAB_NONE; i = conn_at(p, i)->next)
		if (conn_at(p, i)->credential == e->subject && conn_at(p, i)->state == CONN_LIVE)
			watch_set(p, conn_at(p, i), ids, n);
}

/* Until the database has answered nothing more is told. */
static void
ask_again(struct push *p, uint32_t account)
{
	for (uint32_t i = account_at(p, account)->first; i != SLAB_NONE; i = conn_at(p, i)->next)
		if (conn_at(p, i)->state == CONN_LIVE)
			watch_conn_lost(p, conn_at(p, i));
}

/* A choice that waits to be stored is newer than what is; but nobody is shown by mistake. */
static void
take_stored(struct push *p, uint32_t account, enum presence status)
{
	struct account *a = account_at(p, account);

	if (a->unstored && status != PRESENCE_INVISIBLE && status != (enum presence)a->chosen)
		return;
	a->chosen = (uint8_t)status;
	a->unstored = false;
	presence_look(p, account);
}

void
presence_told(struct push *p, uint32_t stream, struct str envelope)
{
	const struct stream *s = stream_at(p, stream);
	uint32_t account = idmap_get(&p->account_ids, s->id);
	enum presence status;
	struct json *root;
	struct arena a;
	struct str word;

	arena_init(&a, PUSH_JSON_MAX);
	if (s->kind == FEED_USER && json_parse(&a, envelope, &root) == ERR_OK &&
	    json_str(json_get(json_get(root, "data"), "status"), &word) &&
	    presence_parse(word, &status) && status >= PRESENCE_ONLINE) {
		if (account != SLAB_NONE)
			take_stored(p, account, status);
		presence_leaver_chose(p, s->id, status);
	}
	arena_release(&a);
}

bool
presence_control(struct push *p, uint32_t stream, const struct bus_event *e)
{
	uint32_t account = idmap_get(&p->account_ids, stream_at(p, stream)->id);
	struct json *body;
	struct arena a;

	if (event_kind(e->type) == EVENT_USER_UPDATED)
		presence_told(p, stream, e->body);
	if (!str_has_prefix(e->type, STR(PRESENCE_CONTROL)))
		return false;
	arena_init(&a, PUSH_JSON_MAX);
	if (account != SLAB_NONE && json_parse(&a, e->body, &body) == ERR_OK) {
		if (str_eq(e->type, STR(PRESENCE_CONTROL_WATCH)))
			take_watch(p, account, e, body);
		else if (str_eq(e->type, STR(PRESENCE_CONTROL_ASK)))
			ask_again(p, account);
		else
			take_status(p, account, e, body);
	}
	arena_release(&a);
	return true;
}
