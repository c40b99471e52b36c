/* What a party asks of the attempt before the one it is to take part in. */
#include "audit_log.h"
#include "party.h"

/* --- two attempts --------------------------------------------------------- */

/* The texts that are asked for, and their entries. */
static bool is_asked_for(const char *stem)
{
	return strcmp(stem, "declare") == 0 || strcmp(stem, "close") == 0 ||
	       strcmp(stem, "annul") == 0;
}

static void remove_rest(struct world *world)
{
	for (size_t i = world->file_count; i-- > 0;) {
		char name[96], *stem = name, *end;

		snprintf(name, sizeof(name), "%s", world->files[i].name);
		if (strncmp(name, "previous/1/", 11) != 0)
			continue;
		stem += strncmp(name + 11, "log/", 4) == 0 ? 15 : 11;
		end = strchr(stem, '.');
		if (end)
			*end = '\0';
		if (!is_asked_for(stem))
			remove_file(world, world->files[i].name);
	}
}

/* Whoever asks has one checkpoint, the newest, and proofs against that. */
static void prove_again(struct world *world, size_t index)
{
	const struct made_file *note = world_file(world, "log/closed");
	struct forest forest = forest_of(world);
	struct kl_tree_source source = tree_of(&forest);
	struct kl_proof proof = { .index = index,
		.checkpoint = (const char *)note->bytes,
		.checkpoint_size = note->size };
	struct kl_buf text = KL_BUF(FILE_MAX);
	struct made_file *file;
	char name[80];

	assert_int_equal(
	    kl_inclusion_make(index,
		size_of_mark(&world->made[world->made_count - 1], 3), &source,
		&proof.path),
	    KL_OK);
	assert_int_equal(kl_proof_write(&text, &proof), KL_OK);
	snprintf(name, sizeof(name), "previous/1/log/%s.proof",
	    world->events[index].stem);
	file = world_file(world, name);
	memcpy(file->bytes, text.data, text.size);
	file->size = text.size;
	kl_buf_clear(&text);
}

static struct party open_second(const struct plan *first,
    const struct plan *second, void (*bend)(struct world *world))
{
	struct party party = { .world = world_open(), .plan = *second };
	struct world *world = party.world;

	make_attempt(world, first, "previous/1/");
	make_attempt(world, second, "");
	if (bend)
		bend(world);
	make_log(world);
	remove_rest(world);
	for (size_t i = 0; i < world->event_count; i++)
		if (world->events[i].attempt == 0 &&
		    is_asked_for(world->events[i].stem))
			prove_again(world, i);
	party.signer = signer_of(1 + ME);
	party.asked = (struct kl_party_asked){
		.step = second->with_lock ? KL_PARTY_REVEALS : KL_PARTY_COMMITS,
		.draw = kl_span_of(second->draw),
		.now = second->start + (second->with_lock ? 3800 : 60),
	};
	sign_own(&party);
	return party;
}

static struct plan first_plan(void)
{
	struct plan plan = plan_public();

	plan.annul = true;
	plan.annul_approvers[1] = 1;
	return plan;
}

static struct plan second_plan(bool locked)
{
	struct plan plan = locked ? plan_locked() : plan_declared();

	plan.draw = "D-2";
	plan.attempt = 2;
	plan.start += 100000;
	for (size_t i = 0; i < PARTIES; i++)
		plan.secrets[i] += 10;
	return plan;
}

static void test_follows(void **state)
{
	struct plan firsts[] = { first_plan(), plan_cancelled() };

	(void)state;
	for (size_t i = 0; i < sizeof(firsts) / sizeof(*firsts); i++)
		for (int locked = 0; locked < 2; locked++) {
			struct plan second = second_plan(locked);
			struct party party =
			    open_second(&firsts[i], &second, NULL);

			expect(&party, KL_PARTY_GOOD);
			close_party(&party);
		}
}

/* --- what is refused ------------------------------------------------------ */

static void wrong_previous(struct plan *first, struct plan *second)
{
	(void)first;
	second->wrong_previous = true;
}
static void stands(struct plan *first, struct plan *second)
{
	(void)second;
	first->annul = false;
}
static void other_project(struct plan *first, struct plan *second)
{
	(void)second;
	first->project = "P-2";
	first->notice = "{\"project_code\":\"P-2\"}";
}
static void third(struct plan *first, struct plan *second)
{
	(void)second;
	first->attempt = 2;
}
static void other_log(struct plan *first, struct plan *second)
{
	(void)second;
	first->origin = "log.example/b";
}
static void same_draw(struct plan *first, struct plan *second)
{
	second->draw = first->draw;
}
static void approved_twice(struct plan *first, struct plan *second)
{
	(void)second;
	first->annul_approvers[0] = 1;
	first->annul_approvers[1] = 0;
}

/* The earlier attempt ends when this one has begun. */
static void annulled_late(struct world *world)
{
	size_t annul = place_of(world, "annul");
	size_t declare = place_of(world, "declare");
	struct event event = world->events[annul];

	assert_true(annul < declare);
	memmove(&world->events[annul], &world->events[annul + 1],
	    (declare - annul) * sizeof(event));
	world->events[declare] = event;
	world->made[0].mark_events[4] = declare + 1;
	number_events(world);
}

static const struct {
	enum kl_finding_code code;
	const char *at;
	void (*plan)(struct plan *first, struct plan *second);
	void (*bend)(struct world *world);
	const char *removed;
	const char *file, *edit[2], *flip;
} cases[] = {
	{ KL_FINDING_DIGEST_PREVIOUS, "declare.txt", .plan = wrong_previous },
	{ KL_FINDING_PREVIOUS_STANDS, "declare.txt", .plan = stands },
	{ KL_FINDING_PREVIOUS_STANDS, "declare.txt",
	    .removed = "previous/1/annul.txt" },
	{ KL_FINDING_PREVIOUS_PROJECT, "previous/1/declare.txt",
	    .plan = other_project },
	{ KL_FINDING_PREVIOUS_ATTEMPT, "previous/1/declare.txt",
	    .plan = third },
	{ KL_FINDING_PREVIOUS_LOG, "previous/1/declare.txt",
	    .plan = other_log },
	{ KL_FINDING_PREVIOUS_DRAW, "declare.txt", .plan = same_draw },
	{ KL_FINDING_APPROVE_PARTY, "previous/1/annul.txt",
	    .plan = approved_twice },
	{ KL_FINDING_PREVIOUS_ORDER, "declare.txt", .bend = annulled_late },
	{ KL_FINDING_FILE_MISSING, "previous/1/declare.txt",
	    .removed = "previous/1/declare.txt" },
	{ KL_FINDING_FILE_MISSING, "previous/1/close.txt",
	    .removed = "previous/1/close.txt" },
	{ KL_FINDING_FILE_MISSING, "previous/1/log/close.leaf",
	    .removed = "previous/1/log/close.leaf" },
	{ KL_FINDING_FILE_MISSING, "previous/1/log/declare.proof",
	    .removed = "previous/1/log/declare.proof" },
	{ KL_FINDING_FORM_CLOSE, "previous/1/close.txt",
	    .file = "previous/1/close.txt", .edit = { "klero/1", "klero/2" } },
	{ KL_FINDING_DECLARE_DIFFERS, "previous/1/close.txt",
	    .file = "previous/1/close.txt", .flip = "declare " },
	{ KL_FINDING_DIGEST_CLOSE, "previous/1/annul.txt",
	    .file = "previous/1/annul.txt", .flip = "close " },
	{ KL_FINDING_PROOF_INCLUSION, "previous/1/log/close.proof",
	    .file = "previous/1/log/close.leaf",
	    .edit = { "\"role\":\"service\"", "\"role\":\"servant\"" } },
};

static void check_case(size_t number, bool locked)
{
	struct plan first = first_plan(), second = second_plan(locked);
	const struct kl_finding *finding;
	struct party party;

	if (cases[number].plan)
		cases[number].plan(&first, &second);
	party = open_second(&first, &second, cases[number].bend);
	if (cases[number].removed)
		remove_file(party.world, cases[number].removed);
	if (cases[number].edit[0])
		edit_file(party.world, cases[number].file,
		    cases[number].edit[0], cases[number].edit[1]);
	if (cases[number].flip)
		flip_digit(party.world, cases[number].file, cases[number].flip);
	expect_finding(&party, cases[number].code);
	finding = kl_party_finding(&party.report);
	assert_string_equal(finding->file, cases[number].at);
	close_party(&party);
}

/* Neither a commitment nor a secret is given. */
static void test_refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		check_case(i, false);
		check_case(i, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_follows),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
