/* policy.h -- the default policy, and what is changed in it. */
#ifndef POLICY_H
#define POLICY_H

#include "kl_policy.h"
#include "vectors.h"

#define POLICY "ops/data/policy.json"

enum { FAULTS_MAX = 128 };

/* The caller's, to json_decref(). */
static inline json_t *json_of(const char *text)
{
	json_error_t why;
	json_t *value = json_loads(text, JSON_DECODE_ANY, &why);

	if (!value)
		fail_msg("%s: %s", text, why.text);
	return value;
}

/* Put `value`, which is taken over, at the path; NULL removes what is there. */
static inline void put_value(json_t *profile, const char *path, json_t *value)
{
	const char *name = strrchr(path, '.');
	json_t *folder = profile;
	char in[KL_POLICY_POINTER_SIZE] = "";

	if (name) {
		memcpy(in, path, (size_t)(name - path));
		folder = kl_policy_at(profile, in);
	}
	name = name ? name + 1 : path;
	assert_int_equal(value ? json_object_set_new(folder, name, value)
			       : json_object_del(folder, name),
	    0);
}

static inline void put(json_t *profile, const char *path, const char *text)
{
	put_value(profile, path, text ? json_of(text) : NULL);
}

/* One member of a profile, and what is put there. */
struct change {
	const char *path, *text;
};

/* The default policy with some changes; a path of NULL ends them. */
static inline json_t *changed(const struct change changes[], size_t limit)
{
	json_t *profile = vectors_load(POLICY);

	for (size_t i = 0; i < limit && changes[i].path; i++)
		put(profile, changes[i].path, changes[i].text);
	return profile;
}

/* --- what is wrong -------------------------------------------------------- */

static inline void assert_words(
    const struct kl_policy_words *words, const char *path)
{
	if (!words->chinese || !words->chinese[0] || !words->english ||
	    !words->english[0])
		fail_msg("%s lacks words", path);
}

/* Each "code pointer", in order, separated by ", ". */
static inline void assert_faults(const json_t *profile, const char *expected)
{
	struct kl_policy_fault faults[FAULTS_MAX];
	size_t count = kl_policy_check(profile, faults, FAULTS_MAX);
	struct kl_buf told = KL_BUF(1 << 16);

	assert_true(count <= FAULTS_MAX);
	for (size_t i = 0; i < count; i++) {
		kl_buf_add_text(&told, i > 0 ? ", " : "");
		kl_buf_add_text(&told, faults[i].code);
		kl_buf_add_byte(&told, ' ');
		kl_buf_add_text(&told, faults[i].pointer);
		assert_words(&faults[i].what, faults[i].pointer);
		assert_true(faults[i].minimum <= faults[i].maximum);
	}
	kl_buf_add_byte(&told, 0);
	assert_int_equal(kl_buf_result(&told), KL_OK);
	assert_string_equal((const char *)told.data, expected);
	kl_buf_clear(&told);
}

#endif
