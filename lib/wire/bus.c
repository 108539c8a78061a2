#include "wire/bus.h"

#include <stdio.h>

#include "base/id.h"

#define VERSION "1"

void
bus_topic(int64_t stream, char out[BUS_TOPIC_MAX])
{
	snprintf(out, BUS_TOPIC_MAX, "s:%lld", (long long)stream);
}

bool
bus_topic_parse(struct str topic, int64_t *stream)
{
	return str_has_prefix(topic, STR("s:")) &&
	    id_parse((struct str){ topic.p + 2, topic.len - 2 }, stream);
}

static bool
take_number(struct str *rest, int64_t *out)
{
	struct str word = str_cut(rest, ' ');
	uint64_t v;

	if (rest->p == NULL || !str_to_u64(word, INT64_MAX, &v))
		return false;
	if (word.len > 1 && word.p[0] == '0')
		return false;
	*out = (int64_t)v;
	return true;
}

bool
bus_type_is_valid(struct str type)
{
	for (size_t i = 0; i < type.len; i++)
		if (!(type.p[i] >= 'a' && type.p[i] <= 'z') && type.p[i] != '.' && type.p[i] != '_')
			return false;
	return type.len > 0 && type.len <= BUS_TYPE_MAX;
}

bool
bus_body_is_valid(struct str body)
{
	if (body.len < 2 || body.len > BUS_BODY_MAX || body.p[0] != '{' ||
	    body.p[body.len - 1] != '}')
		return false;
	for (size_t i = 0; i < body.len; i++) {
		unsigned char c = (unsigned char)body.p[i];

		if (c < ' ' && c != '\n' && c != '\r' && c != '\t')
			return false;
	}
	return true;
}

static bool
hidden_is_valid(struct str hidden)
{
	int64_t id;

	if (hidden.len > BUS_HIDDEN_MAX)
		return false;
	while (hidden.p != NULL)
		if (!id_parse(str_cut(&hidden, ','), &id))
			return false;
	return true;
}

bool
bus_is_hidden(struct str hidden, int64_t account)
{
	int64_t id;

	while (hidden.p != NULL)
		if (id_parse(str_cut(&hidden, ','), &id) && id == account)
			return true;
	return false;
}

enum err
bus_parse(struct str payload, struct bus_event *out)
{
	struct str body = payload, line = str_cut(&body, '\n');
	struct bus_event e = { 0 };
	int64_t access;

	if (body.p == NULL || !str_eq(str_cut(&line, ' '), STR(VERSION)) || line.p == NULL)
		return ERR_BAD_REQUEST;
	if (!take_number(&line, &e.event_id) || !take_number(&line, &e.rev) ||
	    !take_number(&line, &e.parent) || !take_number(&line, &e.parent_rev) ||
	    !take_number(&line, &access) || !take_number(&line, &e.subject))
		return ERR_BAD_REQUEST;
	e.type = str_cut(&line, ' ');
	e.hidden = line;
	if (access >= BUS_ACCESS__MAX || !bus_type_is_valid(e.type) || !bus_body_is_valid(body))
		return ERR_BAD_REQUEST;
	if ((e.rev == 0) != (e.event_id == 0) || (e.rev == 0 && access != BUS_NONE))
		return ERR_BAD_REQUEST;
	if (!hidden_is_valid(e.hidden) || (e.hidden.p != NULL && e.rev > 0))
		return ERR_BAD_REQUEST;
	e.access = (enum bus_access)access;
	e.body = body;
	*out = e;
	return ERR_OK;
}

void
bus_render(struct buf *out, const struct bus_event *e)
{
	const int64_t numbers[] = { e->event_id, e->rev, e->parent, e->parent_rev,
		(int64_t)e->access, e->subject };

	buf_add_cstr(out, VERSION);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		buf_add_char(out, ' ');
		buf_add_u64(out, (uint64_t)numbers[i]);
	}
	buf_add_char(out, ' ');
	buf_add_str(out, e->type);
	if (e->hidden.p != NULL) {
		buf_add_char(out, ' ');
		buf_add_str(out, e->hidden);
	}
	buf_add_char(out, '\n');
	buf_add_str(out, e->body);
}
