/* pack_log.c -- log/ of the evidence pack: that all of it is in the log. */
#include "kl_steps.h"
#include "log_read.h"
#include "pack_private.h"
#include "publisher.h"

#include <string.h>

/* The checkpoints of protocol §5, each the first that covers its text. */
enum mark {
	MARK_DECLARED,
	MARK_LOCKED,
	MARK_SEALED,
	MARK_CLOSED,
	MARK_LAST,
	MARKS
};

static const char *const mark_names[MARKS] = {
	"log/declared",
	"log/locked",
	"log/sealed",
	"log/closed",
	"log/last",
};

static const struct {
	const char *stem;
	enum mark mark;
} marking[] = {
	{ "declare", MARK_DECLARED },
	{ "lock", MARK_LOCKED },
	{ "seal", MARK_SEALED },
	{ "close", MARK_CLOSED },
};

struct marks {
	bool there[MARKS];
	uint64_t covers[MARKS];   /* the event */
	uint64_t size_max[MARKS]; /* and no entry after the first reveal */
	struct log_checkpoint checkpoints[MARKS];
};

/* A reveal was taken when the lock had been cosigned: by a checkpoint that does
 * not hold the reveal. */
static void bound_lock(const struct pack_events *events, uint64_t *size_max)
{
	for (size_t i = 0; i < events->count; i++)
		if (strncmp(events->list[i].stem, "revealed-",
			strlen("revealed-")) == 0 &&
		    events->list[i].index < *size_max)
			*size_max = events->list[i].index;
}

static void find_marks(const struct pack_events *events, struct marks *marks)
{
	for (int i = 0; i < MARKS; i++)
		marks->size_max[i] = UINT64_MAX;
	bound_lock(events, &marks->size_max[MARK_LOCKED]);
	for (size_t i = 0; i < events->count; i++) {
		const struct pack_event *event = &events->list[i];

		for (size_t j = 0; j < sizeof(marking) / sizeof(*marking); j++)
			if (strcmp(event->stem, marking[j].stem) == 0) {
				marks->there[marking[j].mark] = true;
				marks->covers[marking[j].mark] = event->index;
			}
		if (event->after && event->index >= marks->covers[MARK_LAST]) {
			marks->there[MARK_LAST] = true;
			marks->covers[MARK_LAST] = event->index;
		}
	}
}

static enum error too_early(struct request *request)
{
	return request_fail(request, ERR_TOO_EARLY,
	    "检查点尚未公布或尚未联署,请稍候",
	    "its checkpoint is not published or not cosigned yet", NULL);
}

/* What is asked of such an end, kl_pack checks. */
static bool may_lack(const struct draw *draw, enum mark mark)
{
	return mark <= MARK_SEALED &&
	       kl_close_may_lack_marks(draw_reason(draw));
}

/* The first checkpoint of the quorum. With none asked for, and for the end of
 * what has no result until it is there, the first that there is. */
static enum error read_mark(struct request *request, const struct draw *draw,
    const struct marks *marks, enum mark mark, uint64_t size_max,
    struct log_checkpoint *checkpoint)
{
	uint64_t index = marks->covers[mark];
	struct cosigned cosigned;
	enum error error = ERR_NOT_FOUND;

	if (draw->quorum > 0)
		error =
		    draw_cosigned(request, draw, index, size_max, &cosigned);
	if (!error)
		*checkpoint = (struct log_checkpoint){ cosigned.size,
			cosigned.root, cosigned.note };
	if (error != ERR_NOT_FOUND ||
	    (draw->quorum > 0 &&
		(mark < MARK_CLOSED || strcmp(draw->outcome, "result") == 0)))
		return error;
	return log_read_covering(request->db, index, checkpoint);
}

/*
 * From the last to the first, none larger than the next: a checkpoint may have
 * been cosigned late, and a later one before it.
 */
static enum error read_marks(
    struct request *request, const struct draw *draw, struct marks *marks)
{
	uint64_t size_max = request->published->size;

	for (int i = MARKS - 1; i >= 0; i--) {
		struct log_checkpoint *checkpoint = &marks->checkpoints[i];
		enum error error;

		if (!marks->there[i])
			continue;
		if (marks->size_max[i] < size_max)
			size_max = marks->size_max[i];
		error =
		    read_mark(request, draw, marks, i, size_max, checkpoint);
		if (error == ERR_NOT_FOUND && may_lack(draw, i)) {
			marks->there[i] = false;
			continue;
		}
		if (error == ERR_NOT_FOUND ||
		    (!error && checkpoint->size > size_max))
			return too_early(request);
		if (error)
			return error;
		size_max = checkpoint->size;
	}
	return ERR_OK;
}

static enum error add_marks(
    struct pack *pack, const struct draw *draw, struct marks *marks)
{
	enum error error = read_marks(pack->request, draw, marks);

	for (int i = 0; !error && i < MARKS; i++)
		if (marks->there[i])
			error = pack_add(pack, mark_names[i],
			    marks->checkpoints[i].note.bytes,
			    marks->checkpoints[i].note.size);
	return error;
}

/* --- how the log grew ----------------------------------------------------- */

static enum error make_steps(
    struct log_tiles *tiles, const struct marks *marks, struct kl_steps *steps)
{
	const struct log_checkpoint *last = NULL;
	enum error error = ERR_OK;

	for (int i = 0; !error && i < MARKS; i++) {
		const struct log_checkpoint *next = &marks->checkpoints[i];
		struct kl_step *step = &steps->steps[steps->count];

		if (!marks->there[i])
			continue;
		if (last && last->size != next->size) {
			step->old_size = last->size;
			step->new_size = next->size;
			error = log_read_consistency(
			    tiles, last->size, next->size, &step->path);
			steps->count++;
		}
		last = next;
	}
	return error;
}

static enum error add_steps(
    struct pack *pack, struct log_tiles *tiles, const struct marks *marks)
{
	struct arena *arena = &pack->request->arena;
	struct kl_steps *steps = arena_alloc(arena, sizeof(*steps));
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	const char *copy;
	size_t size;
	enum error error = make_steps(tiles, marks, steps);

	if (error || steps->count == 0)
		return error;
	if (kl_steps_write(steps, &text)) {
		kl_buf_clear(&text);
		return ERR_INTERNAL;
	}
	size = text.size;
	copy = arena_text(arena, (const char *)text.data, size);
	kl_buf_clear(&text);
	return pack_add(pack, "log/consistency", copy, size);
}

/* --- leaves and proofs ---------------------------------------------------- */

static enum error add_proof(struct pack *pack, struct log_tiles *tiles,
    const struct pack_event *event, const struct log_checkpoint *against)
{
	struct request *request = pack->request;
	struct db_blob leaf, proof;
	enum error error = log_read_leaf(request->db, event->index, &leaf);

	if (!error)
		error = log_proof_text(tiles, &request->arena, event->index,
		    against->size, against->note.bytes, against->note.size,
		    &proof);
	if (!error)
		error = pack_add(pack,
		    arena_format(&request->arena, "log/%s.leaf", event->stem),
		    leaf.bytes, leaf.size);
	if (!error)
		error = pack_add(pack,
		    arena_format(&request->arena, "log/%s.proof", event->stem),
		    proof.bytes, proof.size);
	return error;
}

/* The steps come last: those before the close are in smaller trees, of tiles
 * that are kept by then. */
enum error pack_add_log(struct pack *pack, const struct draw *draw,
    const struct pack_events *events)
{
	struct arena *arena = &pack->request->arena;
	struct marks *marks = arena_alloc(arena, sizeof(*marks));
	struct log_tiles *tiles = log_tiles_begin(pack->request->db, arena);
	enum error error;

	find_marks(events, marks);
	error = add_marks(pack, draw, marks);
	for (size_t i = 0; !error && i < events->count; i++) {
		const struct pack_event *event = &events->list[i];

		error = add_proof(pack, tiles, event,
		    &marks
			 ->checkpoints[event->after ? MARK_LAST : MARK_CLOSED]);
	}
	return error ? error : add_steps(pack, tiles, marks);
}
