/* Which README.txt and verify.sh releases of ours have put into packs. */
#include "kl_pack.h"

#include <string.h>

/* One line for each text that ever was released; none is taken away. */
static const struct {
	const char *name, *hash;
} helpers[] = {
	{ "README.txt", "c493b8f486db76665ec56c6b41b67fdd"
			"fbce56b1334b10cdff91634b90eefac4" },
	{ "verify.sh", "92af9991b0d2f56dfe9ceb35f56ab871"
		       "d76943af35d1e7736f4e608072c5538f" },
};

bool kl_pack_knows_helper(const char *name, const void *bytes, size_t size)
{
	struct kl_hash hash = kl_hash_of(bytes, size);
	char hex[KL_HASH_HEX];

	kl_hash_hex(&hash, hex);
	for (size_t i = 0; i < sizeof(helpers) / sizeof(*helpers); i++)
		if (strcmp(helpers[i].name, name) == 0 &&
		    strcmp(helpers[i].hash, hex) == 0)
			return true;
	return false;
}
