/* An entry read where it stands is the entry that kl_leaf_read() reads; so is
 * any canonical object what kl_canon_check() takes for one. */
#include "kl_canon.h"
#include "kl_view.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct kl_leaf *leaf, const struct kl_view *view)
{
	struct kl_buf data = KL_BUF(KL_LEAF_SIZE_MAX);
	enum kl_result result = kl_canon_write(&data, leaf->data);

	assert(result == KL_OK && data.size == view->data.size);
	assert(memcmp(data.data, view->data.at, data.size) == 0);
	kl_buf_clear(&data);
	assert(leaf->at == view->at && leaf->seq == view->seq);
	assert(memcmp(&leaf->id, &view->id, sizeof(leaf->id)) == 0);
	assert(kl_span_is(view->kind, leaf->kind));
	assert(kl_span_is(view->subject, leaf->subject));
	assert(kl_span_is(
	    view->organisation, leaf->organisation ? leaf->organisation : ""));
	assert(kl_span_is(view->role, leaf->role ? leaf->role : ""));
}

/* Each member is found where it is, and its text as it is. */
static void compare_members(const json_t *object, struct kl_span text)
{
	struct kl_buf said = KL_BUF(KL_TEXT_SIZE_MAX);
	const char *name;
	json_t *member;

	json_object_foreach ((json_t *)object, name, member) {
		struct kl_span value;

		if (strpbrk(name, "\"\\"))
			continue;
		assert(kl_scan_member(text, name, &value));
		said.size = 0;
		if (!json_is_string(member))
			continue;
		assert(kl_scan_text(value, &said));
		assert(said.size == json_string_length(member));
		assert(said.size == 0 ||
		       memcmp(said.data, json_string_value(member),
			   said.size) == 0);
	}
	kl_buf_clear(&said);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	const char *text = (const char *)bytes;
	json_auto_t *value = NULL, *object = NULL;
	struct kl_leaf leaf;
	struct kl_view view;
	enum kl_result result = kl_leaf_read(text, size, &value, &leaf);
	bool canonical = kl_canon_check(text, size, &object) == KL_OK;

	assert(kl_view_read(text, size, &view) == result);
	if (!result)
		compare(&leaf, &view);
	assert(canonical == (size > 0 && *text == '{' &&
				kl_scan_value(text, size, 0) == size));
	if (canonical)
		compare_members(object, (struct kl_span){ text, size });
	return 0;
}
