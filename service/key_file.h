/* key_file.h -- a private key in a file that nobody else can read. */
#ifndef KEY_FILE_H
#define KEY_FILE_H

#include "kl_sign.h"

/*
 * Read the file that `klero keygen` wrote: a regular file of the effective
 * user with mode 0400, and nothing but the key in it. `signer` is the
 * caller's, to kl_signer_clear(). 0, or a number of errno.h as in file.h, its
 * fault named in the diary as `key_file`. EINVAL: another mode, owner or kind
 * of file, too large, another form.
 */
int key_file_read(const char *path, struct kl_signer *signer) KL_MUST_CHECK;

#endif
