/* The second pass: every text for itself, in the order of protocol §5. */
#include "kl_canon.h"
#include "kl_pack_private.h"

#include <stdio.h>
#include <string.h>

/* --- one text ------------------------------------------------------------- */

typedef enum kl_result reader(struct kl_pack_attempt *attempt, const char *text,
    size_t size, struct kl_fault *fault);

/* JSON stands on one line. */
static enum kl_result read_json(
    json_t **value, const char *text, size_t size, struct kl_fault *fault)
{
	enum kl_result result = kl_canon_check(text, size, value);

	*fault = (struct kl_fault){ 1, "no canonical JSON object" };
	return result;
}

#define READ_JSON(member)                                                      \
	static enum kl_result read_##member(struct kl_pack_attempt *attempt,   \
	    const char *text, size_t size, struct kl_fault *fault)             \
	{                                                                      \
		return read_json(&attempt->member, text, size, fault);         \
	}
#define READ_TEXT(member, kind)                                                \
	static enum kl_result read_##member(struct kl_pack_attempt *attempt,   \
	    const char *text, size_t size, struct kl_fault *fault)             \
	{                                                                      \
		return kl_##kind##_read(&attempt->member, text, size, fault);  \
	}

READ_JSON(notice)
READ_JSON(policy)
READ_TEXT(roster, roster)
READ_TEXT(names, names)
READ_TEXT(excluded, excluded)
READ_TEXT(declare, declare)
READ_TEXT(close, close)
READ_TEXT(draft, roster)
READ_TEXT(lock, lock)
READ_TEXT(seal, seal)
READ_TEXT(beacon, beacon)
READ_JSON(pulse)
READ_TEXT(seed, seed)
READ_TEXT(ranking, ranking)
READ_TEXT(annul, annul)

static const struct {
	enum kl_finding_code code;
	reader *read;
} forms[KL_PACK_TEXTS] = {
	[KL_PACK_NOTICE] = { KL_FINDING_FORM_NOTICE, read_notice },
	[KL_PACK_POLICY] = { KL_FINDING_FORM_POLICY, read_policy },
	[KL_PACK_ROSTER] = { KL_FINDING_FORM_ROSTER, read_roster },
	[KL_PACK_NAMES] = { KL_FINDING_FORM_NAMES, read_names },
	[KL_PACK_EXCLUDED] = { KL_FINDING_FORM_EXCLUDED, read_excluded },
	[KL_PACK_DECLARE] = { KL_FINDING_FORM_DECLARE, read_declare },
	[KL_PACK_CLOSE] = { KL_FINDING_FORM_CLOSE, read_close },
	[KL_PACK_DRAFT] = { KL_FINDING_FORM_DRAFT, read_draft },
	[KL_PACK_LOCK] = { KL_FINDING_FORM_LOCK, read_lock },
	[KL_PACK_SEAL] = { KL_FINDING_FORM_SEAL, read_seal },
	[KL_PACK_BEACON] = { KL_FINDING_FORM_BEACON, read_beacon },
	[KL_PACK_PULSE] = { KL_FINDING_FORM_PULSE, read_pulse },
	[KL_PACK_SEED] = { KL_FINDING_FORM_SEED, read_seed },
	[KL_PACK_RESULT] = { KL_FINDING_FORM_RESULT, read_ranking },
	[KL_PACK_ANNUL] = { KL_FINDING_FORM_ANNUL, read_annul },
};

/* Was it read? If not, put down why; lack of memory ends everything. */
static bool settle(struct kl_pack_attempt *attempt, enum kl_result result,
    enum kl_finding_code code, const char *name, const struct kl_fault *fault)
{
	if (result == KL_NO_MEMORY)
		attempt->result = KL_NO_MEMORY;
	else if (result)
		kl_pack_find_why(attempt, code, name, fault->line, fault->why);
	return !result;
}

static void read_texts(struct kl_pack_attempt *attempt)
{
	for (int i = 0; i < KL_PACK_TEXTS; i++) {
		const struct kl_file *file = attempt->texts[i];
		struct kl_fault fault = { 0 };

		if (!file)
			continue;
		attempt->sound[i] = settle(attempt,
		    forms[i].read(
			attempt, (const char *)file->bytes, file->size, &fault),
		    forms[i].code, kl_pack_name(i), &fault);
	}
}

/* --- texts with a name of their own --------------------------------------- */

static void read_commits(struct kl_pack_attempt *attempt)
{
	for (size_t i = 0; i < attempt->declare.party_count; i++) {
		struct kl_span party = attempt->declare.parties[i].id;
		struct kl_pack_commit *commit = &attempt->commits[i];
		struct kl_fault fault = { 0 };
		char name[KL_PARTY_ID_SIZE_MAX + 16];

		snprintf(name, sizeof(name), "commit-%.*s.txt", (int)party.size,
		    party.at);
		commit->file = kl_pack_use(attempt, name);
		if (!commit->file)
			continue;
		commit->hash =
		    kl_hash_of(commit->file->bytes, commit->file->size);
		settle(attempt,
		    kl_commit_read(&commit->commit,
			(const char *)commit->file->bytes, commit->file->size,
			&fault),
		    KL_FINDING_FORM_COMMIT, name, &fault);
	}
}

static const struct kl_file *use_replace(
    struct kl_pack_attempt *attempt, size_t number, char name[static 32])
{
	if (number == 0)
		snprintf(name, 32, "replace.txt");
	else
		snprintf(name, 32, "replace-%zu.txt", number + 1);
	return kl_pack_use(attempt, name);
}

/* replace.txt, replace-2.txt and so on without a gap. */
static void read_replaces(struct kl_pack_attempt *attempt)
{
	struct kl_pack_replace replace;
	struct kl_fault fault = { 0 };
	char name[40];

	attempt->replaces =
	    (struct kl_buf)KL_BUF(KL_PACK_FILES_MAX * sizeof(replace));
	while ((replace.file =
		    use_replace(attempt, attempt->replace_count, name))) {
		replace.hash =
		    kl_hash_of(replace.file->bytes, replace.file->size);
		settle(attempt,
		    kl_replace_read(&replace.replace,
			(const char *)replace.file->bytes, replace.file->size,
			&fault),
		    KL_FINDING_FORM_REPLACE, name, &fault);
		kl_buf_add(&attempt->replaces, &replace, sizeof(replace));
		if (kl_buf_result(&attempt->replaces)) {
			attempt->result = KL_NO_MEMORY;
			return;
		}
		attempt->replace_count++;
	}
}

/* --- log/ ----------------------------------------------------------------- */

static void read_marks(struct kl_pack_attempt *attempt)
{
	for (int i = 0; i < KL_PACK_MARKS; i++) {
		struct kl_pack_checkpoint *mark = &attempt->marks[i];
		enum kl_result result;

		mark->file = kl_pack_use(attempt, kl_pack_mark_name(i));
		if (!mark->file)
			continue;
		result = kl_note_read((const char *)mark->file->bytes,
		    mark->file->size, &mark->note);
		if (!result)
			result = kl_checkpoint_read(mark->note.text,
			    mark->note.text_size, &mark->checkpoint);
		if (!result && mark->checkpoint.size > KL_INTEGER_MAX)
			result = KL_RANGE;
		settle(attempt, result, KL_FINDING_FORM_CHECKPOINT,
		    kl_pack_mark_name(i), &(struct kl_fault){ 0 });
	}
}

static void read_steps(struct kl_pack_attempt *attempt)
{
	struct kl_fault fault = { 0 };

	attempt->steps_file = kl_pack_use(attempt, "log/consistency");
	if (attempt->steps_file)
		settle(attempt,
		    kl_steps_read(&attempt->steps,
			(const char *)attempt->steps_file->bytes,
			attempt->steps_file->size, &fault),
		    KL_FINDING_FORM_CONSISTENCY, "log/consistency", &fault);
}

void kl_pack_check_forms(struct kl_pack_attempt *attempt)
{
	read_texts(attempt);
	read_commits(attempt);
	read_replaces(attempt);
	if (attempt->options->bare)
		return;
	read_marks(attempt);
	read_steps(attempt);
	kl_pack_take_leaves(attempt);
}

void kl_pack_clear(struct kl_pack_attempt *attempt)
{
	struct kl_pack_leaf *leaves =
	    (struct kl_pack_leaf *)attempt->leaves.data;

	for (size_t i = 0; i < attempt->leaf_count; i++)
		json_decref(leaves[i].value);
	json_decref(attempt->notice);
	json_decref(attempt->policy);
	json_decref(attempt->pulse);
	kl_roster_clear(&attempt->roster);
	kl_roster_clear(&attempt->draft);
	kl_names_clear(&attempt->names);
	kl_excluded_clear(&attempt->excluded);
	kl_ranking_clear(&attempt->ranking);
	kl_buf_clear(&attempt->replaces);
	kl_buf_clear(&attempt->leaves);
}
