#include "key_file.h"

#include "diary.h"
#include "kl_hash.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	KEY_MODE = 0400,
	CREDENTIAL_MODE = 0440,
	KEY_TEXT_SIZE = 2 * KL_SEED_SIZE + 1,
};

static int refuse(const char *path, int number, const char *reason)
{
	diary_write("key_file", "{s:s, s:s}", "path", path, "reason", reason);
	return number;
}

static const char *fault_of(const struct stat *info)
{
	if (!S_ISREG(info->st_mode))
		return "it is no regular file";
	/* A credential of the service manager may stay root's, with an ACL. */
	if (info->st_uid == 0 && geteuid() != 0)
		return (info->st_mode & 07777 & ~CREDENTIAL_MODE)
			   ? "others may read it"
			   : NULL;
	if (info->st_uid != geteuid())
		return "its owner is somebody else";
	if ((info->st_mode & 07777) != KEY_MODE)
		return "its mode must be 0400";
	return NULL;
}

/* The seed as 64 lower-case digits and a newline. */
static int read_seed(int file, uint8_t seed[static KL_SEED_SIZE])
{
	char text[KEY_TEXT_SIZE + 1];
	ssize_t size = read(file, text, sizeof(text));
	int number = size < 0 ? errno : EINVAL;

	if (size == KEY_TEXT_SIZE && text[size - 1] == '\n' &&
	    !kl_unhex(text, (size_t)size - 1, seed, KL_SEED_SIZE))
		number = 0;
	sodium_memzero(text, sizeof(text));
	return number;
}

int key_file_read(const char *path, struct kl_signer *signer)
{
	int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	uint8_t seed[KL_SEED_SIZE];
	const char *fault = NULL;
	struct stat info;
	int number;

	if (file < 0)
		return refuse(path, errno, strerror(errno));
	number = fstat(file, &info) ? errno : 0;
	if (number == 0)
		fault = fault_of(&info);
	if (number == 0 && !fault)
		number = read_seed(file, seed);
	close(file);
	if (fault)
		return refuse(path, EINVAL, fault);
	if (number)
		return refuse(path, number,
		    number == EINVAL ? "it holds no key" : strerror(number));
	kl_signer_make(signer, seed);
	sodium_memzero(seed, sizeof(seed));
	return 0;
}
