/* uscc.c -- klero uscc CODE…: is it a unified social credit code? */
#include "command.h"
#include "kl_uscc.h"

#include <stdio.h>
#include <string.h>

static int run(int argc, char *argv[])
{
	int status = COMMAND_DONE;

	if (argc < 2) {
		fprintf(stderr, "usage: klero uscc CODE...\n");
		return COMMAND_UNUSABLE;
	}
	for (int i = 1; i < argc; i++) {
		const char *fault = kl_uscc_fault(argv[i], strlen(argv[i]));

		if (fault)
			status = COMMAND_REFUSED;
		printf("%s %s%s\n", argv[i], fault ? "invalid: " : "valid",
		    fault ? fault : "");
	}
	return fflush(stdout) == 0 ? status : COMMAND_UNUSABLE;
}

const struct command uscc_command = {
	"uscc",
	"check unified social credit codes",
	run,
};
