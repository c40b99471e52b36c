/* kl_note.h -- signed notes and the keys of notes. c2sp.org/signed-note. */
#ifndef KL_NOTE_H
#define KL_NOTE_H

#include "kl_buf.h"
#include "kl_sign.h"

enum {
	KL_NOTE_SIZE_MAX = 1 << 20,   /* bytes */
	KL_NOTE_SIGNATURES_MAX = 100, /* the Go library's bound too */
	KL_NOTE_NAME_MAX = 255,       /* bytes. protocol §2 */
	KL_KEY_ID_SIZE = 4,
	KL_KEY_ID_HEX = 2 * KL_KEY_ID_SIZE + 1,
	/* room for any verifier or signer key as text and its NUL */
	KL_NOTE_KEY_TEXT = KL_NOTE_NAME_MAX + 80,
};

/* --- keys ----------------------------------------------------------------- */

/* What a key signs with it. The number stands in its id and its text. */
enum kl_key_type {
	KL_KEY_NOTE = 0x01, /* Ed25519 over the text: logs */
	KL_KEY_COSIGNATURE =
	    0x04, /* with a time: witnesses. tlog-cosignature */
};

/* Which key of a name: SHA-256(name || "\n" || type || key), 4 bytes of it. */
struct kl_key_id {
	uint8_t bytes[KL_KEY_ID_SIZE];
};

/* A key that checks notes, and the name it does so under. */
struct kl_note_key {
	char name[KL_NOTE_NAME_MAX + 1];
	enum kl_key_type type;
	struct kl_key_id id;
	struct kl_public_key key;
};

/*
 * 1 to KL_NOTE_NAME_MAX bytes of UTF-8 without control characters, Unicode
 * spaces and `+`.
 */
bool kl_is_note_name(const char *name, size_t size);

struct kl_key_id kl_key_id_of(
    const char *name, enum kl_key_type type, const struct kl_public_key *key);

/* A note key from its parts, of which the name is good: kl_is_note_name(). */
struct kl_note_key kl_note_key_of(const char *name, size_t name_size,
    enum kl_key_type type, const struct kl_public_key *public_key);

/*
 * A note key from its parts; its id is computed.
 *
 * KL_MALFORMED   not a key name
 */
enum kl_result kl_note_key_make(struct kl_note_key *key, const char *name,
    size_t name_size, enum kl_key_type type,
    const struct kl_public_key *public_key) KL_MUST_CHECK;

/*
 * Read a verifier key: `name+<8 hex>+base64(type || key)`. Its form and its id
 * are checked; whether the point is good is kl_public_key_check()'s.
 *
 * KL_MALFORMED   another form, a type that is not above, upper-case hex, an id
 *                that is not that of the key
 */
enum kl_result kl_note_key_read(
    const char *text, size_t size, struct kl_note_key *key) KL_MUST_CHECK;

/* Write it as such a text and a NUL. */
void kl_note_key_write(
    const struct kl_note_key *key, char text[static KL_NOTE_KEY_TEXT]);

/*
 * The text of a private key as Go's x/mod writes it:
 * `PRIVATE+KEY+name+<8 hex>+base64(type || seed)`. `key` gets the public half,
 * `seed` the private one: wipe it after use.
 *
 * KL_MALFORMED   as kl_note_key_read()
 */
enum kl_result kl_note_seed_read(const char *text, size_t size,
    struct kl_note_key *key, uint8_t seed[static KL_SEED_SIZE]) KL_MUST_CHECK;

void kl_note_seed_write(const struct kl_note_key *key,
    const uint8_t seed[static KL_SEED_SIZE],
    char text[static KL_NOTE_KEY_TEXT]);

/* --- reading -------------------------------------------------------------- */

/* One signature line, known to be well formed. Points into the note. */
struct kl_note_line {
	const char *name; /* not NUL-terminated */
	size_t name_size;
	struct kl_key_id id;
	const char *base64; /* of id and signature */
	size_t base64_size;
};

/* A note taken apart. Points into the bytes it was read from. */
struct kl_note {
	const char *text; /* what is signed, its last newline included */
	size_t text_size;
	struct kl_note_line lines[KL_NOTE_SIGNATURES_MAX];
	size_t count;
};

/*
 * Take a note apart at its last empty line.
 *
 * KL_MALFORMED   not UTF-8, a control character other than newline, no empty
 *                line, no signature line or one of another form
 * KL_TOO_LARGE   over KL_NOTE_SIZE_MAX or KL_NOTE_SIGNATURES_MAX
 */
enum kl_result kl_note_read(
    const char *bytes, size_t size, struct kl_note *note) KL_MUST_CHECK;

/* Does this line bear the name and the id of this key? Signed or not. */
bool kl_note_is_by(
    const struct kl_note_line *line, const struct kl_note_key *key);

/* What a key says of a note. */
struct kl_note_verdict {
	bool has_signed;
	uint64_t time; /* seconds since 1970; only of a cosignature, else 0 */
};

/*
 * What do these keys, each with another name or id, say of the note? A line of
 * an unknown key is passed over, of two lines of one key the first counts.
 * `verdicts`, unless NULL, gets one for each key; after a failure they are of
 * no use.
 *
 * KL_MISMATCH    a known key's signature is bad, or none of them has signed
 * KL_NO_MEMORY
 */
enum kl_result kl_note_verify(const struct kl_note *note,
    const struct kl_note_key keys[], size_t count,
    struct kl_note_verdict verdicts[]) KL_MUST_CHECK;

/*
 * The same, but nobody needs to have signed: for witnesses, of whom the caller
 * counts how many did.
 */
enum kl_result kl_note_judge(const struct kl_note *note,
    const struct kl_note_key keys[], size_t count,
    struct kl_note_verdict verdicts[]) KL_MUST_CHECK;

/* --- writing -------------------------------------------------------------- */

/*
 * Append one signature line over `text`. A note is its text, a newline, and
 * such lines. A signer whose `key` is not that of `signer` makes nonsense.
 *
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_note_sign(struct kl_buf *out, const char *text, size_t size,
    const struct kl_note_key *key,
    const struct kl_signer *signer) KL_MUST_CHECK;

/*
 * Likewise a cosignature made at `time`, 1 to 2^63 - 1 seconds since 1970;
 * `text` must be that of a checkpoint.
 *
 * KL_RANGE                    time
 * KL_TOO_LARGE KL_NO_MEMORY   of `out`
 */
enum kl_result kl_note_cosign(struct kl_buf *out, const char *text, size_t size,
    const struct kl_note_key *key, const struct kl_signer *signer,
    uint64_t time) KL_MUST_CHECK;

#endif
