/* The first pass: which files there are, which must be, which must not. */
#include "kl_line.h"
#include "kl_pack_private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the index ------------------------------------------------------------ */

static int by_name(const void *left, const void *right)
{
	const struct kl_file *const *one = left, *const *other = right;

	return strcmp((*one)->name, (*other)->name);
}

enum kl_result kl_pack_index_make(
    struct kl_pack_index *index, const struct kl_file files[], size_t count)
{
	static const bool unused = false;

	*index = (struct kl_pack_index){
		.files = KL_BUF(KL_PACK_FILES_MAX * sizeof(void *)),
		.used = KL_BUF(KL_PACK_FILES_MAX * sizeof(unused)),
		.count = count,
	};
	if (count > KL_PACK_FILES_MAX)
		return KL_TOO_LARGE;
	for (size_t i = 0; i < count; i++) {
		const struct kl_file *file = &files[i];

		kl_buf_add(&index->files, &file, sizeof(file));
		kl_buf_add(&index->used, &unused, sizeof(unused));
	}
	if (kl_buf_result(&index->files) || kl_buf_result(&index->used))
		return KL_NO_MEMORY;
	if (count > 0)
		qsort(index->files.data, count, sizeof(void *), by_name);
	return KL_OK;
}

void kl_pack_index_clear(struct kl_pack_index *index)
{
	kl_buf_clear(&index->files);
	kl_buf_clear(&index->used);
}

static const struct kl_file **files_of(const struct kl_pack_index *index)
{
	return (const struct kl_file **)(void *)index->files.data;
}

const struct kl_file *kl_pack_use(
    struct kl_pack_attempt *attempt, const char *name)
{
	struct kl_pack_index *index = attempt->index;
	char whole[KL_PACK_NAME_MAX + 1];
	struct kl_file key = { .name = whole };
	const struct kl_file *sought = &key, **found;

	snprintf(whole, sizeof(whole), "%s%s", attempt->prefix, name);
	if (index->count == 0)
		return NULL;
	found = bsearch(
	    &sought, index->files.data, index->count, sizeof(sought), by_name);
	if (!found)
		return NULL;
	((bool *)index->used.data)[found - files_of(index)] = true;
	return *found;
}

/* --- names ---------------------------------------------------------------- */

static bool take(struct kl_span *name, const char *start)
{
	return kl_line_take_word(name, start);
}

static bool take_end(struct kl_span *name, const char *end)
{
	size_t size = strlen(end);

	if (name->size < size ||
	    memcmp(name->at + name->size - size, end, size) != 0)
		return false;
	name->size -= size;
	return true;
}

static bool is_number(struct kl_span digits, uint64_t least, uint64_t *number)
{
	return !kl_decimal_read(digits, KL_INTEGER_MAX, number) &&
	       *number >= least;
}

/* replace, replace-2, replace-3, … */
static bool is_replace(struct kl_span stem)
{
	uint64_t number;

	if (kl_span_is(stem, "replace"))
		return true;
	return take(&stem, "replace-") && is_number(stem, 2, &number);
}

static bool is_stem(struct kl_span stem)
{
	static const char *const stems[] = { "roster", "names", "excluded",
		"declare", "close", "draft", "lock", "seal", "beacon", "seed",
		"result", "annul" };

	for (size_t i = 0; i < sizeof(stems) / sizeof(*stems); i++)
		if (kl_span_is(stem, stems[i]))
			return true;
	if (take(&stem, "committed-") || take(&stem, "revealed-"))
		return kl_is_party_id(stem.at, stem.size);
	return is_replace(stem);
}

/* A name within log/. */
static bool is_log_name(struct kl_span name)
{
	for (int i = 0; i < KL_PACK_MARKS; i++)
		if (kl_span_is(name, kl_pack_mark_name(i) + strlen("log/")))
			return true;
	if (kl_span_is(name, "consistency"))
		return true;
	return (take_end(&name, ".leaf") || take_end(&name, ".proof")) &&
	       is_stem(name);
}

/* A name of the table of protocol §5: of this attempt, then `previous` is 0;
 * or of the earlier one of that number. */
static bool is_name(struct kl_span name, uint64_t *previous)
{
	struct kl_span number;

	*previous = 0;
	if (take(&name, "previous/")) {
		number = name;
		while (name.size > 0 && *name.at != '/') {
			name.at++;
			name.size--;
		}
		number.size -= name.size;
		if (!is_number(number, 1, previous) || !take(&name, "/"))
			return false;
	}
	for (int i = 0; i < KL_PACK_TEXTS; i++)
		if (kl_span_is(name, kl_pack_name(i)))
			return true;
	if (kl_span_is(name, "README.txt") || kl_span_is(name, "verify.sh"))
		return true;
	if (take(&name, "log/"))
		return is_log_name(name);
	if (!take_end(&name, ".txt"))
		return false;
	if (take(&name, "commit-"))
		return kl_is_party_id(name.at, name.size);
	return is_replace(name);
}

void kl_pack_check_names(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_index *index = attempt->index;
	const struct kl_file **files = files_of(index);

	for (size_t i = 0; i < index->count; i++) {
		const char *name = files[i]->name;
		uint64_t previous;

		if (!is_name(kl_span_of(name), &previous))
			kl_pack_find(attempt, KL_FINDING_FILE_NAME, name, 0);
		if (i > 0 && strcmp(files[i - 1]->name, name) == 0)
			kl_pack_find(attempt, KL_FINDING_FILE_TWICE, name, 0);
		if (files[i]->size > KL_TEXT_SIZE_MAX)
			kl_pack_find(attempt, KL_FINDING_FILE_SIZE, name, 0);
	}
}

/* What helps to check by hand is not checked itself, but is it ours? */
static void take_helper(struct kl_pack_attempt *attempt, const char *name)
{
	const struct kl_file *file = kl_pack_use(attempt, name);

	if (file && !kl_pack_knows_helper(name, file->bytes, file->size))
		kl_pack_warn(attempt->report, KL_WARNING_HELPER_UNKNOWN,
		    kl_span_of(file->name));
}

void kl_pack_take_texts(struct kl_pack_attempt *attempt)
{
	take_helper(attempt, "README.txt");
	take_helper(attempt, "verify.sh");
	for (int i = 0; i < KL_PACK_TEXTS; i++) {
		attempt->texts[i] = kl_pack_use(attempt, kl_pack_name(i));
		if (attempt->texts[i])
			attempt->hashes[i] = kl_hash_of(
			    attempt->texts[i]->bytes, attempt->texts[i]->size);
		else if (i <= KL_PACK_CLOSE && !attempt->told)
			kl_pack_find_in(attempt, KL_FINDING_FILE_MISSING, i, 0);
	}
}

/* --- what the texts ask for ----------------------------------------------- */

enum presence { NO, MAY, MUST };

/* How far an attempt comes that is closed for this reason. protocol §2, §5. */
static const struct {
	enum presence lock, seal;
} reached[] = {
	[KL_CLOSE_DRAWN] = { MUST, MUST },
	[KL_CLOSE_TOO_FEW] = { NO, NO },
	[KL_CLOSE_ABSENT] = { NO, NO },
	[KL_CLOSE_UNWITNESSED] = { MAY, NO },
	[KL_CLOSE_UNSEALED] = { MUST, MUST },
	[KL_CLOSE_WITHHELD] = { MUST, NO },
	[KL_CLOSE_BEACON] = { MUST, MUST },
	[KL_CLOSE_CANCELLED] = { MAY, MAY },
	[KL_CLOSE_PARTY] = { MUST, MUST },
};

/* A value that is not recorded cannot be asked for. */
static enum presence want_beacon(const struct kl_pack_attempt *attempt)
{
	enum kl_beacon_kind kind = attempt->declare.beacon.kind;

	if (kind == KL_BEACON_NONE)
		return NO;
	if (attempt->close.reason == KL_CLOSE_DRAWN)
		return MUST;
	if (!attempt->close.known || attempt->close.reason == KL_CLOSE_BEACON)
		return NO;
	return kind == KL_BEACON_PUBLIC || !attempt->texts[KL_PACK_SEAL] ? MAY
									 : MUST;
}

static enum presence want(
    const struct kl_pack_attempt *attempt, enum kl_pack_text text)
{
	bool drawn = attempt->close.reason == KL_CLOSE_DRAWN;

	switch (text) {
	case KL_PACK_NOTICE:
	case KL_PACK_POLICY:
	case KL_PACK_ROSTER:
	case KL_PACK_NAMES:
	case KL_PACK_EXCLUDED:
	case KL_PACK_DECLARE:
	case KL_PACK_CLOSE:
		return MUST;
	case KL_PACK_DRAFT:
		return kl_hash_equal(
			   &attempt->declare.draft, &attempt->declare.roster)
			   ? NO
			   : MUST;
	case KL_PACK_LOCK:
		return reached[attempt->close.reason].lock;
	case KL_PACK_SEAL:
		return attempt->texts[KL_PACK_LOCK]
			   ? reached[attempt->close.reason].seal
			   : NO;
	case KL_PACK_BEACON:
		return want_beacon(attempt);
	case KL_PACK_PULSE:
		return attempt->texts[KL_PACK_BEACON] &&
			       attempt->declare.beacon.kind == KL_BEACON_NIST
			   ? MUST
			   : NO;
	case KL_PACK_SEED:
	case KL_PACK_RESULT:
		return drawn ? MUST : NO;
	case KL_PACK_ANNUL:
		return drawn ? MAY : NO;
	}
	return NO;
}

static void demand(struct kl_pack_attempt *attempt, const char *name,
    enum presence presence, bool is_there)
{
	if (presence == MUST && !is_there)
		kl_pack_find(attempt, KL_FINDING_FILE_MISSING, name, 0);
	else if (presence == NO && is_there)
		kl_pack_find(attempt, KL_FINDING_FILE_UNEXPECTED, name, 0);
}

/* Only who was selected can be replaced. */
static void check_replaces(struct kl_pack_attempt *attempt)
{
	for (size_t i = 0; i < attempt->replace_count; i++) {
		char stem[KL_PACK_STEM_MAX], name[KL_PACK_STEM_MAX + 16];

		kl_pack_stem(&attempt->declare, KL_EVENT_REPLACED, i, stem);
		snprintf(name, sizeof(name), "%s.txt", stem);
		demand(attempt, name, NO, true);
	}
}

/* Has the seal the secret of this declared party? */
static bool is_revealed(const struct kl_pack_attempt *attempt, size_t number)
{
	struct kl_span party = attempt->declare.parties[number].id;

	for (size_t i = 0; i < attempt->seal.count; i++)
		if (kl_span_equal(attempt->seal.parties[i].party, party))
			return attempt->seal.parties[i].reveal == KL_REVEALED;
	return false;
}

/* A reveal for each secret of the seal, and no other. */
static void check_commits(struct kl_pack_attempt *attempt)
{
	const struct kl_declare *declare = &attempt->declare;

	for (size_t i = 0; i < declare->party_count; i++) {
		char name[KL_PARTY_ID_SIZE_MAX + 16];

		snprintf(name, sizeof(name), "commit-%.*s.txt",
		    (int)declare->parties[i].id.size,
		    declare->parties[i].id.at);
		demand(attempt, name, is_revealed(attempt, i) ? MUST : NO,
		    attempt->commits[i].file != NULL);
	}
}

static enum presence want_mark(
    const struct kl_pack_attempt *attempt, enum kl_pack_mark mark)
{
	enum presence early =
	    kl_close_may_lack_marks(attempt->close.reason) ? MAY : MUST;

	switch (mark) {
	case KL_PACK_DECLARED:
		return early;
	case KL_PACK_LOCKED:
		return attempt->texts[KL_PACK_LOCK] ? early : NO;
	case KL_PACK_SEALED:
		return attempt->texts[KL_PACK_SEAL] ? early : NO;
	case KL_PACK_CLOSED:
		return MUST;
	case KL_PACK_LAST:
		return attempt->texts[KL_PACK_ANNUL] ||
			       attempt->replace_count > 0
			   ? MUST
			   : NO;
	}
	return NO;
}

/* Has the event of this leaf a text, or a line of one, that needs it? */
static bool is_told(
    const struct kl_pack_attempt *attempt, const struct kl_pack_leaf *leaf)
{
	struct kl_span party;

	if (leaf->event == KL_EVENT_DRAFTED)
		return attempt->texts[KL_PACK_DRAFT] != NULL;
	if (leaf->event == KL_EVENT_REVEALED)
		return is_revealed(attempt, leaf->number);
	if (leaf->event != KL_EVENT_COMMITTED)
		return true;
	party = attempt->declare.parties[leaf->number].id;
	for (size_t i = 0; i < attempt->lock.count; i++)
		if (kl_span_equal(attempt->lock.parties[i].party, party))
			return !attempt->lock.parties[i].absent;
	return false;
}

static void check_leaves(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_leaf *leaves =
	    (const struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++) {
		const struct kl_pack_leaf *leaf = &leaves[i];
		bool some = leaf->leaf || leaf->proof_file;
		char name[KL_PACK_STEM_MAX + 16];

		if (!some && !is_told(attempt, leaf))
			continue;
		snprintf(name, sizeof(name), "log/%s.leaf", leaf->stem);
		demand(attempt, name, MUST, leaf->leaf != NULL);
		if (attempt->told)
			continue; /* from the log itself: that is proof */
		snprintf(name, sizeof(name), "log/%s.proof", leaf->stem);
		demand(attempt, name, MUST, leaf->proof_file != NULL);
	}
}

/* Files of the attempt that nothing has asked for. */
static void check_unused(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_index *index = attempt->index;
	const struct kl_file **files = files_of(index);
	size_t size = strlen(attempt->prefix);

	for (size_t i = 0; i < index->count; i++) {
		struct kl_span name = kl_span_of(files[i]->name);
		uint64_t previous;

		if (((const bool *)index->used.data)[i] ||
		    !take(&name, attempt->prefix) || take(&name, "previous/"))
			continue;
		if (attempt->options->bare && take(&name, "log/"))
			continue;
		if (is_name(kl_span_of(files[i]->name), &previous))
			kl_pack_find(attempt, KL_FINDING_FILE_UNEXPECTED,
			    files[i]->name + size, 0);
	}
}

/* In a log there is neither notice nor policy as a text, every draft, and of
 * an attempt that is not over what there is so far. */
static bool is_wanted(
    const struct kl_pack_attempt *attempt, enum kl_pack_text text)
{
	return !attempt->told ||
	       (text >= KL_PACK_ROSTER && text != KL_PACK_DRAFT &&
		   attempt->texts[KL_PACK_CLOSE]);
}

void kl_pack_check_presence(struct kl_pack_attempt *attempt)
{
	for (int i = 0; i < KL_PACK_TEXTS; i++)
		if (is_wanted(attempt, i))
			demand(attempt, kl_pack_name(i), want(attempt, i),
			    attempt->texts[i] != NULL);
	check_commits(attempt);
	if (attempt->told) {
		check_leaves(attempt);
		return;
	}
	if (attempt->close.reason != KL_CLOSE_DRAWN)
		check_replaces(attempt);
	if (!attempt->options->bare) {
		for (int i = 0; i < KL_PACK_MARKS; i++)
			demand(attempt, kl_pack_mark_name(i),
			    want_mark(attempt, i), attempt->marks[i].file);
		check_leaves(attempt);
	}
	check_unused(attempt);
}

void kl_pack_check_previous_names(struct kl_pack_attempt *attempt)
{
	const struct kl_pack_index *index = attempt->index;
	const struct kl_file **files = files_of(index);

	for (size_t i = 0; i < index->count; i++) {
		uint64_t previous;

		if (is_name(kl_span_of(files[i]->name), &previous) &&
		    (int64_t)previous >= attempt->declare.attempt)
			kl_pack_find(attempt, KL_FINDING_FILE_UNEXPECTED,
			    files[i]->name, 0);
	}
}
