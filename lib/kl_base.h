/* kl_base.h -- what every lib header needs: results and attributes. */
#ifndef KL_BASE_H
#define KL_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KL_MUST_CHECK  __attribute__((warn_unused_result))

/* The largest integer of any klero text or JSON: 2^53 - 1. protocol §2, §6. */
#define KL_INTEGER_MAX INT64_C(9007199254740991)

/*
 * The outcome of every lib function that can fail. Zero is success, so
 * `if (result)` reads "if it failed". Outputs are written only on KL_OK.
 */
enum kl_result {
	KL_OK = 0,
	KL_MALFORMED, /* the input breaks the format */
	KL_RANGE,     /* well formed, but outside the permitted values */
	KL_TOO_LARGE, /* would exceed a documented limit */
	KL_MISMATCH,  /* a hash, proof or signature does not verify */
	KL_NO_MEMORY,
};

#endif
