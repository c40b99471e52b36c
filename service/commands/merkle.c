/* merkle.c -- klero merkle: roots and proofs of a log, computed by anybody. */
#include "command.h"
#include "kl_line.h"
#include "kl_proof.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINES_MAX = 256 << 20, PATH_TEXT_MAX = 65 * KL_PROOF_HASHES_MAX };

struct options {
	const char *old;   /* the size of an older tree: consistency */
	const char *note;  /* a checkpoint: the proof as a file with it */
	const char *proof; /* such a file */
	char **words;      /* what is left, from root, prove or check on */
	int count;
};

/* The leaves of a tree; whoever reads them frees them. */
struct leaves {
	struct kl_hash *list;
	size_t count;
};

static int usage(void)
{
	fprintf(stderr,
	    "usage: klero merkle root < ENTRIES\n"
	    "       klero merkle prove INDEX [--note CHECKPOINT] < ENTRIES\n"
	    "       klero merkle prove --old SIZE < ENTRIES\n"
	    "       klero merkle check INDEX SIZE LEAF ROOT < HASHES\n"
	    "       klero merkle check --old SIZE OLD_ROOT NEW_SIZE ROOT < "
	    "HASHES\n"
	    "       klero merkle check --proof FILE VKEY < ENTRY\n"
	    "  ENTRIES: one a line; HASHES, LEAF and roots: 64 hex digits\n");
	return COMMAND_UNUSABLE;
}

static int refuse(const char *why)
{
	fprintf(stderr, "merkle: %s\n", why);
	return COMMAND_REFUSED;
}

static int unusable(const char *why)
{
	fprintf(stderr, "merkle: %s\n", why);
	return COMMAND_UNUSABLE;
}

/* --- what is read --------------------------------------------------------- */

static bool read_size(const char *word, uint64_t *size)
{
	return !kl_decimal_read(kl_span_of(word), KL_TREE_SIZE_MAX, size);
}

static bool read_hash(const char *word, struct kl_hash *hash)
{
	return !kl_unhex(word, strlen(word), hash->bytes, sizeof(hash->bytes));
}

/* One entry a line, the newline not among its bytes. */
static bool read_leaves(struct leaves *leaves)
{
	struct kl_buf text = KL_BUF(LINES_MAX), hashes = KL_BUF(LINES_MAX);
	struct kl_span rest, line;
	struct kl_hash leaf;
	bool read = command_read("merkle", "-", &text);

	rest = (struct kl_span){ (const char *)text.data, text.size };
	while (read && rest.size > 0) {
		if (!kl_line_take(&rest, &line)) {
			line = rest;
			rest.size = 0;
		}
		leaf = kl_leaf_hash(line.at, line.size);
		kl_buf_add(&hashes, leaf.bytes, sizeof(leaf.bytes));
	}
	kl_buf_clear(&text);
	if (read && kl_buf_result(&hashes)) {
		fprintf(stderr, "merkle: too many entries\n");
		read = false;
	}
	if (!read)
		kl_buf_clear(&hashes);
	leaves->list = (struct kl_hash *)hashes.data; /* from malloc() */
	leaves->count = hashes.size / sizeof(struct kl_hash);
	return read;
}

/* The hashes of a proof, one a line. */
static bool read_path(struct kl_proof_path *path)
{
	struct kl_buf text = KL_BUF(PATH_TEXT_MAX);
	struct kl_span rest, line;
	bool good = command_read("merkle", "-", &text);

	path->count = 0;
	rest = (struct kl_span){ (const char *)text.data, text.size };
	while (good && path->count < KL_PROOF_HASHES_MAX &&
	       kl_line_take(&rest, &line)) {
		struct kl_hash *hash = &path->hashes[path->count++];

		good = !kl_unhex(
		    line.at, line.size, hash->bytes, sizeof(hash->bytes));
	}
	if (good && rest.size > 0)
		good = false;
	kl_buf_clear(&text);
	return good;
}

/* --- root and prove ------------------------------------------------------- */

static enum kl_result get_subtree(
    void *context, unsigned level, uint64_t index, struct kl_hash *hash)
{
	const struct leaves *leaves = context;
	size_t width = (size_t)1 << level;

	*hash = kl_merkle_root(leaves->list + (size_t)index * width, width);
	return KL_OK;
}

static int print_hash(const struct kl_hash *hash)
{
	char hex[KL_HASH_HEX];

	kl_hash_hex(hash, hex);
	return puts(hex) < 0 ? COMMAND_UNUSABLE : COMMAND_DONE;
}

static int print_root(const struct leaves *leaves)
{
	struct kl_hash root = kl_merkle_root(leaves->list, leaves->count);

	return print_hash(&root);
}

static int print_path(const struct kl_proof_path *path)
{
	int status = COMMAND_DONE;

	for (size_t i = 0; i < path->count && status == COMMAND_DONE; i++)
		status = print_hash(&path->hashes[i]);
	return status;
}

/* The proof as a file, with the checkpoint of this very tree. */
static int print_file(const char *path, struct kl_proof *proof, size_t size)
{
	struct kl_buf bytes = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf out = KL_BUF(KL_PROOF_SIZE_MAX);
	struct kl_checkpoint checkpoint;
	struct kl_note note;
	int status = COMMAND_UNUSABLE;

	if (!command_read("merkle", path, &bytes))
		return status;
	if (kl_note_read((const char *)bytes.data, bytes.size, &note) ||
	    kl_checkpoint_read(note.text, note.text_size, &checkpoint)) {
		status = unusable("the note is no checkpoint");
	} else if (checkpoint.size != size) {
		status = refuse("the checkpoint is of a tree of another size");
	} else {
		proof->checkpoint = (const char *)bytes.data;
		proof->checkpoint_size = bytes.size;
		if (!kl_proof_write(&out, proof))
			status = command_print(out.data, out.size);
	}
	kl_buf_clear(&bytes);
	kl_buf_clear(&out);
	return status;
}

static int prove_inclusion(const struct options *options, struct leaves *leaves,
    const struct kl_tree_source *source)
{
	struct kl_proof proof = { 0 };

	if (!read_size(options->words[1], &proof.index))
		return usage();
	if (kl_inclusion_make(proof.index, leaves->count, source, &proof.path))
		return refuse("there is no such entry");
	if (options->note)
		return print_file(options->note, &proof, leaves->count);
	return print_path(&proof.path);
}

static int prove_consistency(const struct options *options,
    struct leaves *leaves, const struct kl_tree_source *source)
{
	struct kl_proof_path path;
	uint64_t old_size;

	if (!read_size(options->old, &old_size))
		return usage();
	if (kl_consistency_make(old_size, leaves->count, source, &path))
		return refuse("the older tree is empty, or larger");
	return print_path(&path);
}

static int with_leaves(const struct options *options)
{
	struct leaves leaves = { 0 };
	struct kl_tree_source source = { get_subtree, &leaves };
	int status = COMMAND_UNUSABLE;

	if (!read_leaves(&leaves))
		return status;
	if (strcmp(options->words[0], "root") == 0)
		status = print_root(&leaves);
	else if (options->old)
		status = prove_consistency(options, &leaves, &source);
	else
		status = prove_inclusion(options, &leaves, &source);
	free(leaves.list);
	return status;
}

/* --- check ---------------------------------------------------------------- */

static int say(enum kl_result result)
{
	return result ? refuse("it does not prove it") : COMMAND_DONE;
}

static int check_inclusion(char *words[])
{
	struct kl_hash leaf, root;
	struct kl_proof_path path;
	uint64_t index, size;

	if (!read_size(words[0], &index) || !read_size(words[1], &size) ||
	    !read_hash(words[2], &leaf) || !read_hash(words[3], &root))
		return usage();
	if (!read_path(&path))
		return unusable("these are no hashes");
	return say(kl_inclusion_check(index, size, &leaf, &path, &root));
}

static int check_consistency(const char *old, char *words[])
{
	struct kl_hash old_root, new_root;
	struct kl_proof_path path;
	uint64_t old_size, new_size;

	if (!read_size(old, &old_size) || !read_hash(words[0], &old_root) ||
	    !read_size(words[1], &new_size) || !read_hash(words[2], &new_root))
		return usage();
	if (!read_path(&path))
		return unusable("these are no hashes");
	return say(kl_consistency_check(
	    old_size, new_size, &old_root, &new_root, &path));
}

/* The entry is stdin as it is: a newline would be one of its bytes. */
static int check_file(const char *file, const char *vkey)
{
	struct kl_buf bytes = KL_BUF(KL_PROOF_SIZE_MAX);
	struct kl_buf entry = KL_BUF(LINES_MAX);
	struct kl_checkpoint checkpoint;
	struct kl_note_key key;
	struct kl_proof proof;
	struct kl_hash leaf;
	struct kl_note note;
	int status = COMMAND_UNUSABLE;

	if (kl_note_key_read(vkey, strlen(vkey), &key))
		return unusable("VKEY: not a verifier key");
	if (command_read("merkle", file, &bytes) &&
	    command_read("merkle", "-", &entry)) {
		leaf = kl_leaf_hash(entry.data, entry.size);
		if (kl_proof_read(bytes.data ? (const char *)bytes.data : "",
			bytes.size, &proof))
			status = unusable("not a proof file");
		else
			status = say(kl_proof_verify(
			    &proof, &leaf, &key, &note, &checkpoint));
	}
	kl_buf_clear(&bytes);
	kl_buf_clear(&entry);
	return status;
}

/* --- the command ---------------------------------------------------------- */

static bool read_options(int argc, char *argv[], struct options *options)
{
	static const struct option names[] = {
		{ "old", required_argument, NULL, 'o' },
		{ "note", required_argument, NULL, 'n' },
		{ "proof", required_argument, NULL, 'p' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", names, NULL)) != -1) {
		if (option == 'o')
			options->old = optarg;
		else if (option == 'n')
			options->note = optarg;
		else if (option == 'p')
			options->proof = optarg;
		else
			return false;
	}
	options->words = argv + optind;
	options->count = argc - optind;
	return options->count > 0;
}

static int run(int argc, char *argv[])
{
	struct options options = { 0 };
	const char *what;
	int given;

	if (!read_options(argc, argv, &options))
		return usage();
	what = options.words[0];
	given = options.count - 1;
	if (strcmp(what, "root") == 0 && given == 0 && argc == 2)
		return with_leaves(&options);
	if (strcmp(what, "prove") == 0 && !options.proof &&
	    (options.old ? given == 0 && !options.note : given == 1))
		return with_leaves(&options);
	if (strcmp(what, "check") != 0 || options.note)
		return usage();
	if (options.proof && !options.old && given == 1)
		return check_file(options.proof, options.words[1]);
	if (options.old && !options.proof && given == 3)
		return check_consistency(options.old, options.words + 1);
	if (!options.old && !options.proof && given == 4)
		return check_inclusion(options.words + 1);
	return usage();
}

const struct command merkle_command = {
	"merkle",
	"roots and proofs of a log: root, prove, check",
	run,
};
