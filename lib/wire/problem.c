#include "wire/problem.h"

#include <stdio.h>

#define HEAD \
	"{\"type\":\"urn:moot:error:%s\",\"title\":\"%s\",\"status\":%d,\"code\":\"%s\"," \
	"\"detail\":"
#define HEAD_OF(i) (i)->code, (i)->title, (i)->http, (i)->code

const char *
http_reason(int status)
{
	static const struct {
		int status;
		const char *text;
	} reasons[] = {
		{ 200, "OK" },
		{ 201, "Created" },
		{ 202, "Accepted" },
		{ 204, "No Content" },
		{ 304, "Not Modified" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 403, "Forbidden" },
		{ 404, "Not Found" },
		{ 405, "Method Not Allowed" },
		{ 409, "Conflict" },
		{ 410, "Gone" },
		{ 412, "Precondition Failed" },
		{ 413, "Content Too Large" },
		{ 414, "URI Too Long" },
		{ 415, "Unsupported Media Type" },
		{ 422, "Unprocessable Content" },
		{ 429, "Too Many Requests" },
		{ 503, "Service Unavailable" },
	};

	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (reasons[i].status == status)
			return reasons[i].text;
	}
	return "Internal Server Error";
}

void
problem_render(struct buf *out, enum err e, struct str detail, struct str id, struct str more)
{
	const struct err_info *info = err_info(e);

	buf_printf(out, HEAD, HEAD_OF(info));
	buf_add_json(out, detail.len > 0 && info->http < 500 ? detail : str_of(info->title));
	buf_add_cstr(out, ",\"request_id\":");
	buf_add_json(out, id);
	buf_add_str(out, more);
	buf_add_char(out, '}');
}

size_t
problem_render_small(char out[PROBLEM_SMALL + 1], enum err e, struct str id)
{
	const struct err_info *info = err_info(e);
	int n = snprintf(out, PROBLEM_SMALL + 1, HEAD "\"%s\",\"request_id\":\"%.*s\"}",
	    HEAD_OF(info), info->title, STR_FMT(id));

	return n < 0 ? 0 : n > PROBLEM_SMALL ? PROBLEM_SMALL : (size_t)n;
}

void
problem_headers(struct buf *out, enum err e, struct str allow, int64_t retry_s)
{
	switch (err_info(e)->http) {
	case 401:
		buf_add_cstr(out, "WWW-Authenticate: Bearer realm=\"moot\"");
		buf_add_cstr(
		    out, e == ERR_TOKEN_EXPIRED ? ", error=\"invalid_token\"\r\n" : "\r\n");
		break;
	case 405:
		buf_printf(out, "Allow: %.*s\r\n", STR_FMT(allow));
		break;
	case 429:
		buf_printf(out, "Retry-After: %lld\r\n", (long long)(retry_s > 0 ? retry_s : 1));
		break;
	case 503:
		buf_printf(out, "Retry-After: %d\r\n", PROBLEM_RETRY_S);
		break;
	default:
		break;
	}
}
