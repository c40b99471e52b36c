#include "kl_leaf.h"

#include "kl_canon.h"
#include "kl_line.h"
#include "kl_time.h"

#include <string.h>

bool kl_event_id_equal(
    const struct kl_event_id *left, const struct kl_event_id *right)
{
	return memcmp(left->bytes, right->bytes, sizeof(left->bytes)) == 0;
}

bool kl_is_token(const char *text, size_t size)
{
	if (size < 1 || size > KL_TOKEN_SIZE_MAX)
		return false;
	for (size_t i = 0; i < size; i++) {
		char c = text[i];

		if ((c < 'A' || c > 'Z') && (c < 'a' || c > 'z') &&
		    (c < '0' || c > '9') && c != '.' && c != '_' && c != ':' &&
		    c != '-')
			return false;
	}
	return size > 1 || *text != '-';
}

static bool is_token_text(const char *text)
{
	return kl_is_token(text, strlen(text));
}

static bool is_token_or_none(const char *text)
{
	return is_token_text(text) || strcmp(text, "-") == 0;
}

/* Nobody, or an organisation and a role. */
static bool is_by(const struct kl_leaf *leaf)
{
	if (!leaf->organisation || !leaf->role)
		return !leaf->organisation && !leaf->role;
	return is_token_or_none(leaf->organisation) &&
	       is_token_text(leaf->role);
}

static bool is_writable(const struct kl_leaf *leaf)
{
	return is_token_text(leaf->kind) && is_token_or_none(leaf->subject) &&
	       is_by(leaf) && leaf->at >= KL_TIME_MIN &&
	       leaf->at <= KL_TIME_MAX && leaf->seq <= (uint64_t)KL_INTEGER_MAX;
}

enum kl_result kl_leaf_write(struct kl_buf *out, const struct kl_leaf *leaf)
{
	char at[KL_TIME_TEXT], id[KL_EVENT_ID_HEX];
	json_auto_t *by = NULL, *value = NULL;
	size_t before = out->size;
	enum kl_result result;

	if (!is_writable(leaf) || !json_is_object(leaf->data))
		return KL_RANGE;
	kl_time_write(leaf->at, at);
	kl_hex(leaf->id.bytes, sizeof(leaf->id.bytes), id);
	by = leaf->organisation ? json_pack("{s:s, s:s}", "org",
				      leaf->organisation, "role", leaf->role)
				: json_object();
	value = json_pack("{s:s, s:O, s:O, s:s, s:s, s:I, s:s, s:i}", "at", at,
	    "by", by, "data", (json_t *)leaf->data, "id", id, "kind",
	    leaf->kind, "seq", (json_int_t)leaf->seq, "subject", leaf->subject,
	    "v", 1);
	if (!value)
		return KL_NO_MEMORY;
	result = kl_canon_write(out, value);
	if (!result && out->size - before > KL_LEAF_SIZE_MAX)
		return KL_TOO_LARGE;
	return result;
}

/* A token needs no escape. */
static void add_token(struct kl_buf *out, const char *name, const char *token)
{
	kl_buf_add_text(out, name);
	kl_buf_add_text(out, token);
	kl_buf_add_byte(out, '"');
}

enum kl_result kl_leaf_write_bytes(struct kl_buf *out,
    const struct kl_leaf *leaf, const void *data, size_t size)
{
	char at[KL_TIME_TEXT], id[KL_EVENT_ID_HEX];
	size_t before = out->size;
	enum kl_result result;

	if (!is_writable(leaf))
		return KL_RANGE;
	kl_time_write(leaf->at, at);
	kl_hex(leaf->id.bytes, sizeof(leaf->id.bytes), id);
	add_token(out, "{\"at\":\"", at);
	kl_buf_add_text(out, ",\"by\":{");
	if (leaf->organisation) {
		add_token(out, "\"org\":\"", leaf->organisation);
		add_token(out, ",\"role\":\"", leaf->role);
	}
	kl_buf_add_text(out, "},\"data\":");
	kl_buf_add(out, data, size);
	add_token(out, ",\"id\":\"", id);
	add_token(out, ",\"kind\":\"", leaf->kind);
	kl_buf_add_text(out, ",\"seq\":");
	kl_decimal_add(out, leaf->seq);
	add_token(out, ",\"subject\":\"", leaf->subject);
	kl_buf_add_text(out, ",\"v\":1}");
	result = kl_buf_result(out);
	if (!result && out->size - before > KL_LEAF_SIZE_MAX)
		return KL_TOO_LARGE;
	return result;
}

/* Nobody is {}, everybody else an organisation and a role. */
static bool read_by(json_t *by, struct kl_leaf *leaf)
{
	leaf->organisation = leaf->role = NULL;
	if (json_object_size(by) == 0)
		return json_is_object(by);
	return json_unpack(by, "{s:s, s:s !}", "org", &leaf->organisation,
		   "role", &leaf->role) == 0;
}

static enum kl_result read_members(json_t *value, struct kl_leaf *leaf)
{
	const char *at, *id;
	json_int_t seq, version;
	json_t *by, *data;

	if (json_unpack(value, "{s:s, s:o, s:o, s:s, s:s, s:I, s:s, s:I !}",
		"at", &at, "by", &by, "data", &data, "id", &id, "kind",
		&leaf->kind, "seq", &seq, "subject", &leaf->subject, "v",
		&version) ||
	    !read_by(by, leaf) || kl_time_read(at, strlen(at), &leaf->at) ||
	    kl_unhex(id, strlen(id), leaf->id.bytes, sizeof(leaf->id.bytes)))
		return KL_MALFORMED;
	leaf->data = data;
	leaf->seq = (uint64_t)seq;
	return seq >= 0 && version == 1 && is_writable(leaf) &&
		       json_is_object(data)
		   ? KL_OK
		   : KL_RANGE;
}

enum kl_result kl_leaf_read(
    const char *bytes, size_t size, json_t **value, struct kl_leaf *leaf)
{
	json_t *read = NULL;
	struct kl_leaf found;
	enum kl_result result;

	if (size > KL_LEAF_SIZE_MAX)
		return KL_TOO_LARGE;
	result = kl_canon_check(bytes, size, &read);
	if (!result)
		result = read_members(read, &found);
	if (result) {
		json_decref(read);
		return result;
	}
	*leaf = found;
	*value = read;
	return KL_OK;
}

struct kl_hash kl_leaf_seal(const uint8_t salt[static KL_SALT_SIZE],
    const void *event, size_t event_size)
{
	struct kl_hasher hasher;

	kl_hasher_init(&hasher);
	kl_hasher_add(&hasher, salt, KL_SALT_SIZE);
	kl_hasher_add(&hasher, event, event_size);
	return kl_hasher_end(&hasher);
}

enum kl_result kl_leaf_write_sealed(struct kl_buf *out, int64_t at,
    const struct kl_event_id *id, const struct kl_hash *digest)
{
	static const char begin[] = "{\"digest\":\"", end[] = "\"}";
	char data[sizeof(begin) + KL_HASH_HEX + sizeof(end)];
	const struct kl_leaf leaf = {
		.at = at, .id = *id, .kind = "sealed", .subject = "-"
	};
	size_t size = sizeof(begin) - 1 + KL_HASH_HEX - 1;

	memcpy(data, begin, sizeof(begin) - 1);
	kl_hash_hex(digest, data + sizeof(begin) - 1);
	memcpy(data + size, end, sizeof(end) - 1);
	return kl_leaf_write_bytes(out, &leaf, data, size + sizeof(end) - 1);
}
