#include "site.h"

#include "diary.h"
#include "file.h"
#include "kl_hash.h"

#include <stdlib.h>
#include <string.h>

enum { ETAG_BYTES = 16, QUOTED = 2 };

/* The name of what is in this folder changes with its content. */
#define LASTING       "assets/"
#define CACHE_LASTING "public, max-age=31536000, immutable"
#define CACHE_PAGE    "public, max-age=0, must-revalidate"

/* To be kept and opened from a disk: it brings its own policy. */
#define KEPT          "verify.html"

/* What all pages but that are. */
#define DOCUMENT      "index.html"

static const struct {
	const char *end, *type;
} types[] = {
	{ ".html", "text/html; charset=utf-8" },
	{ ".js", "text/javascript; charset=utf-8" },
	{ ".mjs", "text/javascript; charset=utf-8" },
	{ ".css", "text/css; charset=utf-8" },
	{ ".svg", "image/svg+xml" },
	{ ".txt", "text/plain; charset=utf-8" },
};

static struct {
	struct file {
		char *path;
		struct page *page;
	} * files;
	size_t count;
	char *document;
} site;

static const char *type_of(const char *path)
{
	size_t size = strlen(path);

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		size_t end = strlen(types[i].end);

		if (size > end && strcmp(path + size - end, types[i].end) == 0)
			return types[i].type;
	}
	return NULL;
}

static struct page *make(
    const char *path, const char *type, const struct kl_file *file)
{
	char etag[2 * ETAG_BYTES + QUOTED + 1] = "\"";
	struct kl_hash hash = kl_hash_of(file->bytes, file->size);
	bool lasting = strncmp(path, LASTING, strlen(LASTING)) == 0;
	bool page = strcmp(type, types[0].type) == 0;
	struct page_parts parts = {
		.content_type = type,
		.cache_control = lasting ? CACHE_LASTING : CACHE_PAGE,
		.etag = etag,
		.policy = page ? SITE_POLICY : NULL,
		.body = file->bytes,
		.body_size = file->size,
	};

	kl_hex(hash.bytes, ETAG_BYTES, etag + 1);
	strcat(etag, "\"");
	if (strcmp(path, KEPT) == 0) {
		parts.policy = NULL;
		parts.disposition = "attachment; filename=\"" KEPT "\"";
	}
	return page_make(&parts);
}

static void take(const struct kl_file *file)
{
	struct file *to = &site.files[site.count];
	const char *type = type_of(file->name);

	if (!type)
		return;
	to->path = strdup(file->name);
	if (!to->path)
		abort();
	to->page = make(file->name, type, file);
	site.count++;
	if (strcmp(file->name, DOCUMENT) != 0)
		return;
	site.document = strndup((const char *)file->bytes, file->size);
	if (!site.document)
		abort();
}

void site_open(const struct config *config)
{
	struct files files = { 0 };
	int number;

	if (strcmp(config->web_root, "none") == 0)
		return;
	number = file_read_folder(config->web_root, &files);
	if (number) {
		diary_write("no-pages", "{s:s, s:s}", "folder",
		    config->web_root, "why", strerror(number));
		return;
	}
	site.files = calloc(files.count + 1, sizeof(*site.files));
	if (!site.files)
		abort();
	for (size_t i = 0; i < files.count; i++)
		take(&files.list[i]);
	files_clear(&files);
}

void site_close(void)
{
	for (size_t i = 0; i < site.count; i++) {
		page_release(site.files[i].page);
		free(site.files[i].path);
	}
	free(site.files);
	free(site.document);
	site.document = NULL;
	site.files = NULL;
	site.count = 0;
}

bool site_is_there(void)
{
	return site.count > 0;
}

const char *site_document(void)
{
	return site.document;
}

/* There are a few dozen. */
struct page *site_find(const char *path)
{
	for (size_t i = 0; i < site.count; i++)
		if (strcmp(site.files[i].path, path) == 0)
			return page_hold(site.files[i].page);
	return NULL;
}
