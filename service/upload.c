#include "upload.h"

#include "clock.h"
#include "diary.h"
#include "kind.h"
#include "kl_attachment.h"
#include "query.h"
#include "route.h"
#include "upkeep.h"

#include <magic.h>
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { ID_SIZE = 16 };

/* libmagic knows no OFD: what it calls a ZIP, we look into. */
static const struct type {
	const char *said, *found, *suffix;
	bool (*too)(const uint8_t *bytes, size_t size);
} types[] = {
	{ "application/pdf", "application/pdf", "pdf", NULL },
	{ "image/png", "image/png", "png", NULL },
	{ "image/jpeg", "image/jpeg", "jpg", NULL },
	{ "application/ofd", "application/zip", "ofd", kl_attachment_is_ofd },
};
enum { TYPES = sizeof(types) / sizeof(*types) };

static struct {
	const struct config *config;
	pthread_mutex_t lock; /* of magic: it is no friend of threads */
	magic_t magic;
} uploads = { .lock = PTHREAD_MUTEX_INITIALIZER };

static const struct db_statement insert_part = {
	"INSERT INTO file_part (file, number, made_at, bytes) "
	"VALUES (?, ?, ?, ?)",
};

const struct db_statement *const upload_upkeeps[] = { &insert_part, NULL };

bool upload_open(const struct config *config)
{
	uploads.config = config;
	uploads.magic = magic_open(MAGIC_MIME_TYPE | MAGIC_ERROR);
	if (uploads.magic && magic_load(uploads.magic, NULL) == 0)
		return true;
	diary_write("uploads-failed", "{s:s}", "what", "libmagic");
	upload_close();
	return false;
}

void upload_close(void)
{
	if (uploads.magic)
		magic_close(uploads.magic);
	uploads.magic = NULL;
}

uint64_t upload_each_max(void)
{
	return uploads.config->upload_mb_each << 20;
}

static const struct type *type_said(const char *type)
{
	size_t size = strcspn(type, "; "), i = 0;

	while (i + 1 < TYPES && (strlen(types[i].said) != size ||
				    strncasecmp(types[i].said, type, size)))
		i++;
	return &types[i]; /* head.c has seen that it is one of them */
}

const char *upload_suffix(const char *type)
{
	return type_said(type)->suffix;
}

/* --- its name ------------------------------------------------------------- */

struct named {
	struct object object;
	const char *name;
};
static const struct member named_members[] = {
	MEMBER(named, name, MEMBER_TEXT, 1, UPLOAD_NAME_MAX, MEMBER_IN,
	    "of the file"),
	{ 0 },
};
static const struct kind named_kind = {
	.name = "Named",
	.size = sizeof(struct named),
	.members = named_members,
};

/* The rules of any text of ours, and those of names of files. */
static enum error read_name(struct request *request, const char **name)
{
	const char *given = request->headers[HEADER_FILE_NAME];
	const char *decoded =
	    given ? query_decode(&request->arena, given) : NULL;
	json_auto_t *body = NULL;
	struct named named = { 0 };
	enum error error;

	if (!decoded)
		return request_complain(request, "/name",
		    given ? "form" : "missing",
		    "请在 Klero-File-Name 中给出文件名,UTF-8 的百分号编码",
		    "give its name in Klero-File-Name, UTF-8 in percent "
		    "encoding",
		    NULL);
	body = json_pack("{s:s}", "name", decoded);
	if (!body)
		return ERR_INTERNAL;
	error = kind_read(request, &named_kind, body, &named);
	if (error)
		return error;
	if (kl_attachment_check(decoded))
		return request_complain(request, "/name", "form",
		    "文件名不得含路径、保留字符或保留名",
		    "must be no path and have no reserved characters", NULL);
	*name = decoded;
	return ERR_OK;
}

enum error upload_begin(struct request *request)
{
	size_t size_max = (size_t)uploads.config->upload_mb << 20;
	struct upload *upload = arena_alloc(&request->arena, sizeof(*upload));
	uint8_t id[ID_SIZE];
	enum error error;

	if (request->body_size == 0)
		return request_complain(request, "", "empty", "文件为空",
		    "the file is empty", NULL);
	if (request->body_size > size_max)
		return request_fail(request, ERR_TOO_LARGE, "不超过 {0} 字节",
		    "at most {0} bytes", request_number(request, size_max),
		    NULL);
	error = read_name(request, &upload->name);
	if (error)
		return error;
	randombytes_buf(id, sizeof(id));
	upload->id = arena_hex(&request->arena, id, sizeof(id));
	upload->type = type_said(request->headers[HEADER_CONTENT_TYPE])->said;
	kl_hasher_init(&upload->hasher);
	request->upload = upload;
	return ERR_OK;
}

/* --- its parts ------------------------------------------------------------ */

/* What the first part shows. */
static enum error check_content(
    struct request *request, const struct type *type)
{
	const char *found;
	bool same, judged;

	pthread_mutex_lock(&uploads.lock);
	found =
	    magic_buffer(uploads.magic, request->body_text, request->body_size);
	judged = found != NULL;
	same = judged && strcmp(found, type->found) == 0;
	pthread_mutex_unlock(&uploads.lock);
	if (!judged)
		return ERR_INTERNAL;
	if (same && type->too)
		same = type->too(
		    (const uint8_t *)request->body_text, request->body_size);
	if (same)
		return ERR_OK;
	return request_fail(request, ERR_MEDIA_TYPE, "文件内容不是 {0}",
	    "the content of the file is not {0}", type->said, NULL);
}

static void end(struct request *request)
{
	struct upload *upload = request->upload;
	struct kl_hash digest = kl_hasher_end(&upload->hasher);

	kl_hash_hex(&digest, upload->sha256);
	request->body_text = arena_format(&request->arena, "%s %s %s",
	    upload->sha256, upload->type, upload->name);
	request->body_size = strlen(request->body_text);
}

/* The last part may be empty. */
enum error upload_part(struct request *request)
{
	struct upload *upload = request->upload;
	size_t size = request->body_size;
	enum error error = ERR_OK;

	if (upload->count == 0)
		error = check_content(request, type_said(upload->type));
	if (!error && size > 0)
		error = upkeep_exec(&insert_part,
		    DB_IN(db_text(upload->id), db_u64(upload->count),
			db_time(clock_machine()),
			db_bytes(request->body_text, size)),
		    NULL);
	if (error)
		return error;
	kl_hasher_add(&upload->hasher, request->body_text, size);
	upload->size += size;
	upload->count++;
	if (request->part_ends)
		end(request);
	return ERR_OK;
}
