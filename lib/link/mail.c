#include "link/mail.h"

#include <curl/curl.h>
#include <stdio.h>
#include <string.h>

#define TRANSCRIPT 256

struct sending {
	struct str left;       /* of the message, not yet given to libcurl */
	char last[TRANSCRIPT]; /* the last line the server said */
	bool rcpt;	       /* the last thing we said was RCPT */
	bool over;	       /* … was QUIT: what comes now is no answer to the rest */
	bool heard;	       /* the server has said something since we did */
};

static size_t
give(char *to, size_t size, size_t n, void *ctx)
{
	struct sending *s = ctx;
	size_t most = size * n < s->left.len ? size * n : s->left.len;

	if (most > 0)
		memcpy(to, s->left.p, most);
	s->left = (struct str){ s->left.p + most, s->left.len - most };
	return most;
}

/* Keeps what the server said last: libcurl's own words do not always hold it. */
static int
listen_in(CURL *h, curl_infotype type, char *p, size_t n, void *ctx)
{
	struct sending *s = ctx;
	size_t most = n < TRANSCRIPT - 1 ? n : TRANSCRIPT - 1;

	(void)h;
	if (type == CURLINFO_HEADER_OUT) {
		s->over = str_has_prefix((struct str){ p, n }, STR("QUIT"));
		s->rcpt = s->over ? s->rcpt : str_has_prefix((struct str){ p, n }, STR("RCPT "));
	}
	if ((type == CURLINFO_HEADER_OUT && !s->over) || type == CURLINFO_DATA_OUT)
		s->heard = false;
	if (type != CURLINFO_HEADER_IN || s->over)
		return 0;
	s->heard = true;
	memcpy(s->last, p, most);
	s->last[most] = '\0';
	return 0;
}

static void
copy_line(char out[256], const char *text)
{
	size_t most = strlen(text) < 255 ? strlen(text) : 255;

	memcpy(out, text, most);
	out[most] = '\0';
	for (char *p = out; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = ' ';
	}
	for (size_t n = strlen(out); n > 0 && out[n - 1] == ' '; n--)
		out[n - 1] = '\0';
}

static void
note(CURL *h, CURLcode rc, const struct sending *s, const char *error, struct mail_said *said)
{
	char text[2 * TRANSCRIPT + 64];

	curl_easy_getinfo(h, CURLINFO_RESPONSE_CODE, &said->code);
	snprintf(text, sizeof(text), "%s%s%s", error[0] != '\0' ? error : curl_easy_strerror(rc),
	    s->last[0] != '\0' ? "; the server said: " : "", s->last);
	copy_line(said->text, text);
	said->answered = s->heard && said->code >= 400;
	said->refused = said->answered && s->rcpt && said->code >= 500 && said->code < 600;
}

static void
set_tls(CURL *h, const struct mail_server *s)
{
	static const long use[] = { [MAIL_TLS_REQUIRED] = CURLUSESSL_ALL,
		[MAIL_TLS_TRY] = CURLUSESSL_TRY,
		[MAIL_TLS_NONE] = CURLUSESSL_NONE };
	long checked = s->tls == MAIL_TLS_REQUIRED;

	curl_easy_setopt(h, CURLOPT_USE_SSL, use[s->tls]);
	curl_easy_setopt(h, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYPEER, checked);
	curl_easy_setopt(h, CURLOPT_SSL_VERIFYHOST, checked ? 2L : 0L);
	if (s->ca_file[0] != '\0') {
		curl_easy_setopt(h, CURLOPT_CAINFO, s->ca_file);
		curl_easy_setopt(h, CURLOPT_CAPATH, NULL);
	}
}

/* Only what SMTP needs, and nothing of the environment: no proxy, no .netrc, no signal. */
static void
set_server(CURL *h, const struct mail_server *s)
{
	char url[1024];

	snprintf(url, sizeof(url), "%s/%s", s->url, s->us);
	curl_easy_setopt(h, CURLOPT_URL, url);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(h, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
#else
	curl_easy_setopt(h, CURLOPT_PROTOCOLS, (long)(CURLPROTO_SMTP | CURLPROTO_SMTPS));
#endif
	curl_easy_setopt(h, CURLOPT_PROXY, "");
	curl_easy_setopt(h, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(h, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(h, CURLOPT_CONNECTTIMEOUT_MS, (long)MAIL_CONNECT_MS);
	curl_easy_setopt(h, CURLOPT_TIMEOUT_MS, (long)MAIL_TOTAL_MS);
	curl_easy_setopt(h, CURLOPT_SERVER_RESPONSE_TIMEOUT, MAIL_ANSWER_MS / 1000L);
	if (s->user[0] != '\0') {
		curl_easy_setopt(h, CURLOPT_USERNAME, s->user);
		curl_easy_setopt(h, CURLOPT_PASSWORD, s->password);
	}
	set_tls(h, s);
}

static enum err
perform(
    CURL *h, const char *from, struct curl_slist *to, struct str message, struct mail_said *said)
{
	char error[CURL_ERROR_SIZE] = "";
	struct sending sending = { .left = message };

	curl_easy_setopt(h, CURLOPT_MAIL_FROM, from);
	curl_easy_setopt(h, CURLOPT_MAIL_RCPT, to);
	curl_easy_setopt(h, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(h, CURLOPT_READFUNCTION, give);
	curl_easy_setopt(h, CURLOPT_READDATA, &sending);
	curl_easy_setopt(h, CURLOPT_INFILESIZE_LARGE, (curl_off_t)message.len);
	curl_easy_setopt(h, CURLOPT_DEBUGFUNCTION, listen_in);
	curl_easy_setopt(h, CURLOPT_DEBUGDATA, &sending);
	curl_easy_setopt(h, CURLOPT_VERBOSE, 1L);
	curl_easy_setopt(h, CURLOPT_ERRORBUFFER, error);
	CURLcode rc = curl_easy_perform(h);
	if (rc == CURLE_OK)
		return ERR_OK;
	note(h, rc, &sending, error, said);
	return ERR_UNAVAILABLE;
}

enum err
mail_send(const struct mail_server *s, const char *from, const char *to, struct str message,
    struct mail_said *said)
{
	static bool begun;
	CURL *h;

	*said = (struct mail_said){ 0 };
	if (!begun && curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return ERR_NO_MEMORY;
	begun = true;
	h = curl_easy_init();
	struct curl_slist *list = curl_slist_append(NULL, to);
	enum err e = ERR_NO_MEMORY;
	if (h != NULL && list != NULL) {
		set_server(h, s);
		e = perform(h, from, list, message, said);
	}
	curl_slist_free_all(list);
	curl_easy_cleanup(h);
	return e;
}
