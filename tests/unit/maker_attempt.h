/* maker_attempt.h -- part of maker.h: the texts of an attempt, by its plan. */
#ifndef MAKER_ATTEMPT_H
#define MAKER_ATTEMPT_H

/* --- the freeze ----------------------------------------------------------- */

static inline void make_roster(struct made *made, size_t first)
{
	const struct plan *plan = &made->plan;

	assert_true(plan->entries <= ENTRIES_MAX);
	made->roster = (struct kl_roster){ .draw = kl_span_of(plan->draw),
		.entries = made->entries,
		.count = plan->entries };
	for (size_t i = 0; i < plan->entries; i++) {
		snprintf(
		    made->ids[i], sizeof(made->ids[i]), "E%08zu", first + i);
		made->entries[i] = (struct kl_entry){ kl_span_of(made->ids[i]),
			i == 0 ? plan->weight : 1 };
	}
}

static inline void make_names(const struct made *made, struct kl_buf *out)
{
	size_t count = made->roster.count - made->plan.names_short;

	for (size_t i = 0; i < count; i++) {
		kl_buf_add_text(out, made->ids[i]);
		kl_buf_add_text(out, " 机构");
		kl_buf_add_text(out, made->ids[i]);
		kl_buf_add_text(out, "\n");
	}
}

static inline void make_excluded(const struct made *made, struct kl_buf *out)
{
	struct kl_exclusion one = { .id = kl_span_of("E00000000"),
		.reason = kl_span_of("affiliated") };
	struct kl_excluded excluded = {
		.draw = kl_span_of(made->plan.draw), .entries = &one, .count = 1
	};

	if (made->plan.exclude_first)
		one.id = kl_span_of(made->ids[0]);
	assert_int_equal(kl_excluded_write(&excluded, out), KL_OK);
}

static inline void declare_keys(struct made *made)
{
	const struct plan *plan = &made->plan;
	struct kl_declare *declare = &made->declared;

	declare->log_key = signer_of(0).key;
	for (size_t i = 0; i < plan->witnesses; i++)
		declare->witnesses[i] =
		    (struct kl_witness){ kl_span_of(witness_names[i]),
			    signer_of((uint8_t)(10 + i)).key };
	declare->witness_count = plan->witnesses;
	for (size_t i = 0; i < PARTIES; i++)
		declare->parties[i] = (struct kl_party){
			kl_span_of(party_ids[i]),
			signer_of((uint8_t)(1 + i)).key,
			i < 2 || plan->owner_required,
		};
	declare->party_count = PARTIES;
}

static inline void declare_rest(struct made *made)
{
	const struct plan *plan = &made->plan;
	struct kl_declare *declare = &made->declared;

	declare->draw = kl_span_of(plan->draw);
	declare->project = kl_span_of(plan->project);
	declare->attempt = plan->attempt;
	declare->origin = kl_span_of(plan->origin);
	declare->quorum = plan->quorum;
	declare->draft_until = plan->start + plan->draft_until;
	declare->select = plan->select;
	declare->alternates = plan->alternates;
	declare->commit_by = plan->start + 3600;
	declare->reveal_by = plan->start + 7200;
	declare->beacon_delay_s = plan->delay;
	declare->withheld_void = plan->withheld_void;
	declare->beacon = (struct kl_beacon_choice){
		.kind = plan->beacon,
		.template = kl_span_of(plan->template),
		.time = plan->start + plan->beacon_time,
		.certificate = plan->certificate,
		.round = plan->round,
	};
	if (plan->chain)
		declare->beacon.chain = hash_of_hex(plan->chain);
}

/* The draft, the roster, and all of the declaration. */
static inline void make_freeze(struct world *world, struct made *made)
{
	const struct plan *plan = &made->plan;
	struct kl_declare *declare = &made->declared;
	struct kl_buf text = KL_BUF(FILE_MAX);

	declare->notice = add_file(world, made->prefix, "notice.json",
	    plan->notice, strlen(plan->notice));
	declare->policy = add_file(world, made->prefix, "policy.json",
	    plan->policy, strlen(plan->policy));
	make_roster(made, plan->other_draft ? 2 : 1);
	assert_int_equal(kl_roster_write(&made->roster, &text), KL_OK);
	declare->draft = publish(world, "draw.drafted", "draft", &text, -7200);
	if (!plan->other_draft)
		world->file_count--;
	make_roster(made, 1);
	assert_int_equal(kl_roster_write(&made->roster, &text), KL_OK);
	declare->roster = publish(world, "draw.roster", "roster", &text, 0);
	make_names(made, &text);
	declare->names = publish(world, "draw.names", "names", &text, 0);
	make_excluded(made, &text);
	declare->excluded =
	    publish(world, "draw.excluded", "excluded", &text, 0);
	declare_keys(made);
	declare_rest(made);
	assert_int_equal(kl_declare_write(declare, &text), KL_OK);
	made->declare = publish(world, "draw.declared", "declare", &text, 0);
	mark(world, 0);
}

/* --- the secrets ---------------------------------------------------------- */

static inline struct kl_hash commit_of(
    struct made *made, size_t party, struct kl_buf *text)
{
	struct kl_commit *commit = &made->commits[party];

	commit->declare = made->declare;
	if (made->plan.names_other && party == 2)
		commit->party = kl_span_of(party_ids[0]);
	else
		commit->party = kl_span_of(party_ids[party]);
	memset(
	    &commit->secret, made->plan.secrets[party], sizeof(commit->secret));
	assert_int_equal(kl_commit_write(commit, text), KL_OK);
	return kl_hash_of(text->data, text->size);
}

static inline struct kl_locked lock_of(
    struct world *world, struct made *made, size_t party)
{
	struct kl_locked locked = { .party = kl_span_of(party_ids[party]) };
	struct kl_signer signer = signer_of((uint8_t)(1 + party));
	struct kl_buf text = KL_BUF(FILE_MAX), said = KL_BUF(FILE_MAX);
	char hex[KL_HASH_HEX], sign[KL_SIGNATURE_HEX], stem[48];

	locked.commit = commit_of(made, party, &text);
	assert_int_equal(
	    kl_commitment_write(&(struct kl_commitment){ made->declare,
				    locked.party, locked.commit },
		&said),
	    KL_OK);
	if (made->plan.wrong_signer && party == 2)
		signer = signer_of(9);
	locked.signature = kl_sign(&signer, said.data, said.size);
	kl_buf_clear(&text);
	kl_buf_clear(&said);
	locked.absent = made->plan.parts[party] == IS_ABSENT;
	if (locked.absent && !made->plan.left_out)
		return locked;
	kl_hash_hex(&locked.commit, hex);
	kl_signature_hex(&locked.signature, sign);
	snprintf(stem, sizeof(stem), "committed-%s", party_ids[party]);
	add_event(world, "draw.committed", stem,
	    json_pack("{s:s, s:s, s:s}", "party", party_ids[party], "commit",
		hex, "signature", sign),
	    600 + (int64_t)party);
	return locked;
}

static inline void make_lock(struct world *world, struct made *made)
{
	struct kl_lock lock = { .declare = made->declare, .count = PARTIES };
	struct kl_buf text = KL_BUF(FILE_MAX);

	for (size_t i = 0; i < PARTIES; i++)
		lock.parties[i] = lock_of(world, made, i);
	if (!made->plan.with_lock)
		return;
	assert_int_equal(kl_lock_write(&lock, &text), KL_OK);
	made->lock = publish(world, "draw.locked", "lock", &text, 3600);
	mark(world, 1);
}

static inline void make_reveal(
    struct world *world, struct made *made, size_t party)
{
	struct kl_buf text = KL_BUF(FILE_MAX);
	char name[64], stem[48];

	commit_of(made, party, &text);
	snprintf(stem, sizeof(stem), "revealed-%s", party_ids[party]);
	snprintf(name, sizeof(name), "commit-%s.txt", party_ids[party]);
	add_event(world, "draw.revealed", stem,
	    json_pack("{s:s, s:s%}", "party", party_ids[party], "text",
		text.data, text.size),
	    3700 + (int64_t)party);
	if (made->plan.with_seal && made->plan.parts[party] == REVEALS)
		add_text(world, made->prefix, name, &text);
	kl_buf_clear(&text);
}

static inline void make_seal(struct world *world, struct made *made)
{
	struct kl_seal seal = {
		.declare = made->declare, .lock = made->lock, .count = PARTIES
	};
	struct kl_buf text = KL_BUF(FILE_MAX);

	for (size_t i = 0; i < PARTIES; i++) {
		enum part part = made->plan.parts[i];

		if (part == REVEALS ||
		    (part == WITHHOLDS && made->plan.left_out))
			make_reveal(world, made, i);
		seal.parties[i] = (struct kl_sealed){
			kl_span_of(party_ids[i]),
			part == REVEALS     ? KL_REVEALED
			: part == WITHHOLDS ? KL_WITHHELD
					    : KL_ABSENT,
			made->commits[i].secret,
		};
	}
	if (!made->plan.with_seal)
		return;
	assert_int_equal(kl_seal_write(&seal, &text), KL_OK);
	made->seal = publish(world, "draw.sealed", "seal", &text, 7200);
	mark(world, 2);
}

/* --- beacon and result ---------------------------------------------------- */

static inline struct kl_drand_signature signature_of(const struct plan *plan)
{
	struct kl_drand_signature signature = { { 0 } };

	if (plan->signature)
		assert_int_equal(
		    kl_unhex(plan->signature, strlen(plan->signature),
			signature.bytes, sizeof(signature.bytes)),
		    KL_OK);
	return signature;
}

static inline void make_beacon(struct world *world, struct made *made)
{
	const struct plan *plan = &made->plan;
	struct kl_beacon beacon = { .declare = made->declare,
		.kind = plan->beacon,
		.template = kl_span_of(plan->template),
		.value = kl_span_of(plan->value),
		.certificate = made->declared.beacon.certificate,
		.chain = made->declared.beacon.chain,
		.round = plan->round,
		.signature = signature_of(plan),
		.attest_count = 2 };
	struct kl_buf text = KL_BUF(FILE_MAX), said = KL_BUF(FILE_MAX);

	if (plan->pulse)
		beacon.pulse = add_file(world, made->prefix, "pulse.json",
		    plan->pulse, strlen(plan->pulse));
	assert_int_equal(
	    kl_attestation_write(&(struct kl_attestation){ made->declare,
				     made->seal, beacon.value },
		&said),
	    KL_OK);
	for (size_t i = 0; i < 2; i++) {
		struct kl_signer signer = signer_of((uint8_t)(1 + i));

		beacon.attests[i] = (struct kl_signed){
			kl_span_of(party_ids[i]),
			kl_sign(&signer, said.data, said.size),
		};
	}
	kl_buf_clear(&said);
	assert_int_equal(kl_beacon_write(&beacon, &text), KL_OK);
	publish(world, "draw.beacon", "beacon", &text, 7600);
}

/* What of a pulse is not there is 0. */
static inline void take_pulse(const struct plan *plan, struct kl_seed *seed)
{
	json_auto_t *pulse = json_loads(plan->pulse, 0, NULL);

	if (!plan->seed_of_nothing)
		seed->pulse_index =
		    json_integer_value(json_object_get(pulse, "pulseIndex"));
	if (!kl_pulse_hash(
		json_object_get(pulse, "outputValue"), seed->output.bytes))
		memset(&seed->output, 0, sizeof(seed->output));
}

static inline void make_result(struct world *world, struct made *made)
{
	const struct plan *plan = &made->plan;
	struct kl_drand_signature signature = signature_of(plan);
	struct kl_seed seed = { .seal = made->seal,
		.kind = plan->beacon,
		.value = kl_span_of(
		    plan->seed_value ? plan->seed_value : plan->value),
		.round = plan->round,
		.randomness = kl_hash_of(&signature, sizeof(signature)) };
	struct kl_buf text = KL_BUF(FILE_MAX);

	take_pulse(plan, &seed);
	assert_int_equal(kl_seed_write(&seed, &text), KL_OK);
	made->seed = publish(world, "draw.seeded", "seed", &text, 7600);
	assert_int_equal(
	    kl_draw(&made->roster, &made->seed,
		plan->result_select ? plan->result_select : plan->select,
		plan->alternates, &made->ranking),
	    KL_OK);
	assert_int_equal(kl_ranking_write(&made->ranking, &text), KL_OK);
	made->result = publish(world, "draw.result", "result", &text, 7600);
}

static inline void make_close(struct world *world, struct made *made)
{
	struct kl_close close = { .declare = made->declare,
		.reason = made->plan.reason,
		.has_detail = made->plan.with_result,
		.detail = made->result,
		.known = made->plan.known };
	struct kl_buf text = KL_BUF(FILE_MAX);

	assert_int_equal(kl_close_write(&close, &text), KL_OK);
	made->close = publish(world, "draw.closed", "close", &text, 7600);
	mark(world, 3);
}

/* --- afterwards ----------------------------------------------------------- */

static inline struct kl_signed approve(
    size_t party, const struct kl_buf *statement)
{
	struct kl_signer signer = signer_of((uint8_t)(1 + party));

	return (struct kl_signed){ kl_span_of(party_ids[party]),
		kl_sign(&signer, statement->data, statement->size) };
}

static inline void make_replace(
    struct world *world, struct made *made, size_t number)
{
	const struct kl_ranked *ranked = made->ranking.entries;
	struct kl_replace replace = { .close = made->close,
		.out = ranked[number].id,
		.has_in = !made->plan.replaces[number].none_left,
		.in = ranked[number + 1].id,
		.reason = KL_REPLACE_REFUSED,
		.approval_count = 2 };
	struct kl_buf text = KL_BUF(FILE_MAX);
	char stem[32] = "replace";

	if (made->plan.replaces[number].out)
		replace.out = kl_span_of(made->plan.replaces[number].out);
	if (made->plan.replaces[number].in)
		replace.in = kl_span_of(made->plan.replaces[number].in);
	if (number > 0)
		snprintf(stem, sizeof(stem), "replace-%zu", number + 1);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
		    kl_replace_write_statement(&replace, i, &text), KL_OK);
		replace.approvals[i] =
		    approve(made->plan.replaces[number].approvers[i], &text);
		kl_buf_clear(&text);
	}
	assert_int_equal(kl_replace_write(&replace, &text), KL_OK);
	publish(world, "draw.replaced", stem, &text, 9000 + (int64_t)number);
	mark(world, 4);
}

static inline void make_annul(struct world *world, struct made *made)
{
	struct kl_annul annul = { .close = made->close,
		.reason = kl_span_of("fraud"),
		.approval_count = 2 };
	struct kl_buf text = KL_BUF(FILE_MAX);

	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(
		    kl_annul_write_statement(&annul, i, &text), KL_OK);
		annul.approvals[i] =
		    approve(made->plan.annul_approvers[i], &text);
		kl_buf_clear(&text);
	}
	assert_int_equal(kl_annul_write(&annul, &text), KL_OK);
	publish(world, "draw.annulled", "annul", &text, 9100);
	mark(world, 4);
}

/* Add an attempt to the world; the last one added gives the pack its name. */
static inline struct made *make_attempt(
    struct world *world, const struct plan *plan, const char *prefix)
{
	struct made *made = &world->made[world->made_count];

	assert_true(world->made_count < ATTEMPTS_MAX);
	made->plan = *plan;
	made->prefix = prefix;
	if (world->made_count > 0)
		made->declared.previous = made[-1].close;
	if (plan->wrong_previous)
		made->declared.previous = made[-1].declare;
	make_freeze(world, made);
	make_lock(world, made);
	if (plan->with_seal || plan->reveals_logged)
		make_seal(world, made);
	if (plan->with_beacon)
		make_beacon(world, made);
	if (plan->with_result)
		make_result(world, made);
	make_close(world, made);
	for (size_t i = 0; i < plan->replace_count; i++)
		make_replace(world, made, i);
	if (plan->annul)
		make_annul(world, made);
	world->made_count++;
	return made;
}

#endif
