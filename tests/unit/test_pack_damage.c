/*
 * Whatever happens to one file of a good pack, in every place of it, the
 * verifier tells: a text that is gone, cut, doubled, or has another digit is
 * never passed over. Files of log/ carry more than is needed: a line less of
 * them may do.
 */
#include "fault.h"

enum { LINES_MAX = 16 };

/* The file as it was, to be put back. */
struct kept {
	uint8_t bytes[FILE_MAX];
	size_t size;
};

static void check_order(const struct kl_pack_report *report)
{
	for (size_t i = 1; i < report->finding_count; i++)
		assert_true(
		    report->findings[i - 1].code <= report->findings[i].code ||
		    strncmp(report->findings[i].file, "previous/",
			strlen("previous/")) == 0);
}

static void check_told(struct trial *trial, const char *name, bool in_log)
{
	kl_pack_report_clear(&trial->report);
	world_verify(trial->world, &trial->options, &trial->report);
	if (!in_log && trial->report.finding_count == 0)
		fail_msg("nothing is found about %s", name);
	check_order(&trial->report);
}

/* Where line `number` begins, from 0; the size beyond the last. */
static size_t line_start(const struct kept *kept, size_t number)
{
	size_t at = 0;

	for (; at < kept->size && number > 0; at++)
		number -= kept->bytes[at] == '\n';
	return at;
}

static void put(
    struct made_file *file, const struct kept *kept, size_t from, size_t to)
{
	memcpy(file->bytes, kept->bytes, from);
	memcpy(file->bytes + from, kept->bytes + to, kept->size - to);
	file->size = kept->size - (to - from);
}

/* This line is gone; or it stands there twice. */
static void damage_line(struct trial *trial, struct made_file *file,
    const struct kept *kept, size_t from, size_t to)
{
	bool in_log = strstr(file->name, "log/") != NULL;

	put(file, kept, from, to);
	check_told(trial, file->name, in_log);
	if (in_log)
		return;
	memcpy(file->bytes, kept->bytes, to);
	memcpy(file->bytes + to, kept->bytes + from, kept->size - from);
	file->size = kept->size + to - from;
	check_told(trial, file->name, false);
}

/* The last digit of each field of the line, another one. */
static void damage_digits(struct trial *trial, struct made_file *file,
    const struct kept *kept, size_t from, size_t to)
{
	put(file, kept, 0, 0);
	for (size_t i = from; i + 1 < to; i++) {
		uint8_t byte = kept->bytes[i], next = kept->bytes[i + 1];

		if (byte < '0' || byte > '9' || (next >= '0' && next <= '9'))
			continue;
		file->bytes[i] = byte == '1' ? '2' : '1';
		check_told(trial, file->name, false);
		file->bytes[i] = byte;
	}
}

static void damage_file(struct trial *trial, size_t number)
{
	static struct kept kept;
	struct made_file *file = &trial->world->files[number];
	size_t from = 0, to;

	kept.size = file->size;
	memcpy(kept.bytes, file->bytes, kept.size);
	for (size_t line = 0; line < LINES_MAX && from < kept.size; line++) {
		to = line_start(&kept, line + 1);
		damage_line(trial, file, &kept, from, to);
		if (!strstr(file->name, "log/"))
			damage_digits(trial, file, &kept, from, to);
		from = to;
	}
	file->size = 0;
	check_told(trial, file->name, false);
	put(file, &kept, 0, 0);
	memcpy(kept.bytes, file->name, sizeof(file->name));
	file->name[strlen(file->name) - 1] = '_';
	check_told(trial, file->name, false);
	memcpy(file->name, kept.bytes, sizeof(file->name));
}

static void damage_world(struct trial *trial)
{
	make_log(trial->world);
	trial->options.trust = &trial->world->trust;
	for (size_t i = 0; i < trial->world->file_count; i++)
		damage_file(trial, i);
	end(trial);
}

static void tells_all_of_a_drawn_one(void **state)
{
	struct plan plan = plan_eventful();
	struct trial trial = begin();

	(void)state;
	make_attempt(trial.world, &plan, "");
	damage_world(&trial);
}

static void tells_all_of_a_cancelled_one(void **state)
{
	struct plan plan = plan_cancelled();
	struct trial trial = begin();

	(void)state;
	make_attempt(trial.world, &plan, "");
	damage_world(&trial);
}

static void tells_all_of_a_bare_one(void **state)
{
	struct plan plan = plan_none();
	struct trial trial = begin();

	(void)state;
	plan.parts[1] = IS_ABSENT;
	make_attempt(trial.world, &plan, "");
	trial.options.bare = true;
	for (size_t i = 0; i < trial.world->file_count; i++)
		damage_file(&trial, i);
	end(&trial);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_all_of_a_drawn_one),
		cmocka_unit_test(tells_all_of_a_cancelled_one),
		cmocka_unit_test(tells_all_of_a_bare_one),
	};

	return cmocka_run_group_tests_name(
	    "kl_pack: damage", tests, NULL, NULL);
}
