/* texts.h -- every klero/1 text by its name: read it, and write it again. */
#ifndef TEXTS_H
#define TEXTS_H

#include "kl_close.h"
#include "kl_commit.h"
#include "kl_declare.h"
#include "kl_ranking.h"
#include "kl_receipt.h"
#include "kl_roster.h"
#include "kl_seed.h"

#include <string.h>

/* Reads the text; if that goes well, writes what was read to `out`. */
struct text_kind {
	const char *name; /* of the file: all before .txt or the first dash */
	enum kl_result (*rewrite)(const char *text, size_t size,
	    struct kl_fault *fault, struct kl_buf *out);
};

#define REWRITE(name, clear)                                                   \
	static enum kl_result rewrite_##name(const char *text, size_t size,    \
	    struct kl_fault *fault, struct kl_buf *out)                        \
	{                                                                      \
		struct kl_##name value;                                        \
		enum kl_result result =                                        \
		    kl_##name##_read(&value, text, size, fault);               \
                                                                               \
		if (result)                                                    \
			return result;                                         \
		result = kl_##name##_write(&value, out);                       \
		clear(&value);                                                 \
		return result;                                                 \
	}
#define NO_CLEAR(value) (void)(value)
REWRITE(roster, kl_roster_clear)
REWRITE(names, kl_names_clear)
REWRITE(excluded, kl_excluded_clear)
REWRITE(declare, NO_CLEAR)
REWRITE(commit, NO_CLEAR)
REWRITE(commitment, NO_CLEAR)
REWRITE(lock, NO_CLEAR)
REWRITE(seal, NO_CLEAR)
REWRITE(beacon, NO_CLEAR)
REWRITE(attestation, NO_CLEAR)
REWRITE(seed, NO_CLEAR)
REWRITE(ranking, kl_ranking_clear)
REWRITE(close, NO_CLEAR)
REWRITE(replace, NO_CLEAR)
REWRITE(annul, NO_CLEAR)
REWRITE(receipt, NO_CLEAR)
#undef REWRITE

static const struct text_kind text_kinds[] = {
	{ "roster", rewrite_roster },
	{ "names", rewrite_names },
	{ "excluded", rewrite_excluded },
	{ "declare", rewrite_declare },
	{ "commit", rewrite_commit },
	{ "commitment", rewrite_commitment },
	{ "lock", rewrite_lock },
	{ "seal", rewrite_seal },
	{ "beacon", rewrite_beacon },
	{ "attestation", rewrite_attestation },
	{ "seed", rewrite_seed },
	{ "result", rewrite_ranking },
	{ "close", rewrite_close },
	{ "replace", rewrite_replace },
	{ "annul", rewrite_annul },
	{ "receipt", rewrite_receipt },
};

enum { TEXT_KINDS = sizeof(text_kinds) / sizeof(*text_kinds) };

#endif
