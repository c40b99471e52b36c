/* log_source.c -- where klero log check reads a log: a folder, an address. */
#include "command.h"
#include "file.h"
#include "log_audit.h"

#include <curl/curl.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { URL_SIZE_MAX = 4096, ANSWER_S_MAX = 60, OK = 200, NOT_FOUND = 404 };

static bool is_address(const char *base)
{
	return strncmp(base, "http://", 7) == 0 ||
	       strncmp(base, "https://", 8) == 0;
}

static size_t take(char *bytes, size_t size, size_t count, void *to)
{
	kl_buf_add(to, bytes, size * count);
	return kl_buf_result(to) ? 0 : size * count;
}

bool audit_source_open(struct audit_source *source, char *base)
{
	size_t size = strlen(base);

	while (size > 1 && base[size - 1] == '/')
		base[--size] = '\0';
	*source = (struct audit_source){ .base = base };
	if (!is_address(base))
		return true;
	if (curl_global_init(CURL_GLOBAL_DEFAULT))
		return false;
	source->curl = curl_easy_init();
	if (!source->curl)
		return false;
	curl_easy_setopt(source->curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(source->curl, CURLOPT_TIMEOUT, (long)ANSWER_S_MAX);
	curl_easy_setopt(source->curl, CURLOPT_NOSIGNAL, 1L);
	/* Bundles may come compressed; the limit is on what comes out. */
	curl_easy_setopt(source->curl, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(source->curl, CURLOPT_WRITEFUNCTION, take);
	return true;
}

void audit_source_close(struct audit_source *source)
{
	if (source->curl)
		curl_easy_cleanup(source->curl);
	source->curl = NULL;
}

static enum audit_got fetch(
    struct audit_source *source, const char *url, struct kl_buf *out)
{
	long status = 0;
	CURLcode code;

	curl_easy_setopt(source->curl, CURLOPT_URL, url);
	curl_easy_setopt(source->curl, CURLOPT_WRITEDATA, out);
	code = curl_easy_perform(source->curl);
	if (kl_buf_result(out) == KL_TOO_LARGE)
		return AUDIT_TOO_LARGE;
	if (code != CURLE_OK) {
		fprintf(stderr, "log: %s: %s\n", url, curl_easy_strerror(code));
		return AUDIT_UNREADABLE;
	}
	curl_easy_getinfo(source->curl, CURLINFO_RESPONSE_CODE, &status);
	if (status == OK)
		return AUDIT_GOT;
	if (status == NOT_FOUND)
		return AUDIT_MISSING;
	fprintf(stderr, "log: %s: status %ld\n", url, status);
	return AUDIT_UNREADABLE;
}

static enum audit_got open_file(const char *path, struct kl_buf *out)
{
	int number = file_read(path, out);

	if (number == 0)
		return AUDIT_GOT;
	if (number == ENOENT || number == ENOTDIR)
		return AUDIT_MISSING;
	if (number == EFBIG)
		return AUDIT_TOO_LARGE;
	fprintf(stderr, "log: %s: %s\n", path, strerror(number));
	return AUDIT_UNREADABLE;
}

enum audit_got audit_source_read(
    struct audit_source *source, const char *path, struct kl_buf *out)
{
	char whole[URL_SIZE_MAX];

	out->size = 0; /* its memory serves again */
	out->result = KL_OK;
	if (snprintf(whole, sizeof(whole), "%s/%s", source->base, path) >=
	    URL_SIZE_MAX) {
		fprintf(stderr, "log: the name of the log is too long\n");
		return AUDIT_UNREADABLE;
	}
	return source->curl ? fetch(source, whole, out) : open_file(whole, out);
}
