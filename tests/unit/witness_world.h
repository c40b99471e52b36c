/* witness_world.h -- a witness in memory; a log that signs what it is told. */
#ifndef WITNESS_WORLD_H
#define WITNESS_WORLD_H

#include "kl_witness.h"
#include "vectors.h"

/* A witness that keeps its one log in memory. */
struct witness {
	struct kl_note_key log, key;
	struct kl_signer signer;
	struct kl_witness_state state;
	uint64_t time;
};

static inline enum kl_witness_status ask(struct witness *witness,
    const char *bytes, size_t size, struct kl_buf *reply)
{
	struct kl_witness_request request;
	enum kl_witness_status status = KL_WITNESS_BAD_REQUEST;

	if (kl_witness_request_read(bytes, size, &request))
		return status;
	status = kl_witness_admit(&request, &witness->log, 1);
	if (status == KL_WITNESS_COSIGNED)
		status = kl_witness_decide(&request, &witness->state);
	assert_int_equal(
	    kl_witness_reply_write(reply, &request, status, &witness->state,
		&witness->key, &witness->signer, witness->time),
	    KL_OK);
	if (status == KL_WITNESS_COSIGNED)
		witness->state =
		    (struct kl_witness_state){ request.checkpoint.size,
			    request.checkpoint.root };
	return status;
}

static inline void key_of(const char *name, enum kl_key_type type,
    const struct kl_public_key *public_key, struct kl_note_key *key)
{
	assert_int_equal(
	    kl_note_key_make(key, name, strlen(name), type, public_key), KL_OK);
}

/* A log of ours that signs whatever it is told to, and its witness. */
struct world {
	struct witness witness;
	struct kl_signer log;
};

static inline void open_world(struct world *world)
{
	static const char name[] = "log.example";
	uint8_t seed[KL_SEED_SIZE] = { 1 };

	*world = (struct world){ .witness.time = 1000 };
	kl_signer_make(&world->log, seed);
	key_of(name, KL_KEY_NOTE, &world->log.key, &world->witness.log);
	seed[0] = 2;
	kl_signer_make(&world->witness.signer, seed);
	key_of("witness.example", KL_KEY_COSIGNATURE,
	    &world->witness.signer.key, &world->witness.key);
}

/* The tree of `size` leaves, of which leaf 0 may differ. */
static inline struct kl_hash root_of(uint64_t size, char first)
{
	struct kl_tree tree = { 0 };
	struct kl_hash formed[KL_TILE_LEVELS];

	for (uint64_t i = 0; i < size; i++) {
		char entry = (char)(i == 0 ? first : 'x');
		struct kl_hash leaf = kl_leaf_hash(&entry, 1);

		kl_tree_append(&tree, &leaf, formed);
	}
	return kl_tree_root(&tree);
}

static inline void sign(struct world *world, uint64_t size,
    const struct kl_hash *root, struct kl_buf *note)
{
	assert_int_equal(kl_checkpoint_sign(note, &world->witness.log,
			     &world->log, size, root),
	    KL_OK);
}

static inline enum kl_witness_status submit(struct world *world,
    uint64_t old_size, uint64_t size, const struct kl_hash *root,
    struct kl_buf *reply)
{
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX);
	struct kl_buf request = KL_BUF(KL_WITNESS_REQUEST_MAX);
	enum kl_witness_status status;

	sign(world, size, root, &note);
	assert_int_equal(kl_witness_request_write(&request, old_size, NULL,
			     (const char *)note.data, note.size),
	    KL_OK);
	status = ask(
	    &world->witness, (const char *)request.data, request.size, reply);
	kl_buf_clear(&request);
	kl_buf_clear(&note);
	return status;
}

#endif
