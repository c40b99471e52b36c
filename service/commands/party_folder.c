/* party_folder.c -- the folder that holds all a party has of one draw. */
#include "file.h"
#include "party.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDER_MODE = 0700, CHECKED_MODE = 0644, CHECKED_SIZE = 96 };

static const char lock_name[] = "lock";
static const char checked_name[] = "checked";

void party_folder_path(const struct party *party, const char *name,
    char path[static PARTY_PATH_SIZE])
{
	snprintf(path, PARTY_PATH_SIZE, "%s/%s", party->options->folder, name);
}

static enum kl_party_code fail(
    struct party *party, const char *name, int number)
{
	snprintf(party->about, sizeof(party->about), "%s: %s", name,
	    strerror(number));
	return KL_PARTY_FOLDER_BAD;
}

static int make_folder(const char *path)
{
	return mkdir(path, FOLDER_MODE) && errno != EEXIST ? errno : 0;
}

/* Two runs at once would be two parties with one key. The lock goes with the
 * process, however that ends. */
static enum kl_party_code take_lock(struct party *party)
{
	char path[PARTY_PATH_SIZE];

	party_folder_path(party, lock_name, path);
	party->folder_lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (party->folder_lock < 0)
		return fail(party, lock_name, errno);
	if (flock(party->folder_lock, LOCK_EX | LOCK_NB) == 0)
		return KL_PARTY_GOOD;
	if (errno != EWOULDBLOCK)
		return fail(party, lock_name, errno);
	return party_about(party, KL_PARTY_FOLDER_BUSY, party->options->folder);
}

enum kl_party_code party_folder_open(struct party *party)
{
	const char *folder = party->options->folder;
	char path[PARTY_PATH_SIZE];
	int number;

	if (strlen(folder) > PARTY_PATH_SIZE - CHECKED_SIZE - PARTY_NAME_SIZE)
		return fail(party, folder, ENAMETOOLONG);
	number = make_folder(folder);
	party_folder_path(party, checked_name, path);
	if (!number)
		number = make_folder(path);
	party_folder_path(party, "checked/log", path);
	if (!number)
		number = make_folder(path);
	if (number)
		return fail(party, folder, number);
	return take_lock(party);
}

void party_folder_close(struct party *party)
{
	if (party->folder_lock >= 0)
		close(party->folder_lock);
	party->folder_lock = -1;
}

int party_folder_read(
    const struct party *party, const char *name, struct kl_buf *out)
{
	char path[PARTY_PATH_SIZE];

	party_folder_path(party, name, path);
	return file_read(path, out);
}

enum kl_party_code party_folder_write(struct party *party, const char *name,
    const void *bytes, size_t size, mode_t mode)
{
	char path[PARTY_PATH_SIZE];
	int number;

	party_folder_path(party, name, path);
	number = file_replace(path, bytes, size, mode);
	file_sweep(path);
	return number ? fail(party, name, number) : KL_PARTY_GOOD;
}

enum kl_party_code party_folder_keep(struct party *party, struct party_set *set)
{
	const struct kl_file *files = party_set_files(set);
	enum kl_party_code code = KL_PARTY_GOOD;
	char name[CHECKED_SIZE];

	for (size_t i = 0; i < set->count && !code; i++) {
		snprintf(
		    name, sizeof(name), "%s/%s", checked_name, files[i].name);
		code = party_folder_write(
		    party, name, files[i].bytes, files[i].size, CHECKED_MODE);
	}
	return code;
}
