/* fsck_draw_pack.c -- the pack of a draw that is closed, as others check it. */
#include "fsck_draw.h"

#include "kl_pack.h"

#include <inttypes.h>
#include <string.h>

enum { FILES_MAX = KL_PACK_FILES_MAX };

struct files_of {
	struct kl_file *list;
	size_t count;
};

static void add(struct fsck_draw *draw, struct files_of *files,
    const char *prefix, const char *name, const void *bytes, size_t size)
{
	if (files->count == FILES_MAX)
		return;
	files->list[files->count++] =
	    (struct kl_file){ arena_format(draw->arena, "%s%s", prefix, name),
		    bytes, size };
}

/* A reveal travels only with a seal that has it, a draft only if it is not the
 * roster: as pack.c does. */
static bool travels(
    const struct fsck_draw *draw, const struct fsck_draw_text *text)
{
	const struct fsck_draw_text *roster;

	if (strncmp(text->file, "commit-", strlen("commit-")) == 0)
		return fsck_draw_text(draw, "seal.txt");
	if (strcmp(text->file, "draft.txt") != 0)
		return true;
	roster = fsck_draw_text(draw, "roster.txt");
	return !roster || !kl_hash_equal(&roster->hash, &text->hash);
}

static void add_texts(struct fsck_draw *draw, const struct fsck_draw *of,
    struct files_of *files, const char *prefix)
{
	const char *notice = notice_text(draw->notice, draw->arena);

	add(draw, files, prefix, "notice.json", notice, strlen(notice));
	add(draw, files, prefix, "policy.json", draw->policy->text,
	    strlen(draw->policy->text));
	for (size_t i = 0; i < of->text_count; i++)
		if (travels(of, &of->texts[i]))
			add(draw, files, prefix, of->texts[i].file,
			    of->texts[i].bytes, of->texts[i].size);
}

static void tell(struct fsck_draw *draw, const struct kl_pack_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const char *key = arena_format(draw->arena, "%s/%s",
		    draw->row->object.id, report->findings[i].file);

		fsck_tell(&draw->fsck->report, FSCK_PACK, "draw_text", key,
		    kl_finding_word(report->findings[i].code));
	}
}

static enum error verify(struct fsck_draw *draw, const struct files_of *files)
{
	const struct kl_pack_options options = { .bare = true,
		.rehearsal = true };
	struct kl_pack_report *report =
	    arena_alloc(draw->arena, sizeof(*report));

	if (kl_pack_verify(files->list, files->count, &options, report))
		return ERR_INTERNAL;
	tell(draw, report);
	kl_pack_report_clear(report);
	return ERR_OK;
}

/* Attempts that were declared before it are in it, too; each is judged by
 * itself, so that here only the first of a project is. */
enum error fsck_draw_pack(struct fsck_draw *draw)
{
	struct files_of files = { 0 };

	if (!draw->told->close_hash || draw->told->attempt != 1)
		return ERR_OK;
	files.list = arena_alloc(draw->arena, FILES_MAX * sizeof(*files.list));
	add_texts(draw, draw, &files, "");
	return verify(draw, &files);
}
