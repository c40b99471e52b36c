/* party_set.c -- files under names, as a pack has them. */
#include "party.h"

#include <stdio.h>
#include <string.h>

enum { FILE_SIZE_MAX = KL_TEXT_SIZE_MAX };

const struct kl_buf *party_set_find(
    const struct party_set *set, const char *name)
{
	for (size_t i = 0; i < set->count; i++)
		if (strcmp(set->list[i].name, name) == 0)
			return &set->list[i].bytes;
	return NULL;
}

struct kl_buf *party_set_add(struct party_set *set, const char *name)
{
	struct kl_buf *bytes = &set->list[set->count].bytes;

	if (set->count == PARTY_FILES_MAX || party_set_find(set, name) ||
	    strlen(name) >= PARTY_NAME_SIZE)
		return NULL;
	*bytes = (struct kl_buf)KL_BUF(FILE_SIZE_MAX);
	snprintf(set->list[set->count].name, PARTY_NAME_SIZE, "%s", name);
	set->count++;
	return bytes;
}

const struct kl_file *party_set_files(struct party_set *set)
{
	static const uint8_t nothing[1];

	for (size_t i = 0; i < set->count; i++)
		set->files[i] = (struct kl_file){
			set->list[i].name,
			set->list[i].bytes.data ? set->list[i].bytes.data
						: nothing,
			set->list[i].bytes.size,
		};
	return set->files;
}

void party_set_clear(struct party_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		kl_buf_clear(&set->list[i].bytes);
	set->count = 0;
}
