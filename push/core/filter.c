#include "push/core/filter.h"

#include "base/heap.h"
#include "base/id.h"
#include "wire/bus.h"

struct filter {
	int64_t channels[FILTER_CHANNELS];
	uint32_t n_channels;
	uint32_t n_types;
	struct {
		char text[BUS_TYPE_MAX];
		uint8_t len;
		bool prefix;
	} types[FILTER_TYPES];
};

struct filter *
filter_new(void)
{
	return heap_alloc(sizeof(struct filter));
}

void
filter_free(struct filter *f)
{
	heap_free(f);
}

bool
filter_add_channels(struct filter *f, struct str list)
{
	while (list.p != NULL) {
		struct str item = str_trim(str_cut(&list, ','));

		if (f->n_channels == FILTER_CHANNELS ||
		    !id_parse(item, &f->channels[f->n_channels]))
			return false;
		f->n_channels++;
	}
	return true;
}

bool
filter_add_types(struct filter *f, struct str list)
{
	while (list.p != NULL) {
		struct str item = str_trim(str_cut(&list, ','));
		bool prefix = item.len > 2 && memcmp(item.p + item.len - 2, ".*", 2) == 0;

		if (prefix)
			item.len--;
		if (f->n_types == FILTER_TYPES || !bus_type_is_valid(item))
			return false;
		memcpy(f->types[f->n_types].text, item.p, item.len);
		f->types[f->n_types].len = (uint8_t)item.len;
		f->types[f->n_types++].prefix = prefix;
	}
	return true;
}

bool
filter_is_empty(const struct filter *f)
{
	return f->n_channels == 0 && f->n_types == 0;
}

void
filter_write(const struct filter *f, struct buf *channels, struct buf *types)
{
	for (uint32_t i = 0; i < f->n_channels; i++)
		buf_printf(channels, "%s%lld", i > 0 ? "," : "", (long long)f->channels[i]);
	for (uint32_t i = 0; i < f->n_types; i++)
		buf_printf(types, "%s%.*s%s", i > 0 ? "," : "", (int)f->types[i].len,
		    f->types[i].text, f->types[i].prefix ? "*" : "");
}

bool
filter_has_stream(const struct filter *f, int64_t stream)
{
	if (f == NULL || f->n_channels == 0)
		return true;
	for (uint32_t i = 0; i < f->n_channels; i++)
		if (f->channels[i] == stream)
			return true;
	return false;
}

bool
filter_has_type(const struct filter *f, struct str type)
{
	if (f == NULL || f->n_types == 0)
		return true;
	for (uint32_t i = 0; i < f->n_types; i++) {
		struct str t = { f->types[i].text, f->types[i].len };

		if (f->types[i].prefix ? str_has_prefix(type, t) : str_eq(type, t))
			return true;
	}
	return false;
}
