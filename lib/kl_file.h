/* kl_file.h -- bytes under a name: what a pack is made of. */
#ifndef KL_FILE_H
#define KL_FILE_H

#include "kl_base.h"

/* One file of a folder or an archive. It borrows both. */
struct kl_file {
	const char *name; /* parts separated by `/`; ends with NUL */
	const uint8_t *bytes;
	size_t size;
};

#endif
