/* witness_state.c -- what a witness has cosigned, in one file. */
#include "witness.h"

#include "diary.h"
#include "file.h"
#include "kl_line.h"
#include "log_keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/*
 * The form of the file, whose last line is the SHA-256 of all before it:
 *
 *	klero-witness/1
 *	witness <vkey>
 *	checkpoint <bytes>
 *	<signed note, of that many bytes>
 *	...
 *	sha256 <64 hex digits>
 */
static const char first_line[] = "klero-witness/1\n";

enum {
	STATE_MODE = 0600,
	SUM_SIZE = sizeof("sha256 \n") - 1 + KL_HASH_HEX - 1,
	LOCK_PATH_SIZE = 4096,
};

/* --- records -------------------------------------------------------------- */

void witness_record_clear(struct witness_record *record)
{
	free(record->origin);
	free(record->note);
	*record = (struct witness_record){ 0 };
}

static bool is_of(const struct witness_record *record, struct kl_span origin)
{
	return kl_span_is(origin, record->origin);
}

struct witness_record *witness_state_find(
    struct witness_state *state, struct kl_span origin)
{
	for (size_t i = 0; i < state->count; i++)
		if (is_of(&state->records[i], origin))
			return &state->records[i];
	return NULL;
}

uint64_t witness_state_time(const struct witness_state *state)
{
	uint64_t time = 0;

	for (size_t i = 0; i < state->count; i++)
		if (state->records[i].time > time)
			time = state->records[i].time;
	return time;
}

void witness_state_put(
    struct witness_state *state, struct witness_record *record)
{
	const struct kl_span origin = { record->origin,
		strlen(record->origin) };
	struct witness_record *place = witness_state_find(state, origin);

	if (!place)
		place = &state->records[state->count++];
	witness_record_clear(place);
	*place = *record;
	*record = (struct witness_record){ 0 };
}

/* --- writing -------------------------------------------------------------- */

static void write_record(
    struct kl_buf *out, const struct witness_record *record)
{
	kl_buf_add_text(out, "checkpoint ");
	kl_decimal_add(out, record->note_size);
	kl_buf_add_byte(out, '\n');
	kl_buf_add(out, record->note, record->note_size);
}

/* `record` takes the place of its like; NULL for none. */
static enum kl_result write_state(struct kl_buf *out,
    const struct witness_state *state, const struct kl_note_key *key,
    const struct witness_record *record)
{
	char text[KL_NOTE_KEY_TEXT], hex[KL_HASH_HEX];
	struct kl_hash hash;

	kl_note_key_write(key, text);
	kl_buf_add_text(out, first_line);
	kl_buf_add_text(out, "witness ");
	kl_buf_add_text(out, text);
	kl_buf_add_byte(out, '\n');
	for (size_t i = 0; i < state->count; i++)
		if (!record ||
		    strcmp(state->records[i].origin, record->origin) != 0)
			write_record(out, &state->records[i]);
	if (record)
		write_record(out, record);
	if (kl_buf_result(out))
		return kl_buf_result(out);
	hash = kl_hash_of(out->data, out->size);
	kl_hash_hex(&hash, hex);
	kl_buf_add_text(out, "sha256 ");
	kl_buf_add_text(out, hex);
	kl_buf_add_byte(out, '\n');
	return kl_buf_result(out);
}

int witness_state_save(const struct witness_state *state,
    const struct kl_note_key *key, const struct witness_record *record)
{
	struct kl_buf bytes = KL_BUF(WITNESS_STATE_MAX);
	bool is_new = true;
	int number = EFBIG;

	for (size_t i = 0; i < state->count; i++)
		is_new &= strcmp(state->records[i].origin, record->origin) != 0;
	if ((!is_new || state->count < WITNESS_ORIGINS_MAX) &&
	    !write_state(&bytes, state, key, record))
		number = file_replace(
		    state->path, bytes.data, bytes.size, STATE_MODE);
	kl_buf_clear(&bytes);
	return number;
}

int witness_state_create(const char *path, const struct kl_note_key *key)
{
	struct kl_buf bytes = KL_BUF(WITNESS_STATE_MAX);
	const struct witness_state nothing = { .path = path };
	int number = ENOMEM;

	if (!write_state(&bytes, &nothing, key, NULL))
		number = file_create(path, bytes.data, bytes.size, STATE_MODE);
	kl_buf_clear(&bytes);
	if (number)
		fprintf(stderr, "witness: %s: %s\n", path,
		    number == EEXIST ? "exists, and stays as it is"
				     : strerror(number));
	return number ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* --- reading -------------------------------------------------------------- */

/* The last line must be the sum of all before it; it is taken off. */
static bool check_sum(struct kl_span *bytes)
{
	struct kl_hash hash, told;
	struct kl_span line;

	if (bytes->size < SUM_SIZE)
		return false;
	bytes->size -= SUM_SIZE;
	line = (struct kl_span){ bytes->at + bytes->size, SUM_SIZE - 1 };
	hash = kl_hash_of(bytes->at, bytes->size);
	return line.at[line.size] == '\n' &&
	       kl_line_take_word(&line, "sha256 ") &&
	       !kl_unhex(line.at, line.size, told.bytes, sizeof(told.bytes)) &&
	       kl_hash_equal(&hash, &told);
}

static char *copy(const char *bytes, size_t size)
{
	char *text = malloc(size + 1);

	if (!text)
		abort();
	memcpy(text, bytes, size);
	text[size] = '\0';
	return text;
}

static bool read_record(struct witness_state *state,
    const struct kl_note_key *key, struct kl_span note)
{
	struct witness_record *record = &state->records[state->count];
	struct kl_note_verdict verdict;
	struct kl_checkpoint read;
	struct kl_note parts;

	if (kl_note_read(note.at, note.size, &parts) ||
	    kl_checkpoint_read(parts.text, parts.text_size, &read) ||
	    kl_note_verify(&parts, key, 1, &verdict) ||
	    witness_state_find(
		state, (struct kl_span){ read.origin, read.origin_size }))
		return false;
	*record = (struct witness_record){
		.state = { read.size, read.root },
		.time = verdict.time,
		.origin = copy(read.origin, read.origin_size),
		.note = copy(note.at, note.size),
		.note_size = note.size,
	};
	state->count++;
	return true;
}

static bool read_records(struct witness_state *state,
    const struct kl_note_key *key, struct kl_span rest)
{
	struct kl_span line;
	uint64_t size;

	while (rest.size > 0) {
		if (state->count == WITNESS_ORIGINS_MAX ||
		    !kl_line_take(&rest, &line) ||
		    !kl_line_take_word(&line, "checkpoint ") ||
		    kl_decimal_read(line, rest.size, &size) ||
		    !read_record(
			state, key, (struct kl_span){ rest.at, (size_t)size }))
			return false;
		rest.at += size;
		rest.size -= (size_t)size;
	}
	return true;
}

/* NULL: nothing is wrong. */
static const char *read_state(struct witness_state *state,
    const struct kl_note_key *key, struct kl_span bytes)
{
	char text[KL_NOTE_KEY_TEXT];
	struct kl_span line;

	if (!check_sum(&bytes) || !kl_line_take_word(&bytes, first_line) ||
	    !kl_line_take(&bytes, &line) ||
	    !kl_line_take_word(&line, "witness "))
		return "it is damaged";
	kl_note_key_write(key, text);
	if (!kl_span_is(line, text))
		return "it is that of another witness";
	return read_records(state, key, bytes) ? NULL : "it is damaged";
}

/* --- opening -------------------------------------------------------------- */

static int refuse(struct witness_state *state, const char *reason, int status)
{
	diary_write("witness_state", "{s:s, s:s}", "path", state->path,
	    "reason", reason);
	witness_state_close(state);
	return status;
}

/* Of a file beside it, since it is replaced itself. */
static bool lock(struct witness_state *state)
{
	char path[LOCK_PATH_SIZE];

	if (snprintf(path, sizeof(path), "%s.lock", state->path) >=
	    (int)sizeof(path))
		return false;
	state->lock =
	    open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, STATE_MODE);
	return state->lock >= 0 && flock(state->lock, LOCK_EX | LOCK_NB) == 0;
}

int witness_state_open(struct witness_state *state, const char *path,
    const struct kl_note_key *key)
{
	struct kl_buf bytes = KL_BUF(WITNESS_STATE_MAX);
	const char *reason;
	int number;

	*state = (struct witness_state){ .path = path, .lock = -1 };
	if (!lock(state))
		return refuse(state, "it is in use", EXIT_FAILURE);
	number = file_read(path, &bytes);
	if (number) {
		kl_buf_clear(&bytes);
		return refuse(state, strerror(number),
		    file_may_pass(number) ? EXIT_FAILURE : LOG_REFUSED);
	}
	file_sweep(path);
	reason = read_state(state, key,
	    (struct kl_span){
		bytes.data ? (const char *)bytes.data : "", bytes.size });
	kl_buf_clear(&bytes);
	return reason ? refuse(state, reason, LOG_REFUSED) : EXIT_SUCCESS;
}

void witness_state_close(struct witness_state *state)
{
	while (state->count > 0)
		witness_record_clear(&state->records[--state->count]);
	if (state->lock >= 0)
		close(state->lock);
	state->lock = -1;
}
