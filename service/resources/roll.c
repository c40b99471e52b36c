/* roll.c -- what the parts of the roll share. */
#include "roll.h"

#include "kl_date.h"
#include "kl_time.h"
#include "profiles.h"
#include "regions.h"
#include "route.h"

#include <stdio.h>
#include <string.h>

enum { DAY_S = 86400, REASON_MAX = 500, SHOWN_DIGITS = 4, KEY_SIZE = 32 };
enum { PERSON_BYTES = 16 }; /* of a digest: 32 hex digits after `p:` */

static const struct db_statement select_key = {
	"SELECT secret FROM person_key WHERE id = 0",
};

static const struct db_statement *const writes[] = { &select_key, NULL };
const struct resource roll_resource = { .writes = writes };

static const struct member reason_members[] = {
	MEMBER(reason, reason, MEMBER_TEXT, 1, REASON_MAX, MEMBER_IN,
	    "why, for everybody to read"),
	{ 0 },
};
const struct kind reason_kind = {
	.name = "Reason",
	.size = sizeof(struct reason),
	.members = reason_members,
};

/* --- where ---------------------------------------------------------------- */

enum error roll_check_keeper(struct request *request, const char *region)
{
	struct region_chain chain;
	const char *own;
	enum error error =
	    region_of(request, request->caller.organisation, &own);

	if (!error)
		error = act_direct(request);
	if (!error)
		error = region_chain(request, region, &chain);
	if (error)
		return error;
	for (size_t i = 0; i < chain.count; i++)
		if (strcmp(chain.ids[i], own) == 0)
			return ERR_OK;
	return request_fail(request, ERR_FORBIDDEN, "由该地或其上级的单位办理",
	    "an organisation of that region, or above it, does that", NULL);
}

static enum error region_of_institution(
    struct request *request, const char *institution, const char **region)
{
	const void *found;
	enum error error =
	    act_find(request, &profile_kind, institution, &found);

	if (!error)
		*region = ((const struct profile *)found)->region;
	return error == ERR_NOT_FOUND ? region_of(request, institution, region)
				      : error;
}

enum error roll_check_keeper_of(
    struct request *request, const char *institution)
{
	const char *region;
	enum error error = region_of_institution(request, institution, &region);

	return error ? error : roll_check_keeper(request, region);
}

enum error roll_policy(struct request *request, const char *institution,
    const struct policy **policy, const char **region)
{
	enum error error = region_of_institution(request, institution, region);

	return error ? error : policy_in_force(request, *region, policy);
}

enum error roll_match(struct request *request, uint64_t seq)
{
	if (!request->headers[HEADER_IF_MATCH])
		return request_fail(request, ERR_PRECONDITION_MISSING,
		    "须以 If-Match 指明所依据的版本",
		    "If-Match must name the version that this is about", NULL);
	return request_match(request, seq);
}

/* --- days ----------------------------------------------------------------- */

bool roll_day_is(const char *text, int32_t *day)
{
	char time[KL_TIME_TEXT];
	int64_t seconds;

	if (strlen(text) != ROLL_DAY_SIZE)
		return false;
	snprintf(time, sizeof(time), "%.10sT00:00:00Z", text);
	if (kl_time_read(time, KL_TIME_SIZE, &seconds))
		return false;
	/* Midnight: there is no rest. */
	*day = (int32_t)(seconds / DAY_S);
	return true;
}

enum error roll_day(struct request *request, const char *pointer,
    const char *text, int32_t *day)
{
	if (!text || roll_day_is(text, day))
		return ERR_OK;
	return request_complain(request, pointer, "form",
	    "应为日期,形如 2026-07-01", "must be a date such as 2026-07-01",
	    NULL);
}

int32_t roll_today(const struct request *request)
{
	return kl_date_of(act_at(request));
}

int64_t roll_months_after(int64_t seconds, uint64_t months)
{
	return kl_date_begins(
	    kl_date_months_after(kl_date_of(seconds), (uint32_t)months));
}

/* --- persons -------------------------------------------------------------- */

const char *roll_mask_name(struct request *request, const char *name)
{
	size_t first = 1;

	if (!name)
		return NULL;
	while ((name[first] & 0xc0) == 0x80)
		first++;
	return arena_format(
	    &request->arena, "%.*s*", (int)(name[first] ? first : 0), name);
}

const char *roll_mask_number(struct request *request, const char *number)
{
	size_t size, hidden;
	char *masked;

	if (!number)
		return NULL;
	size = strlen(number);
	hidden = size > 2 * SHOWN_DIGITS ? size - SHOWN_DIGITS : size;
	masked = arena_copy(&request->arena, number);
	memset(masked, '*', hidden);
	return masked;
}

enum error roll_person(
    struct request *request, const char *number, const char **person)
{
	uint8_t secret[KEY_SIZE];
	struct kl_hasher hasher;
	struct kl_hash hash;
	enum error error = act_direct(request);

	if (!error)
		error = db_row(request->db, &select_key, DB_NO_IN,
		    DB_OUT(db_to_bytes(secret, sizeof(secret))));
	if (error)
		return error == ERR_NOT_FOUND ? ERR_DATABASE : error;
	kl_hasher_init(&hasher);
	kl_hasher_add_text(&hasher, "klero person\n");
	kl_hasher_add(&hasher, secret, sizeof(secret));
	kl_hasher_add_text(&hasher, number);
	hash = kl_hasher_end(&hasher);
	*person = arena_format(&request->arena, "p:%s",
	    arena_hex(&request->arena, hash.bytes, PERSON_BYTES));
	return ERR_OK;
}

/* --- lists ---------------------------------------------------------------- */

/* Complaints of one row, as of a list. */
static void move_pointers(
    struct request *request, size_t from, const char *pointer, size_t index)
{
	for (size_t i = from; i < request->complaint_count; i++)
		request->complaints[i].pointer = arena_format(&request->arena,
		    "%s/%zu%s", pointer, index, request->complaints[i].pointer);
}

static enum error read_one(struct request *request, const struct kind *kind,
    const json_t *item, const char *pointer, size_t index, void **row)
{
	size_t told = request->complaint_count;
	void *read = kind_make(kind, &request->arena);
	enum error error;

	*row = NULL;
	if (!json_is_object(item)) {
		error = request_complain(
		    request, "", "form", "应为对象", "must be an object", NULL);
	} else {
		error = kind_read(request, kind, item, read);
		/* The texts are the list's, which is about to go. */
		*row = kind_copy(kind, read, &request->arena);
	}
	move_pointers(request, told, pointer, index);
	return error;
}

enum error roll_read_list(struct request *request, const struct kind *kind,
    const char *text, const char *pointer, size_t most, void **rows,
    size_t *count)
{
	json_auto_t *list = text ? json_loads(text, 0, NULL) : json_array();
	enum error error = ERR_OK, worst = ERR_OK;
	json_t *item;
	size_t i;

	*count = 0;
	if (!json_is_array(list) || json_array_size(list) > most)
		return request_complain(request, pointer, "bounds",
		    "应为数组,不超过 {0} 项", "must be an array of at most {0}",
		    request_number(request, most), NULL);
	json_array_foreach (list, i, item) {
		error = read_one(request, kind, item, pointer, i, &rows[i]);
		worst = error ? error : worst;
		*count = i + 1;
	}
	return worst;
}
