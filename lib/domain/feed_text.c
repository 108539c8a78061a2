/* The little that the daemon knows of envelopes. */
#include "base/clock.h"
#include "domain/feed.h"
#include "wire/json.h"

const char *
feed_kind_name(enum feed_kind kind)
{
	switch (kind) {
	case FEED_SERVER:
		return "server";
	case FEED_USER:
		return "user";
	case FEED_CHANNEL:
		break;
	}
	return "channel";
}

bool
feed_message_text(struct arena *a, struct str envelope, struct str *author, struct str *text)
{
	struct json *root, *data;
	struct str name, content;

	if (json_parse(a, envelope, &root) != ERR_OK)
		return false;
	data = json_get(root, "data");
	if (!json_str(json_get(json_get(data, "author"), "username"), &name) ||
	    !json_str(json_get(data, "content"), &content))
		return false;
	*author = name;
	*text = content;
	return true;
}

void
feed_typing_render(
    struct buf *out, int64_t channel, int64_t account, struct str person, struct str hidden)
{
	struct bus_event e = { .subject = account,
		.type = STR("typing.started"),
		.hidden = hidden };
	char at[25];
	struct buf body;

	clock_rfc3339(clock_wall_ms(), at);
	buf_init(&body, 8192);
	buf_printf(&body, "{\"type\":\"typing.started\",\"stream\":\"channel:%lld\",\"at\":\"%s\","
	    "\"data\":{\"channel_id\":\"%lld\",\"user\":%.*s}}",
	    (long long)channel, at, (long long)channel, STR_FMT(person));
	e.body = buf_str(&body);
	bus_render(out, &e);
	buf_release(&body);
}
