#include "beacon_file.h"

#include "beacons.h"

#include <stdio.h>

static bool tell(const char *command, const char *path, const char *why)
{
	if (why)
		fprintf(stderr, "%s: %s: %s\n", command, path, why);
	return !why;
}

bool beacon_read_chain(
    const char *command, const char *path, struct kl_chain *chain)
{
	int ignored;

	return tell(command, path, beacons_read_chain(path, chain, &ignored));
}

bool beacon_read_certificate(
    const char *command, const char *path, struct kl_certificate *certificate)
{
	int ignored;

	return tell(command, path,
	    beacons_read_certificate(path, certificate, &ignored));
}
