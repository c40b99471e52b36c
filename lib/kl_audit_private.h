/* kl_audit_private.h -- how the draws of a log are held while it is read. */
#ifndef KL_AUDIT_PRIVATE_H
#define KL_AUDIT_PRIVATE_H

#include "kl_audit.h"
#include "kl_pack_private.h"

/* Where a draw stands. */
enum kl_audit_state {
	KL_AUDIT_NONE,
	KL_AUDIT_DRAFTED,
	KL_AUDIT_DECLARED,
	KL_AUDIT_LOCKED,
	KL_AUDIT_SEALED,
	KL_AUDIT_BEACON,
	KL_AUDIT_SEEDED,
	KL_AUDIT_DRAWN,
	KL_AUDIT_CLOSED,
	KL_AUDIT_ANNULLED,
	KL_AUDIT_DROPPED,
	KL_AUDIT_UNREADABLE, /* its declaration: nothing more is said of it */
};

/* An entry of a draw: held in its bytes, or to be read again. */
struct kl_audit_event {
	enum kl_pack_event event;
	size_t number; /* of the party as declared, or the replacement */
	uint64_t index;
	struct kl_hash leaf;
	size_t at, size; /* in the draw's bytes; size 0: not held */
};

struct kl_audit_draw {
	char id[KL_TOKEN_SIZE_MAX + 1];
	enum kl_audit_state state;
	bool drawn;         /* closed with a result */
	bool stopped;       /* given up: there will be none */
	size_t replaced;    /* how often since */
	struct kl_buf held; /* bytes of entries */
	struct kl_buf events;
	struct kl_hash declare, close;
};

/* More a pack could not show: to each belong a text, an entry, its proof. */
enum { KL_AUDIT_REPLACED_MAX = KL_PACK_FILES_MAX / 3 };

/* The attempts of a project: the last one declared. */
struct kl_audit_project {
	int64_t attempt;
	size_t draw; /* its place */
};

/* --- kl_audit_report.c ---------------------------------------------------- */

/* A place in the log that something is said of. */
struct kl_audit_place {
	const struct kl_audit_draw *draw;
	uint64_t index;
	const char *file; /* "" for the entry as such */
	size_t line;
	const char *why;
	uint64_t signup;
};

void kl_audit_find(struct kl_audit *audit, enum kl_audit_code code,
    const struct kl_audit_place *place);
void kl_audit_find_pack(struct kl_audit *audit, enum kl_finding_code code,
    const struct kl_audit_place *place);
/* Shorter: about an entry. */
void kl_audit_find_entry(struct kl_audit *audit, enum kl_audit_code code,
    const struct kl_audit_draw *draw, uint64_t index);
void kl_audit_note(struct kl_audit *audit, enum kl_audit_note_code code,
    const struct kl_audit_draw *draw, uint64_t index);

/* --- kl_audit_table.c ----------------------------------------------------- */

struct kl_audit_key {
	uint8_t bytes[16];
};

/* What something is remembered by, under the secret of the run. */
struct kl_audit_key kl_audit_key_of(
    const struct kl_audit *audit, const void *bytes, size_t size);

/* The number of this key, until the next is asked for; 0 when it is new. NULL:
 * no memory. */
uint64_t *kl_audit_table_at(
    struct kl_audit_table *table, const struct kl_audit_key *key);
/* Without making room for it: 0 when it is not there. */
uint64_t kl_audit_table_find(
    const struct kl_audit_table *table, const struct kl_audit_key *key);

/* --- kl_audit_text.c ------------------------------------------------------ */

/* A text as its event has it: in the entry, or served apart. */
struct kl_audit_text {
	const char *text;
	size_t size;
	struct kl_buf apart; /* to be cleared */
};

/* Are these the data of an event that is a text? */
bool kl_audit_has_text(const json_t *data);

/*
 * The text of an event with these data: a reveal's, or as above.
 * KL_MISMATCH   there is none, which is a finding now
 * any other     as kl_audit_take()
 */
enum kl_result kl_audit_text_read(struct kl_audit *audit,
    const struct kl_audit_draw *draw, uint64_t index, const json_t *data,
    struct kl_audit_text *text) KL_MUST_CHECK;

/* --- kl_audit_events.c ---------------------------------------------------- */

struct kl_audit_event *kl_audit_events(
    const struct kl_audit_draw *draw, size_t *count);
/* The first of this event and number, or NULL. */
const struct kl_audit_event *kl_audit_event_of(
    const struct kl_audit_draw *draw, enum kl_pack_event event, size_t number);

/*
 * The bytes of an entry: held, or read again to `again` and found to be the
 * same. KL_MISMATCH: they are not, which is a finding now.
 */
enum kl_result kl_audit_event_bytes(struct kl_audit *audit,
    const struct kl_audit_draw *draw, const struct kl_audit_event *event,
    struct kl_buf *again, const uint8_t **bytes, size_t *size) KL_MUST_CHECK;

/* Keep hashes alone, of what later events may ask about. */
enum kl_result kl_audit_reduce(struct kl_audit_draw *draw) KL_MUST_CHECK;

/* --- kl_audit_draw.c ------------------------------------------------------ */

/* A draw so far: everything up to its closing, or what came after. */
enum kl_result kl_audit_judge(
    struct kl_audit *audit, struct kl_audit_draw *draw) KL_MUST_CHECK;
enum kl_result kl_audit_judge_after(
    struct kl_audit *audit, struct kl_audit_draw *draw) KL_MUST_CHECK;

/* --- kl_audit_take.c ------------------------------------------------------ */

/* An event of a draw that its state permits. */
struct kl_audit_new {
	struct kl_audit *audit;
	struct kl_audit_draw *draw;
	uint64_t index;
	const uint8_t *bytes;
	size_t size;
	const struct kl_leaf *leaf;
	enum kl_pack_event event;
	bool refused; /* it changes nothing: the draw stays where it is */
};

/* Each does what its event means; what is wrong is a finding, and KL_OK. */
enum kl_result kl_audit_declared(struct kl_audit_new *new) KL_MUST_CHECK;
enum kl_result kl_audit_committed(struct kl_audit_new *new) KL_MUST_CHECK;
enum kl_result kl_audit_revealed(struct kl_audit_new *new) KL_MUST_CHECK;
enum kl_result kl_audit_disputed(struct kl_audit_new *new) KL_MUST_CHECK;
/* Keep the event with the draw: its bytes, or of one that is closed a hash. */
enum kl_result kl_audit_keep(
    struct kl_audit_new *new, size_t number) KL_MUST_CHECK;

/* A text of the draw, taken apart again. */
struct kl_audit_told {
	struct kl_buf again;
	json_t *value;
	struct kl_audit_text text;
};

/* KL_MISMATCH: there is none, or it is a finding now. Clear it in any case. */
enum kl_result kl_audit_told_read(struct kl_audit_new *new,
    enum kl_pack_event kind, struct kl_audit_told *told) KL_MUST_CHECK;
void kl_audit_told_clear(struct kl_audit_told *told);

/* --- kl_audit_entrants.c -------------------------------------------------- */

/* An event notice.… */
enum kl_result kl_audit_notice(struct kl_audit *audit, const void *bytes,
    size_t size, const struct kl_view *view) KL_MUST_CHECK;

/* A draft comes once its notice is opened. */
void kl_audit_check_draft(struct kl_audit_new *new);

/* So does a declaration; and it is about all who have signed up, and nobody
 * else. What is wrong is a finding, and KL_OK. */
enum kl_result kl_audit_check_entrants(
    struct kl_audit_new *new, const struct kl_declare *declare) KL_MUST_CHECK;

/* --- kl_audit_after.c ----------------------------------------------------- */

/* Likewise. */
enum kl_result kl_audit_replaced(struct kl_audit_new *new) KL_MUST_CHECK;
enum kl_result kl_audit_annulled(struct kl_audit_new *new) KL_MUST_CHECK;

#endif
