/* kl_walk.h -- one description of a text, walked to read it or to write it. */
#ifndef KL_WALK_H
#define KL_WALK_H

#include "kl_declare.h"
#include "kl_text.h"

/*
 * Only for the texts of lib. A function describes a text as a row of steps;
 * each step takes a field from the text when reading and puts it into the
 * buffer when writing, and refuses the same values both ways. Every step
 * accepts one spelling of a value only, so reading and writing again gives
 * the same bytes.
 *
 * The first failure sticks and later steps do nothing: a loop asks
 * kl_walk_on(), and kl_walk_end() tells the whole story.
 */
struct kl_walk {
	bool reading;
	const char *at; /* reading: what is left, of `left` bytes */
	size_t left;
	struct kl_buf *out; /* writing: the text begins at `start` */
	size_t start;
	size_t line;  /* the one being walked, from 1 */
	bool in_line; /* it has a field already */
	const char *why;
	enum kl_result result;
};

struct kl_walk kl_walk_read(const char *text, size_t size);
struct kl_walk kl_walk_write(struct kl_buf *out);

/*
 * The end of the text, or of the part that is written. `fault`, unless NULL,
 * is set on failure.
 */
enum kl_result kl_walk_end(
    struct kl_walk *walk, struct kl_fault *fault) KL_MUST_CHECK;

static inline bool kl_walk_on(const struct kl_walk *walk)
{
	return walk->result == KL_OK;
}

/* A rule of the text: fails, on the current line, unless it is `kept`. */
void kl_walk_require(struct kl_walk *walk, bool kept, const char *why);

/* --- lines ---------------------------------------------------------------- */

/* The first line: klero/1 <kind>. */
void kl_walk_kind(struct kl_walk *walk, const char *kind);
void kl_walk_end_line(struct kl_walk *walk);

/*
 * Is there one more line that begins with `word`? Reading: looks at the text;
 * writing: is `index` below `count`?
 */
bool kl_walk_more(
    const struct kl_walk *walk, const char *word, size_t index, size_t count);

/* The same where lines begin with anything. */
bool kl_walk_more_lines(const struct kl_walk *walk, size_t index, size_t count);

/* Whole lines of a word and one value. */
void kl_walk_hash_line(
    struct kl_walk *walk, const char *word, struct kl_hash *hash);
void kl_walk_token_line(
    struct kl_walk *walk, const char *word, struct kl_span *token);
void kl_walk_party_line(
    struct kl_walk *walk, const char *word, struct kl_span *party);
void kl_walk_time_line(
    struct kl_walk *walk, const char *word, int64_t *seconds);
void kl_walk_count_line(struct kl_walk *walk, const char *word, size_t *count,
    size_t min, size_t max);

/* Lines of `word`, party and signature; nobody twice. */
void kl_walk_signed_lines(struct kl_walk *walk, const char *word,
    struct kl_signed list[static KL_PARTIES_MAX], size_t *count);

/*
 * The same, 2 to KL_PARTIES_MAX of them; `overseen`: one of them is
 * `supervisor` or `entrants`.
 */
void kl_walk_signed(struct kl_walk *walk, const char *word, bool overseen,
    struct kl_signed list[static KL_PARTIES_MAX], size_t *count);

/* --- fields --------------------------------------------------------------- */

void kl_walk_word(struct kl_walk *walk, const char *word);
void kl_walk_field(struct kl_walk *walk, struct kl_span *field);
void kl_walk_token(struct kl_walk *walk, struct kl_span *token);
void kl_walk_party(struct kl_walk *walk, struct kl_span *party);
void kl_walk_key_name(struct kl_walk *walk, struct kl_span *name);
void kl_walk_number(
    struct kl_walk *walk, int64_t *number, int64_t min, int64_t max);
void kl_walk_count(struct kl_walk *walk, size_t *count, size_t min, size_t max);
void kl_walk_time(struct kl_walk *walk, int64_t *seconds);
void kl_walk_hex(struct kl_walk *walk, void *bytes, size_t size);
void kl_walk_hash(struct kl_walk *walk, struct kl_hash *hash);
void kl_walk_key(struct kl_walk *walk, struct kl_public_key *key);

/*
 * Does this word stand instead of a value? If so it is walked, and true.
 * `chosen` is the answer to write.
 */
bool kl_walk_either(struct kl_walk *walk, const char *word, bool chosen);

/* A hash, or `-` when there is none. */
void kl_walk_maybe_hash(
    struct kl_walk *walk, bool *present, struct kl_hash *hash);

/* One of `count` words: which one it is. `index` is the one to write. */
size_t kl_walk_choice(struct kl_walk *walk, const char *const words[],
    size_t count, size_t index);

/* The second word of two means true. */
void kl_walk_bool(
    struct kl_walk *walk, const char *const words[static 2], bool *second);
void kl_walk_beacon_kind(struct kl_walk *walk, enum kl_beacon_kind *kind);

/* An entrant's name: all that is left of the line. */
void kl_walk_name(struct kl_walk *walk, struct kl_span *name);

/* Reading: add an element to the list in `memory`. */
void kl_walk_keep(struct kl_walk *walk, struct kl_buf *memory,
    const void *element, size_t size);

#endif
