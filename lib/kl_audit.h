/* kl_audit.h -- every draw of a log, replayed from its entries alone. */
#ifndef KL_AUDIT_H
#define KL_AUDIT_H

#include "kl_pack.h"
#include "kl_view.h"

/*
 * What a whole log can show beyond what one pack can: X(name, word, Chinese,
 * English). Everything else is a code of kl_finding.h, found by the same
 * passes. protocol §3, §7. Add lines; never change a word.
 */
#define KL_AUDITS(X)                                                           \
	X(DRAW_EVENT, "draw-event", "此时的抽取不可能发生此事件",              \
	    "the draw cannot have this event now")                             \
	X(DRAW_DATA, "draw-data", "事件的数据格式不符",                        \
	    "the data of the event break their form")                          \
	X(TEXT_MISSING, "text-missing", "日志没有提供此文本",                  \
	    "the text is not served")                                          \
	X(TEXT_DIFFERS, "text-differs", "提供的文本与日志所记不符",            \
	    "what is served is not what the log has")                          \
	X(DRAW_INCOMPLETE, "draw-incomplete",                                  \
	    "按此理由结束的抽取在日志中缺少文本",                              \
	    "the log lacks a text that this closing needs")                    \
	X(TEXT_UNEXPECTED, "text-unexpected",                                  \
	    "按此理由结束的抽取不应有此文本",                                  \
	    "there is no such text with this closing")                         \
	X(DECLARED_TWICE, "declared-twice",                                    \
	    "项目的此次抽取先前已经声明,以先者为准",                           \
	    "this attempt was declared before: the first one counts")          \
	X(ATTEMPT_GAP, "attempt-gap", "项目的抽取次序有空缺",                  \
	    "an attempt of the project was left out")                          \
	X(COMMITMENT_UNKNOWN, "commitment-unknown", "不是已声明参与方的承诺",  \
	    "it is of no declared party")                                      \
	X(COMMITTED_TWICE, "committed-twice",                                  \
	    "参与方为同一声明签署了两个不同的承诺",                            \
	    "the party signed two commitments for one declaration")            \
	X(LOCK_UNLOGGED, "lock-unlogged", "锁定中有日志未记录的承诺",          \
	    "the lock has a commitment that is not in the log")                \
	X(SEAL_UNLOGGED, "seal-unlogged", "封存中有日志未记录的揭示",          \
	    "the seal has a reveal that is not in the log")                    \
	X(VALUE_TWICE, "value-twice", "有人为同一抽取见证了另一个公共数值",    \
	    "another public value was attested for the same draw")             \
	X(CLOSED_TWICE, "closed-twice", "同一次抽取结束了两次",                \
	    "an attempt is closed once")                                       \
	X(NOTICE_UNKNOWN, "notice-unknown", "日志中没有所声明的采购公告",      \
	    "the log has no such notice")                                      \
	X(NOTICE_SEALED, "notice-sealed", "采购公告的报名尚未全部启封",        \
	    "the sign-ups of its notice were not opened yet")                  \
	X(ENTRANT_UNKNOWN, "entrant-unknown", "日志中没有其报名",              \
	    "nobody of this name has signed up")                               \
	X(ENTRANT_LEFT_OUT, "entrant-left-out",                                \
	    "已报名者既不在名单中,也不在排除名单中",                           \
	    "who has signed up is neither in the roster nor excluded")

enum kl_audit_code {
#define KL_AUDIT_ENUM(name, word, chinese, english) KL_AUDIT_##name,
	KL_AUDITS(KL_AUDIT_ENUM)
#undef KL_AUDIT_ENUM
	    KL_AUDIT_CODES,
};

/* The stable word of a code, and one line for people. */
const char *kl_audit_word(enum kl_audit_code code);
const char *kl_audit_chinese(enum kl_audit_code code);
const char *kl_audit_english(enum kl_audit_code code);

/* What is no fault, but a reader should know: of a draw. X(name, word) */
#define KL_AUDIT_NOTES(X)                                                      \
	X(DRAW_OVERDUE, "draw-overdue") /* open, and to be shown as failed */  \
	X(CLOSED_LATE, "closed-late")   /* without a result */                 \
	X(POLICY_UNSEEN, "policy-unseen") /* the log does not have its policy  \
					   */

enum kl_audit_note_code {
#define KL_AUDIT_NOTE_ENUM(name, word) KL_AUDIT_NOTE_##name,
	KL_AUDIT_NOTES(KL_AUDIT_NOTE_ENUM)
#undef KL_AUDIT_NOTE_ENUM
};

enum {
	KL_AUDIT_FINDINGS_MAX = 256, /* more are counted, not kept */
	KL_AUDIT_NOTES_MAX = 256,    /* likewise */
	KL_AUDIT_FILE_MAX = 64,      /* bytes of a text's name, and its NUL */
	KL_AUDIT_SECRET_SIZE = 16,
};

/* One thing that is wrong with a draw. Strings without a length live for ever.
 */
struct kl_audit_finding {
	size_t order;   /* of its code among all codes */
	uint64_t index; /* of the entry at fault */
	const char *code, *chinese, *english;
	char draw[KL_TOKEN_SIZE_MAX + 1];
	char file[KL_AUDIT_FILE_MAX]; /* of its text, as in a pack; or "" */
	size_t line;                  /* of the text, from 1; or 0 */
	const char *why;              /* more about a form; or NULL */
	uint64_t signup; /* the entry that opened the sign-up it is about; 0 */
};

struct kl_audit_note {
	const char *word;
	uint64_t index;
	char draw[KL_TOKEN_SIZE_MAX + 1];
};

/*
 * Where more of the log comes from. Each puts the bytes in `out`, emptied
 * before, and may fail with
 * KL_MISMATCH    it is not there, or too large
 * any other      nothing more can be said: taken as the audit's own failure
 */
struct kl_audit_source {
	/* An entry that was taken before, or is being taken. */
	enum kl_result (*entry)(
	    void *context, uint64_t index, struct kl_buf *out);
	/* What is served at /log/texts/<sha256>. protocol §7. */
	enum kl_result (*text)(
	    void *context, const struct kl_hash *hash, struct kl_buf *out);
	void *context;
};

/* From keys of 16 bytes to numbers; 0 is none. */
struct kl_audit_table {
	struct kl_buf slots;
	size_t count;
};

/*
 * All draws of a log. Of one that is open its entries are held, though not what
 * is served apart; of one that is closed, hashes. Read what is in `findings`,
 * `notes` and the counts; the rest is its own.
 */
struct kl_audit {
	struct kl_audit_finding findings[KL_AUDIT_FINDINGS_MAX];
	size_t finding_count; /* kept: by their entries, the first ones; of one
				 draw no more than a pack tells */
	size_t findings_left; /* beyond those kept */
	struct kl_audit_note notes[KL_AUDIT_NOTES_MAX];
	size_t note_count, notes_left;
	size_t declared, closed, drawn; /* how many attempts were */
	size_t unnoticed; /* of those declared: the log had no notice at all, so
			     that nothing is known of who signed up */

	const struct kl_pack_options *options;
	const struct kl_audit_source *source;
	uint8_t secret[KL_AUDIT_SECRET_SIZE];
	int64_t at; /* of the last entry */
	struct kl_buf draws, projects;
	struct kl_audit_table ids, project_ids, secrets, policies;
	struct kl_buf notices, signups;
	struct kl_audit_table notice_names, signup_ids;
	uint64_t comparisons;         /* of rosters with sign-ups */
	struct kl_pack_report report; /* of the draw at hand */
};

/*
 * `options` are those for the packs of this log: trust this log alone, with a
 * rehearsal; they are read when a draw is judged. `secret` is drawn for this
 * run, so that who writes a log cannot choose where things are remembered.
 */
void kl_audit_begin(struct kl_audit *audit,
    const struct kl_pack_options *options, const struct kl_audit_source *source,
    const uint8_t secret[static KL_AUDIT_SECRET_SIZE]);

/*
 * The next entry, of any kind: those of no draw, notice or policy pass at no
 * cost.
 * `view` is what kl_view_read() found in the bytes. What is wrong becomes a
 * finding; an event that cannot be changes nothing.
 *
 * KL_TOO_LARGE   there are more draws than can be kept
 * KL_NO_MEMORY
 * any other      of the source, but KL_MISMATCH
 */
enum kl_result kl_audit_take(struct kl_audit *audit, uint64_t index,
    const void *bytes, size_t size, const struct kl_view *view) KL_MUST_CHECK;

/*
 * The entry at `index` has opened this event, which was sealed, and rightly so:
 * whoever reads the log knows. Who has signed up is remembered: some hundred
 * bytes of each; other events pass.
 *
 * KL_TOO_LARGE   there are more than can be kept
 * KL_NO_MEMORY
 */
enum kl_result kl_audit_opened(struct kl_audit *audit, uint64_t index,
    const struct kl_view *event) KL_MUST_CHECK;

/*
 * After the last entry: draws that are still open, and what came after the
 * results of others. Likewise.
 */
enum kl_result kl_audit_end(struct kl_audit *audit) KL_MUST_CHECK;

void kl_audit_clear(struct kl_audit *audit);

#endif
