/* kl_attachment.h -- the name under which somebody saves what he downloads. */
#ifndef KL_ATTACHMENT_H
#define KL_ATTACHMENT_H

#include "kl_buf.h"

/*
 * Is `name`, of valid UTF-8 without control characters, good as the name of a
 * file on any system? It is no path, no hidden file, no device, and ends with
 * neither a dot nor a blank.
 * KL_MALFORMED
 */
enum kl_result kl_attachment_check(const char *name) KL_MUST_CHECK;

/*
 * The value of Content-Disposition for `name`, of valid UTF-8. What is not
 * ASCII stands there twice: as `_` for old clients, and encoded. RFC 6266 §4.3,
 * appendix D; RFC 8187 §3.2.
 */
void kl_attachment_write(struct kl_buf *out, const char *name);

/*
 * Does this begin an OFD document (GB/T 33190): a ZIP with the entry OFD.xml
 * near its beginning? Nobody registered a signature for it.
 */
bool kl_attachment_is_ofd(const uint8_t *bytes, size_t size);

#endif
