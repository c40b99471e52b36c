/* kl_receipt.h -- the log's promise to include a leaf. protocol §7. */
#ifndef KL_RECEIPT_H
#define KL_RECEIPT_H

#include "kl_text.h"

/* The receipt statement, signed by the log's receipt key. */
struct kl_receipt {
	struct kl_span origin;
	struct kl_event_id event;
	int64_t index;       /* of the leaf */
	struct kl_hash leaf; /* its RFC 6962 leaf hash */
	int64_t by;          /* by then a published checkpoint covers it */
};

enum kl_result kl_receipt_read(struct kl_receipt *receipt, const char *text,
    size_t size, struct kl_fault *fault) KL_MUST_CHECK;
enum kl_result kl_receipt_write(
    const struct kl_receipt *receipt, struct kl_buf *out) KL_MUST_CHECK;

#endif
