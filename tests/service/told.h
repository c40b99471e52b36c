/* told.h -- events as a log tells them, and what klero fsck says of them. */
#ifndef TOLD_H
#define TOLD_H

#include "unit.h"

#include "fsck.h"
#include "fsck_rules.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { TOLD_MAX = 64, TOLD_SIZE = 120, START = 1800000000 };

static struct {
	struct fsck_replay replay;
	struct fsck_report report;
	char told[TOLD_MAX][TOLD_SIZE];
	size_t count;
	uint64_t next; /* index of the next event */
	int64_t at;
} it;

static inline void note(void *context, const struct fsck_finding *finding)
{
	(void)context;
	assert_in_range(it.count, 0, TOLD_MAX - 1);
	snprintf(it.told[it.count++], TOLD_SIZE, "%s %s %s %s", finding->table,
	    finding->key, finding->member, fsck_code_word(finding->code));
}

static inline int begin_with(size_t limit)
{
	memset(&it, 0, sizeof(it));
	it.report = (struct fsck_report){ note, NULL, 0 };
	it.at = START;
	it.next = 1; /* after the one that opens the log */
	fsck_replay_open(&it.replay, &it.report, limit);
	return 0;
}

static inline int begin(void **state)
{
	(void)state;
	return begin_with(FSCK_OBJECTS_MAX);
}

static inline int end(void **state)
{
	(void)state;
	fsck_replay_close(&it.replay);
	return 0;
}

/* Everything told since the last look, and nothing else. */
static inline void told(const char *wanted)
{
	assert_int_equal(it.count, *wanted ? 1 : 0);
	if (*wanted)
		assert_string_equal(it.told[0], wanted);
	it.count = 0;
}

/* `by` is ROLE@ORGANISATION. `data` is taken over. */
static inline void happens_as(const struct kl_event_id *id, const char *kind,
    const char *subject, uint64_t seq, const char *by, json_t *data,
    const char *opens_with)
{
	char role[32];
	struct kl_leaf leaf = { .at = it.at,
		.organisation = strchr(by, '@') + 1,
		.role = role,
		.data = data,
		.id = *id,
		.kind = kind,
		.subject = subject,
		.seq = seq };

	snprintf(role, sizeof(role), "%.*s", (int)strcspn(by, "@"), by);
	fsck_replay_event(&it.replay, it.next++, &leaf, opens_with);
	json_decref(data);
}

static inline void happens(const char *kind, const char *subject, uint64_t seq,
    const char *by, json_t *data)
{
	happens_as(&(struct kl_event_id){ { (uint8_t)it.next } }, kind, subject,
	    seq, by, data, NULL);
}

static inline json_t *state_of(const char *state)
{
	return json_pack("{s:s, s:s, s:n, s:n}", "state", state, "name", "A",
	    "affiliation_group", "declared_group");
}

static inline void admitted(const char *id)
{
	happens(
	    "institution.admitted", id, 1, "operator@op", state_of("active"));
}

#endif
