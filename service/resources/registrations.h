/* registrations.h -- how an institution comes to the roll: open to all, at any
 * time, from anywhere, for nothing. domain §2 rule 6, §4.2 */
#ifndef REGISTRATIONS_H
#define REGISTRATIONS_H

#include "act.h"

/*
 * States: draft → submitted → (returned ⇄ submitted) → publicity → entered;
 * rejected, withdrawn, and lapsed when a draft is left lying. Until it is
 * entered it is of no institution: the account made with it has the number of
 * the registration for its organisation, and reaches that alone. So nobody can
 * act for a body, or keep it out, by registering first in its name.
 */
struct registration {
	struct object object; /* id: the number to ask after */
	/* Given by the applicant; needed when it is submitted. */
	const char *uscc, *name, *region; /* these three from the first */
	const char *kind, *address, *founded;
	uint64_t capital_fen;
	const char *presence, *counter;
	const char *licence; /* SHA-256 of the file of its licence */
	const char *pledge;  /* SHA-256 of the text it pledges itself to */
	const char *qualifications; /* JSON: qualification_input */
	/* Private: of persons. */
	const char *legal_representative, *contact_name, *contact_phone;
	const char *affiliations; /* JSON: affiliation_input */
	/* Made here. */
	const char *account; /* secret: who acts for it */
	const char *policy;  /* in force when it was submitted last */
	uint64_t round;      /* how often it was submitted */
	int64_t submitted_at;
	int64_t due_at; /* somebody must do something before */
	const char *calendar;
	const char *defects; /* private; JSON: [{field, code, words}] */
	uint64_t defect_count;
	uint64_t deemed;
	const char *reason, *decided_by; /* of a rejection; the organisation */
};
extern struct kind registration_kind;

#define DUE_REGISTRATION_CHECK "registration.check"
#define DUE_REGISTRATION_LAPSE "registration.lapse"
#define DUE_REGISTRATION_ENTER "registration.enter"

/* In an act: a copy of the one that request->params[0] names.
 * ERR_NOT_FOUND ERR_BUSY ERR_DATABASE */
enum error registration_take(
    struct request *request, struct registration **registration) MUST_CHECK;

/* Record it and show it whole. */
enum error registration_change(struct request *request,
    struct registration *registration, enum event event) MUST_CHECK;

/* The due of one of its times: a duration of its policy, from now. */
enum error registration_set_due(struct request *request,
    struct registration *registration, const char *path,
    const char *due) MUST_CHECK;

/* Its account ends, by itself: with a registration that has failed. */
enum error registration_end_account(struct request *request,
    const struct registration *registration) MUST_CHECK;

/* --- is it whole (registrations_check.c) ---------------------------------- */

/* Is what was given sound? All that is not, at once, as complaints, in the
 * order of the body, among those that reading it has left. `whole`: is nothing
 * missing, and stored what it names, if it has an id to store by?
 * ERR_INVALID ERR_BUSY ERR_DATABASE */
enum error registration_check(struct request *request,
    const struct registration *registration, bool whole) MUST_CHECK;

/*
 * May this body come to the roll now?
 * ERR_EXISTS      it is there
 * ERR_TOO_EARLY   it was removed, and the years of the policy are not over
 * ERR_CONFLICT    a sanction is in force
 */
enum error registration_check_open(struct request *request,
    const struct registration *registration) MUST_CHECK;

/* Its text, and the digest that a registration names. */
extern const char pledge_text[];
const char *pledge_digest(struct request *request);

/* --- coming to the roll (registrations_enter.c) --------------------------- */

/* After its publicity, by itself. */
enum error registration_enter(
    struct request *request, struct registration *registration) MUST_CHECK;
extern const struct db_statement registration_select_account;

extern const struct db_statement *const registration_writes[];

#endif
