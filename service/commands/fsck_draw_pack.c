/* fsck_draw_pack.c -- the pack of a draw that is closed, as others check it. */
#include "fsck_draw.h"

#include "beacons.h"
#include "kl_pack.h"

#include <inttypes.h>
#include <string.h>

enum { FILES_MAX = KL_PACK_FILES_MAX };

struct files_of {
	struct kl_file *list;
	size_t count;
};

static void add(const struct fsck_draw *draw, struct files_of *files,
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

static void add_texts(
    const struct fsck_draw *draw, struct files_of *files, const char *prefix)
{
	const char *notice = notice_text(draw->notice, draw->arena);

	add(draw, files, prefix, "notice.json", notice, strlen(notice));
	add(draw, files, prefix, "policy.json", draw->policy->text,
	    strlen(draw->policy->text));
	for (size_t i = 0; i < draw->text_count; i++)
		if (travels(draw, &draw->texts[i]))
			add(draw, files, prefix, draw->texts[i].file,
			    draw->texts[i].bytes, draw->texts[i].size);
}

/* --- the attempts before -------------------------------------------------- */

static bool read_declare(struct fsck_draw *draw)
{
	const struct fsck_draw_text *text = fsck_draw_text(draw, "declare.txt");

	return text &&
	       !kl_declare_read(&draw->declare, text->bytes, text->size, NULL);
}

/* NULL in `later->earlier`: something of it cannot be read, or is doubted. */
static enum error read_earlier(struct fsck_draw *later, const char *id)
{
	struct fsck_draw *draw = arena_alloc(later->arena, sizeof(*draw));
	const struct fsck_object *object =
	    fsck_replay_find(&later->fsck->replay, &draw_kind, id);
	enum error error;

	draw->fsck = later->fsck;
	draw->arena = later->arena;
	draw->unreadable = object && object->doubted;
	if (draw->unreadable)
		return ERR_OK;
	error = fsck_draw_read(draw, id, object ? object->seq : 0);
	if (!error && !draw->unreadable)
		error = fsck_draw_terms(draw);
	if (!error && !draw->unreadable && read_declare(draw))
		later->earlier = draw;
	else
		fsck_draw_clear(draw);
	return error;
}

/* As far as they can be read: `*whole` then. */
static enum error add_earlier(
    struct fsck_draw *draw, struct files_of *files, bool *whole)
{
	const char *id = draw->told->previous;
	enum error error = ERR_OK;

	for (int64_t n = draw->declare.attempt - 1; !error && n > 0; n--) {
		if (id)
			error = read_earlier(draw, id);
		*whole = !error && draw->earlier;
		if (!*whole)
			return error;
		draw = draw->earlier;
		add_texts(draw, files,
		    arena_format(draw->arena, "previous/%" PRId64 "/", n));
		error = fsck_draw_previous(draw->fsck, &draw->declare, &id);
	}
	return error;
}

/* --- judging it ----------------------------------------------------------- */

/* What is wrong with an earlier one alone is told when its turn comes. */
static bool is_of_earlier(const struct kl_finding *finding)
{
	return strncmp(finding->file, "previous/", strlen("previous/")) == 0 &&
	       kl_finding_check(finding->code) < KL_CHECK_PREVIOUS;
}

static void tell(struct fsck_draw *draw, const struct kl_pack_report *report)
{
	for (size_t i = 0; i < report->finding_count; i++) {
		const struct kl_finding *finding = &report->findings[i];

		if (!is_of_earlier(finding))
			fsck_tell(&draw->fsck->report, FSCK_PACK, "draw_text",
			    arena_format(draw->arena, "%s/%s",
				draw->row->object.id, finding->file),
			    kl_finding_word(finding->code));
	}
}

static enum error verify(struct fsck_draw *draw, const struct files_of *files)
{
	const struct kl_pack_options options = { .bare = true,
		.rehearsal = true,
		.chain = beacons_chain(),
		.certificate = beacons_certificate() };
	struct kl_pack_report *report =
	    arena_alloc(draw->arena, sizeof(*report));

	if (kl_pack_verify(files->list, files->count, &options, report))
		return ERR_INTERNAL;
	tell(draw, report);
	kl_pack_report_clear(report);
	return ERR_OK;
}

/* With the attempts before it, if the log has them whole. */
enum error fsck_draw_pack(struct fsck_draw *draw)
{
	struct files_of files = { 0 };
	bool whole = true;
	enum error error;

	if (!draw->told->close_hash ||
	    (draw->declare.attempt > 1 && draw->fsck->replay.holes))
		return ERR_OK;
	files.list = arena_alloc(draw->arena, FILES_MAX * sizeof(*files.list));
	add_texts(draw, &files, "");
	error = add_earlier(draw, &files, &whole);
	return error || !whole ? error : verify(draw, &files);
}
