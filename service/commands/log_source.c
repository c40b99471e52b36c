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
	*source = (struct audit_source){ .base = base, .copy = NULL };
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

static bool join(
    char whole[static URL_SIZE_MAX], const char *base, const char *path)
{
	if (snprintf(whole, URL_SIZE_MAX, "%s/%s", base, path) < URL_SIZE_MAX)
		return true;
	fprintf(stderr, "log: the name of the log is too long\n");
	return false;
}

/* Its memory serves again. */
static void empty(struct kl_buf *out)
{
	out->size = 0;
	out->result = KL_OK;
}

enum audit_got audit_folder_read(
    const char *folder, const char *path, struct kl_buf *out)
{
	char whole[URL_SIZE_MAX];
	int number;

	empty(out);
	if (!join(whole, folder, path))
		return AUDIT_UNREADABLE;
	number = file_read(whole, out);
	if (number == 0)
		return AUDIT_GOT;
	if (number == ENOENT || number == ENOTDIR)
		return AUDIT_MISSING;
	if (number == EFBIG)
		return AUDIT_TOO_LARGE;
	fprintf(stderr, "log: %s: %s\n", whole, strerror(number));
	return AUDIT_UNREADABLE;
}

enum audit_got audit_source_read(
    struct audit_source *source, const char *path, struct kl_buf *out)
{
	char whole[URL_SIZE_MAX];
	enum audit_got got = AUDIT_MISSING;

	if (source->copy)
		got = audit_copy_read(source, path, out);
	if (got != AUDIT_MISSING)
		return got;
	if (!source->curl)
		return audit_folder_read(source->base, path, out);
	empty(out);
	return join(whole, source->base, path) ? fetch(source, whole, out)
					       : AUDIT_UNREADABLE;
}

/* --- tiles ------------------------------------------------------------------
 */

enum audit_got audit_tile_read(struct audit_source *source, uint64_t size,
    int level, uint64_t index, struct audit_file *file)
{
	struct kl_tile tile = { level, index,
		kl_tile_width(size, level, index) };
	char path[KL_TILE_PATH];
	enum audit_got got;

	kl_tile_path(&tile, file->path);
	got = audit_source_read(source, file->path, &file->bytes);
	if (got != AUDIT_MISSING || tile.width == KL_TILE_WIDTH)
		return got;
	tile.width = KL_TILE_WIDTH;
	kl_tile_path(&tile, path);
	got = audit_source_read(source, path, &file->bytes);
	if (got == AUDIT_GOT)
		memcpy(file->path, path, sizeof(path));
	return got;
}

bool audit_locate(struct audit_source *source, uint64_t size, uint64_t index,
    char path[static KL_TILE_PATH], uint64_t *offset)
{
	struct audit_file file = { .bytes = KL_BUF(KL_BUNDLE_SIZE_MAX) };
	bool found =
	    index < size && audit_tile_read(source, size, KL_TILE_ENTRIES,
				index / KL_TILE_WIDTH, &file) == AUDIT_GOT;
	struct kl_bundle rest = { file.bytes.data, file.bytes.size };
	const uint8_t *entry = NULL;
	size_t entry_size;

	for (uint64_t i = 0; found && i <= index % KL_TILE_WIDTH; i++)
		found = rest.size > 0 &&
			!kl_bundle_next(&rest, &entry, &entry_size);
	if (found) {
		memcpy(path, file.path, sizeof(file.path));
		*offset = (uint64_t)(entry - file.bytes.data);
	}
	kl_buf_clear(&file.bytes);
	return found;
}
