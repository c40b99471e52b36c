/* log_source.c -- where klero log check reads a log: a folder, an address. */
#include "command.h"
#include "fetch.h"
#include "file.h"
#include "log_audit.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum {
	PATH_SIZE = 4096,
	ANSWER_S_MAX = 60,
	TRIES_MAX = 5, /* of one who says that he is busy */
	PAUSE_S_MAX = 5,
	OK = 200,
	NOT_FOUND = 404,
	TOO_MANY = 429,
	BUSY = 503,
};

static bool is_address(const char *base)
{
	return strncmp(base, "http://", 7) == 0 ||
	       strncmp(base, "https://", 8) == 0;
}

void audit_source_open(struct audit_source *source, char *base)
{
	size_t size = strlen(base);

	while (size > 1 && base[size - 1] == '/')
		base[--size] = '\0';
	*source = (struct audit_source){ .base = base, .copy = NULL };
	if (is_address(base))
		source->fetch = fetch_open();
}

void audit_source_close(struct audit_source *source)
{
	fetch_close(source->fetch);
	source->fetch = NULL;
}

/* Who is busy says when to come again; a second, if he does not. */
static bool comes_again(const struct fetch_reply *reply, int tries)
{
	long pause_s = reply->retry_after_s;

	if ((reply->status != BUSY && reply->status != TOO_MANY) ||
	    tries == TRIES_MAX)
		return false;
	pause_s = pause_s < 1 ? 1 : pause_s;
	sleep((unsigned)(pause_s < PAUSE_S_MAX ? pause_s : PAUSE_S_MAX));
	return true;
}

/* Bundles may come compressed. */
static enum audit_got ask(
    struct audit_source *source, const char *url, struct kl_buf *out)
{
	const struct fetch_request request = {
		.url = url, .timeout_s = ANSWER_S_MAX, .compressed = true
	};
	struct fetch_reply reply;
	int tries = 0;
	bool whole;

	do
		whole = fetch_ask(source->fetch, &request, &reply, out);
	while (whole && comes_again(&reply, ++tries));
	if (!whole) {
		if (kl_buf_result(out) == KL_TOO_LARGE)
			return AUDIT_TOO_LARGE;
		fprintf(
		    stderr, "log: %s: %s\n", url, fetch_fault(source->fetch));
		return AUDIT_UNREADABLE;
	}
	if (reply.status == OK)
		return AUDIT_GOT;
	if (reply.status == NOT_FOUND)
		return AUDIT_MISSING;
	fprintf(stderr, "log: %s: status %ld\n", url, reply.status);
	return AUDIT_UNREADABLE;
}

static bool join(
    char whole[static PATH_SIZE], const char *base, const char *path)
{
	if (snprintf(whole, PATH_SIZE, "%s/%s", base, path) < PATH_SIZE)
		return true;
	fprintf(stderr, "log: the name of the log is too long\n");
	return false;
}

enum audit_got audit_folder_read(
    const char *folder, const char *path, struct kl_buf *out)
{
	char whole[PATH_SIZE];
	int number;

	kl_buf_empty(out);
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
	char whole[PATH_SIZE];
	enum audit_got got = AUDIT_MISSING;

	if (source->copy)
		got = audit_copy_read(source, path, out);
	if (got != AUDIT_MISSING)
		return got;
	if (!source->fetch)
		return audit_folder_read(source->base, path, out);
	return join(whole, source->base, path) ? ask(source, whole, out)
					       : AUDIT_UNREADABLE;
}

/* --- tiles ---------------------------------------------------------------- */

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
