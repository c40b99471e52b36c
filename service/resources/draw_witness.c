/* draw_witness.c -- when the declared witnesses had seen a text of the draw. */
#include "draw_private.h"
#include "kl_declare.h"
#include "route.h"

/* The keys that were declared, as those who cosign checkpoints have them. */
static enum error read_witnesses(struct request *request,
    const struct draw *draw, struct kl_note_key witnesses[], size_t *count)
{
	struct kl_declare *declare =
	    arena_alloc(&request->arena, sizeof(*declare));
	struct db_blob text;
	uint64_t ignored;
	enum error error = draw_text_read(
	    request, draw->object.id, "declare.txt", &text, &ignored);

	if (error)
		return error == ERR_NOT_FOUND ? ERR_INTERNAL : error;
	if (kl_declare_read(declare, (const char *)text.bytes, text.size, NULL))
		return ERR_INTERNAL;
	*count = declare->witness_count;
	for (size_t i = 0; i < *count; i++) {
		const struct kl_witness *from = &declare->witnesses[i];

		if (kl_note_key_make(&witnesses[i], from->name.at,
			from->name.size, KL_KEY_COSIGNATURE, &from->key))
			return ERR_INTERNAL;
	}
	return ERR_OK;
}

enum error draw_cosigned(struct request *request, const struct draw *draw,
    uint64_t index, uint64_t size_max, struct cosigned *cosigned)
{
	struct kl_note_key *witnesses =
	    arena_alloc(&request->arena, KL_WITNESSES_MAX * sizeof(*witnesses));
	size_t count = 0;
	enum error error = read_witnesses(request, draw, witnesses, &count);

	if (error)
		return error;
	return witnesses_cosigned(request->db, &request->arena, index, size_max,
	    witnesses, count, draw->quorum, cosigned);
}

enum error draw_cosigned_at(struct request *request, const struct draw *draw,
    const char *file, int64_t *at)
{
	struct cosigned cosigned;
	struct db_blob ignored;
	uint64_t index;
	enum error error;

	*at = 0;
	if (draw->quorum == 0)
		return ERR_OK;
	*at = INT64_MAX;
	error =
	    draw_text_read(request, draw->object.id, file, &ignored, &index);
	if (!error)
		error =
		    draw_cosigned(request, draw, index, UINT64_MAX, &cosigned);
	if (!error)
		*at = cosigned.at;
	return error == ERR_NOT_FOUND ? ERR_OK : error;
}

enum error draw_is_witnessed(struct request *request, const struct draw *draw,
    const char *file, int64_t before, bool *witnessed)
{
	int64_t at = 0;
	enum error error = draw_cosigned_at(request, draw, file, &at);

	*witnessed = kl_attempt_is_witnessed(draw->quorum, at, before);
	return error;
}

const struct resource draw_witness_resource = {
	.writes = witnesses_statements,
};
