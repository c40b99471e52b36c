#include "pack_helper.h"

/* Made from service/pack/ by the Makefile. */
#include "pack_readme.h"
#include "pack_verify.h"

const struct kl_file pack_helpers[PACK_HELPERS] = {
	{ "README.txt", pack_readme, sizeof(pack_readme) },
	{ "verify.sh", pack_verify, sizeof(pack_verify) },
};
