/* registrations_enter.c -- from a registration to the roll. */
#include "accounts.h"
#include "affiliations.h"
#include "institutions.h"
#include "profiles.h"
#include "qualifications.h"
#include "registrations.h"
#include "roll.h"

#include <string.h>

static enum error enter_institution(
    struct request *request, const struct registration *registration)
{
	struct institution *institution;
	const void *found;
	enum error error =
	    act_find(request, &institution_kind, registration->uscc, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	institution =
	    error ? kind_make(&institution_kind, &request->arena)
		  : kind_copy(&institution_kind, found, &request->arena);
	institution->object.id = registration->uscc;
	institution->name = registration->name;
	return error ? act_add(request, &institution_kind, institution,
			   EVENT_INSTITUTION_ENTERED, NULL, NULL)
		     : act_change(request, &institution_kind, institution,
			   EVENT_INSTITUTION_ENTERED, NULL, NULL);
}

static void fill_profile(
    struct profile *profile, const struct registration *registration)
{
	profile->object.id = registration->uscc;
	profile->registration = registration->object.id;
	profile->region = registration->region;
	profile->kind = registration->kind;
	profile->legal_representative = registration->legal_representative;
	profile->address = registration->address;
	profile->founded = registration->founded;
	profile->capital_fen = registration->capital_fen;
	profile->presence = registration->presence;
	profile->counter = registration->counter;
	profile->contact_name = registration->contact_name;
	profile->contact_phone = registration->contact_phone;
	profile->licence = registration->licence;
	profile->pledge = registration->pledge;
	profile->deemed = registration->deemed;
}

static enum error enter_profile(
    struct request *request, const struct registration *registration)
{
	struct profile *profile;
	const void *found;
	enum error error =
	    act_find(request, &profile_kind, registration->uscc, &found);

	if (error && error != ERR_NOT_FOUND)
		return error;
	profile = error ? kind_make(&profile_kind, &request->arena)
			: kind_copy(&profile_kind, found, &request->arena);
	fill_profile(profile, registration);
	profile->entered_at = act_at(request);
	return error ? act_add(request, &profile_kind, profile,
			   EVENT_PROFILE_ENTERED, NULL, NULL)
		     : act_change(request, &profile_kind, profile,
			   EVENT_PROFILE_ENTERED, NULL, NULL);
}

/* Whoever acted for an earlier registration does so no more; from now on the
 * account acts for the institution. */
const struct db_statement registration_select_account = {
	"SELECT COALESCE(MIN(id), '') FROM account "
	"WHERE organisation = ? AND state = 'active'",
};

static enum error end_former(struct request *request, const char *uscc)
{
	for (;;) {
		const char *id;
		const void *found;
		enum error error = act_direct(request);

		if (!error)
			error =
			    db_row(request->db, &registration_select_account,
				DB_IN(db_text(uscc)), DB_OUT(db_to_text(&id)));
		if (error || !*id)
			return error;
		error = act_find(request, &account_kind, id, &found);
		if (!error)
			error = act_change(request, &account_kind,
			    kind_copy(&account_kind, found, &request->arena),
			    EVENT_ACCOUNT_REVOKED, NULL, NULL);
		if (error)
			return error;
	}
}

static enum error assign_account(
    struct request *request, const struct registration *registration)
{
	struct account *account;
	const void *found;
	enum error error = end_former(request, registration->uscc);

	if (!error)
		error = act_find(
		    request, &account_kind, registration->account, &found);
	if (error)
		return error;
	account = kind_copy(&account_kind, found, &request->arena);
	if (strcmp(account->object.state, "active") != 0)
		return ERR_OK; /* it was revoked: the operator gives another */
	account->organisation = registration->uscc;
	return act_change(request, &account_kind, account,
	    EVENT_ACCOUNT_ASSIGNED, NULL, NULL);
}

/* Whoever passed it has confirmed them; after silence nobody has. */
static enum error enter_qualifications(
    struct request *request, const struct registration *registration)
{
	void *rows[QUALIFICATIONS_MAX];
	size_t count;
	enum error error = roll_read_list(request, &qualification_input,
	    registration->qualifications, "/qualifications", QUALIFICATIONS_MAX,
	    rows, &count);

	for (size_t i = 0; i < count && !error; i++) {
		struct qualification *one = rows[i];

		one->institution = registration->uscc;
		one->verified_by =
		    registration->deemed ? NULL : registration->decided_by;
		error = qualification_enter(request, one, i);
	}
	return error;
}

/* What nobody looked at counts for nothing: it concerns others, too. */
static enum error enter_affiliations(
    struct request *request, const struct registration *registration)
{
	void *rows[AFFILIATIONS_ENTERED_MAX];
	size_t count;
	bool confirmed = !registration->deemed;
	enum error error = roll_read_list(request, &affiliation_input,
	    registration->affiliations, "/affiliations",
	    AFFILIATIONS_ENTERED_MAX, rows, &count);

	for (size_t i = 0; i < count && !error; i++) {
		struct affiliation *one = rows[i];

		one->held = registration->uscc;
		one->held_name = registration->name;
		error = affiliation_complete(request, one, "/affiliations");
		one->declared_by = registration->uscc;
		one->verified_by = confirmed ? registration->decided_by : NULL;
		if (!error)
			error = affiliation_enter(request, one, confirmed, i);
	}
	return error;
}

enum error registration_enter(
    struct request *request, struct registration *registration)
{
	enum error error;

	act_by_itself(request);
	registration->due_at = DB_TIME_NONE;
	error = act_change(request, &registration_kind, registration,
	    EVENT_REGISTRATION_ENTERED, NULL, NULL);
	if (!error)
		error = enter_institution(request, registration);
	if (!error)
		error = enter_profile(request, registration);
	if (!error)
		error = assign_account(request, registration);
	if (!error)
		error = enter_qualifications(request, registration);
	if (!error)
		error = enter_affiliations(request, registration);
	return error ? error
		     : affiliation_regroup(
			   request, registration->uscc, registration->uscc);
}
