/* Which README.txt and verify.sh releases of ours have put into packs. */
#include "kl_pack.h"

#include <string.h>

/* One line for each text that ever was released; none is taken away. */
static const struct {
	const char *name, *hash;
} helpers[] = {
	{ "README.txt", "" },
	{ "verify.sh", "" },
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
