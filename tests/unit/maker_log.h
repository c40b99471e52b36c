/* maker_log.h -- part of maker.h: the tree, its checkpoints and proofs. */
#ifndef MAKER_LOG_H
#define MAKER_LOG_H

static inline struct kl_note_key log_key_of(const struct plan *plan)
{
	struct kl_note_key key;
	struct kl_signer signer = signer_of(0);

	assert_int_equal(kl_note_key_make(&key, plan->origin,
			     strlen(plan->origin), KL_KEY_NOTE, &signer.key),
	    KL_OK);
	return key;
}

static inline struct kl_note_key witness_key_of(size_t number)
{
	struct kl_note_key key;
	struct kl_signer signer = signer_of((uint8_t)(10 + number));

	assert_int_equal(
	    kl_note_key_make(&key, witness_names[number],
		strlen(witness_names[number]), KL_KEY_COSIGNATURE, &signer.key),
	    KL_OK);
	return key;
}

/* Trust everybody who signs here. */
static inline void trust_all(struct world *world)
{
	struct kl_trust *trust = &world->trust;

	trust->logs[0] = log_key_of(&world->made[world->made_count - 1].plan);
	trust->log_count = 1;
	for (size_t i = 0; i < WITNESSES; i++)
		trust->witnesses[i] = witness_key_of(i);
	trust->witness_count = WITNESSES;
	for (size_t i = 0; i < PARTIES; i++)
		trust->parties[i] = (struct kl_trust_party){
			kl_span_of(party_ids[i]),
			signer_of((uint8_t)(1 + i)).key,
		};
	trust->party_count = PARTIES;
}

/* --- the tree ------------------------------------------------------------- */

static inline void make_leaf(struct world *world, size_t index)
{
	struct event *event = &world->events[index];
	struct kl_leaf leaf = { .at = event->at,
		.organisation = event->nobodys ? NULL : "org",
		.role = event->nobodys ? NULL : "service",
		.data = event->data,
		.kind = event->kind,
		.subject = event->subject,
		.seq = (uint64_t)event->seq };
	struct kl_buf *out = &world->leaves[index];

	memset(&leaf.id, event->id, sizeof(leaf.id));
	*out = (struct kl_buf)KL_BUF(KL_LEAF_SIZE_MAX);
	assert_int_equal(kl_leaf_write(out, &leaf), KL_OK);
	event->index = index;
	world->hashes[index] = kl_leaf_hash(out->data, out->size);
}

static inline struct kl_tree_source tree_of(struct forest *forest)
{
	return (struct kl_tree_source){ get_subtree, forest };
}

static inline struct forest forest_of(struct world *world)
{
	return (struct forest){ world->hashes, world->event_count, 0 };
}

/* How many entries a mark's checkpoint covers; 0: there is no such mark. */
static inline size_t size_of_mark(const struct made *made, size_t number)
{
	return made->mark_events[number];
}

static inline void make_checkpoint(struct world *world, const struct made *made,
    size_t number, struct kl_buf *note)
{
	struct kl_note_key log = log_key_of(&made->plan);
	struct kl_signer signer = signer_of(0);
	size_t size = size_of_mark(made, number), text_size;
	struct kl_hash root = kl_merkle_root(world->hashes, size);
	char text[512];

	assert_int_equal(
	    kl_checkpoint_sign(note, &log, &signer, size, &root), KL_OK);
	text_size =
	    (size_t)((uint8_t *)memmem(note->data, note->size, "\n\n", 2) + 1 -
		     note->data);
	memcpy(text, note->data, text_size);
	for (size_t i = 0; made->plan.cosigned[number] && i < WITNESSES; i++) {
		struct kl_note_key key = witness_key_of(i);

		signer = signer_of((uint8_t)(10 + i));
		assert_int_equal(
		    kl_note_cosign(note, text, text_size, &key, &signer,
			(uint64_t)(made->plan.start +
				   made->plan.cosigned[number] + 1 -
				   (int64_t)i)),
		    KL_OK);
	}
}

/* --- log/ ----------------------------------------------------------------- */

static inline void make_proofs(struct world *world, const struct made *made,
    const struct kl_buf notes[MARKS])
{
	struct forest forest = forest_of(world);
	struct kl_tree_source source = tree_of(&forest);

	for (size_t i = 0; i < world->event_count; i++) {
		const struct event *event = &world->events[i];
		bool after = strncmp(event->stem, "replace", 7) == 0 ||
			     strcmp(event->stem, "annul") == 0;
		size_t number = after ? 4 : 3;
		struct kl_proof proof = { .index = i,
			.checkpoint = (const char *)notes[number].data,
			.checkpoint_size = notes[number].size };
		struct kl_buf text = KL_BUF(FILE_MAX);
		char name[64];

		if (made != &world->made[event->attempt] || !*event->stem)
			continue;
		assert_int_equal(
		    kl_inclusion_make(
			i, size_of_mark(made, number), &source, &proof.path),
		    KL_OK);
		assert_int_equal(kl_proof_write(&text, &proof), KL_OK);
		snprintf(name, sizeof(name), "log/%s.proof", event->stem);
		add_text(world, made->prefix, name, &text);
		snprintf(name, sizeof(name), "log/%s.leaf", event->stem);
		add_file(world, made->prefix, name, world->leaves[i].data,
		    world->leaves[i].size);
	}
}

static inline void make_steps(struct world *world, const struct made *made)
{
	struct forest forest = forest_of(world);
	struct kl_tree_source source = tree_of(&forest);
	struct kl_steps steps = { .count = 0 };
	struct kl_buf text = KL_BUF(FILE_MAX);
	size_t last = 0;

	for (size_t i = 0; i < MARKS; i++) {
		size_t size = size_of_mark(made, i);
		struct kl_step *step = &steps.steps[steps.count];

		if (size > 0 && last > 0 && size != last) {
			step->old_size = last;
			step->new_size = size;
			assert_int_equal(kl_consistency_make(
					     last, size, &source, &step->path),
			    KL_OK);
			steps.count++;
		}
		if (size > 0)
			last = size;
	}
	if (steps.count == 0)
		return;
	assert_int_equal(kl_steps_write(&steps, &text), KL_OK);
	add_text(world, made->prefix, "log/consistency", &text);
}

static inline void make_log_of(struct world *world, const struct made *made)
{
	static const char *const names[MARKS] = { "log/declared", "log/locked",
		"log/sealed", "log/closed", "log/last" };
	struct kl_buf notes[MARKS];

	for (size_t i = 0; i < MARKS; i++) {
		notes[i] = (struct kl_buf)KL_BUF(FILE_MAX);
		if (size_of_mark(made, i) == 0)
			continue;
		make_checkpoint(world, made, i, &notes[i]);
		add_file(world, made->prefix, names[i], notes[i].data,
		    notes[i].size);
	}
	make_proofs(world, made, notes);
	make_steps(world, made);
	for (size_t i = 0; i < MARKS; i++)
		kl_buf_clear(&notes[i]);
}

/* Close the world: from its events to log/ of every attempt. */
static inline void make_log(struct world *world)
{
	for (size_t i = 0; i < world->event_count; i++)
		make_leaf(world, i);
	for (size_t i = 0; i < world->made_count; i++)
		make_log_of(world, &world->made[i]);
	trust_all(world);
}

static inline struct world *world_open(void)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	return world;
}

static inline void world_close(struct world *world)
{
	for (size_t i = 0; i < world->event_count; i++) {
		json_decref(world->events[i].data);
		kl_buf_clear(&world->leaves[i]);
	}
	for (size_t i = 0; i < ATTEMPTS_MAX; i++)
		kl_ranking_clear(&world->made[i].ranking);
	free(world);
}

/* Verify what there is now. The report is the caller's, to clear. */
static inline void world_verify(struct world *world,
    const struct kl_pack_options *options, struct kl_pack_report *report)
{
	static struct kl_file files[FILES_MAX];

	for (size_t i = 0; i < world->file_count; i++)
		files[i] = (struct kl_file){ world->files[i].name,
			world->files[i].bytes, world->files[i].size };
	assert_int_equal(
	    kl_pack_verify(files, world->file_count, options, report), KL_OK);
}

#endif
