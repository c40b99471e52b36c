/* receipt.h -- the signed promise that an event will be seen. protocol §7. */
#ifndef RECEIPT_H
#define RECEIPT_H

#include "request.h"

/*
 * The last member of a reply, in the kept answer unsigned:
 *
 *	"receipt":{"text":"klero/1 receipt\n…","signature":null}
 *
 * Signed, "signature" is 128 hex digits over the text. For a sealed event
 *"salt" (64 hex) and "event" (its canonical bytes as a string) come along,
 *which the kept answer does not have: they stand in event_private alone.
 */

/* Put the text of act_receipt() into the answer, unsigned. In the writer. */
enum error receipt_begin(struct request *request) MUST_CHECK;

/*
 * Complete the answer of an act that has ended with ERR_OK: sign the receipt
 * in it, if there is one. On a worker, before the answer is sent. A replay
 * gets the same bytes.
 */
enum error receipt_finish(struct request *request) MUST_CHECK;

#endif
