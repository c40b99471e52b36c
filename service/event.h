/* event.h -- every kind of event: who causes it, from where, to where. */
#ifndef EVENT_H
#define EVENT_H

#include "request.h"

/* The organisation of what happens by itself, and of whoever opens the admin
 * socket. */
#define SERVICE_ORGANISATION "kleroterion"

/*
 * X(code, name, who, from, to, sealed)
 *
 * The state machines of the service are these lines. `from` lists the states,
 * by spaces, in which it may happen ("-": there is no such object yet); `to`
 * is the state after it ("": it stays). A sealed event shows only a digest in
 * the log until it is opened. Add lines; never change a name.
 */
#define EVENTS(X)                                                              \
	X(EVENT_LOG_OPENED, "log.opened", ROLE_SERVICE, "-", "open", false)    \
	X(EVENT_ORGANISATION_ENROLLED, "organisation.enrolled", ROLE_ADMIN,    \
	    "-", "active", false)                                              \
	X(EVENT_ACCOUNT_CREATED, "account.created",                            \
	    ROLE_SERVICE | ROLE_ADMIN | ROLE_OPERATOR, "-", "active", false)   \
	X(EVENT_ACCOUNT_ASSIGNED, "account.assigned", ROLE_SERVICE, "active",  \
	    "", false)                                                         \
	X(EVENT_ACCOUNT_REVOKED, "account.revoked",                            \
	    ROLE_ADMIN | ROLE_OPERATOR | ROLE_SERVICE, "active", "revoked",    \
	    false)                                                             \
	X(EVENT_CREDENTIAL_INVITED, "credential.invited",                      \
	    ROLE_SERVICE | ROLE_ADMIN | ROLE_OPERATOR, "- invited", "invited", \
	    false)                                                             \
	X(EVENT_CREDENTIAL_SET, "credential.set", ROLE_ANYONE, "invited",      \
	    "active", false)                                                   \
	X(EVENT_CREDENTIAL_PASSWORD, "credential.password_changed",            \
	    ROLE_SOMEBODY, "active", "", false)                                \
	X(EVENT_CREDENTIAL_TOTP, "credential.totp_changed", ROLE_SOMEBODY,     \
	    "active", "", false)                                               \
	X(EVENT_CREDENTIAL_RECOVERY, "credential.recovery_made",               \
	    ROLE_SOMEBODY, "active", "", false)                                \
	X(EVENT_CREDENTIAL_RESET, "credential.reset",                          \
	    ROLE_OPERATOR | ROLE_SUPERVISOR | ROLE_AUDITOR, "active invited",  \
	    "invited", false)                                                  \
	X(EVENT_DELEGATION_OFFERED, "delegation.offered",                      \
	    ROLE_OWNER | ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_AUTHORITY,    \
	    "-", "offered", false)                                             \
	X(EVENT_DELEGATION_ACCEPTED, "delegation.accepted",                    \
	    ROLE_OWNER | ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_AUTHORITY,    \
	    "offered", "accepted", false)                                      \
	X(EVENT_DELEGATION_REVOKED, "delegation.revoked",                      \
	    ROLE_OWNER | ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_AUTHORITY,    \
	    "offered accepted", "revoked", false)                              \
	X(EVENT_DELEGATION_EXPIRED, "delegation.expired", ROLE_SERVICE,        \
	    "offered accepted", "expired", false)                              \
	X(EVENT_POLICY_ADOPTED, "policy.adopted",                              \
	    ROLE_SERVICE | ROLE_SUPERVISOR | ROLE_AUDITOR, "-", "adopted",     \
	    false)                                                             \
	X(EVENT_REGION_ENTERED, "region.entered", ROLE_ADMIN, "-", "active",   \
	    false)                                                             \
	X(EVENT_REGION_EXPIRING, "region.expiring", ROLE_SERVICE, "active",    \
	    "", false)                                                         \
	X(EVENT_CALENDAR_ADOPTED, "calendar.adopted",                          \
	    ROLE_SUPERVISOR | ROLE_AUDITOR, "-", "adopted", false)             \
	X(EVENT_PROPOSAL_MADE, "proposal.made", ROLE_SOMEBODY, "-",            \
	    "proposed", false)                                                 \
	X(EVENT_PROPOSAL_APPROVED, "proposal.approved", ROLE_SOMEBODY,         \
	    "proposed", "approved", false)                                     \
	X(EVENT_PROPOSAL_REJECTED, "proposal.rejected", ROLE_SOMEBODY,         \
	    "proposed", "rejected", false)                                     \
	X(EVENT_PROPOSAL_WITHDRAWN, "proposal.withdrawn", ROLE_SOMEBODY,       \
	    "proposed", "withdrawn", false)                                    \
	X(EVENT_PROPOSAL_LAPSED, "proposal.lapsed", ROLE_SERVICE, "proposed",  \
	    "lapsed", false)                                                   \
	X(EVENT_PARTY_ENROLLED, "party.enrolled", ROLE_AUDITOR, "-",           \
	    "enrolled", false)                                                 \
	X(EVENT_PARTY_RETIRED, "party.retired", ROLE_AUDITOR, "enrolled",      \
	    "retired", false)                                                  \
	X(EVENT_APPROVAL_ITEM_PUBLISHED, "approval_item.published",            \
	    ROLE_OPERATOR, "-", "active", false)                               \
	X(EVENT_APPROVAL_ITEM_REVISED, "approval_item.revised", ROLE_OPERATOR, \
	    "active", "", false)                                               \
	X(EVENT_APPROVAL_ITEM_RETIRED, "approval_item.retired", ROLE_OPERATOR, \
	    "active", "retired", false)                                        \
	X(EVENT_CATEGORY_PUBLISHED, "category.published", ROLE_OPERATOR, "-",  \
	    "active", false)                                                   \
	X(EVENT_CATEGORY_REVISED, "category.revised", ROLE_OPERATOR, "active", \
	    "", false)                                                         \
	X(EVENT_CATEGORY_RETIRED, "category.retired", ROLE_OPERATOR, "active", \
	    "retired", false)                                                  \
	X(EVENT_INSTITUTION_ADMITTED, "institution.admitted", ROLE_OPERATOR,   \
	    "-", "active", false)                                              \
	X(EVENT_INSTITUTION_ENTERED, "institution.entered", ROLE_SERVICE,      \
	    "- removed withdrawn", "active", false)                            \
	X(EVENT_INSTITUTION_SUSPENDED, "institution.suspended",                \
	    ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_SERVICE, "active",           \
	    "suspended", false)                                                \
	X(EVENT_INSTITUTION_RESTORED, "institution.restored",                  \
	    ROLE_SUPERVISOR | ROLE_AUDITOR | ROLE_SERVICE, "suspended",        \
	    "active", false)                                                   \
	X(EVENT_INSTITUTION_REMOVED, "institution.removed", ROLE_SERVICE,      \
	    "active suspended", "removed", false)                              \
	X(EVENT_INSTITUTION_WITHDRAWN, "institution.withdrawn",                \
	    ROLE_INSTITUTION, "active", "withdrawn", false)                    \
	X(EVENT_INSTITUTION_GROUPED, "institution.grouped", ROLE_SERVICE,      \
	    "active suspended removed withdrawn", "", false)                   \
	X(EVENT_INSTITUTION_RENAMED, "institution.renamed",                    \
	    ROLE_OPERATOR | ROLE_REVIEWER, "active suspended", "", false)      \
	X(EVENT_REGISTRATION_MADE, "registration.made", ROLE_ANYONE, "-",      \
	    "draft", false)                                                    \
	X(EVENT_REGISTRATION_AMENDED, "registration.amended",                  \
	    ROLE_INSTITUTION, "draft returned", "", false)                     \
	X(EVENT_REGISTRATION_SUBMITTED, "registration.submitted",              \
	    ROLE_INSTITUTION, "draft returned", "submitted", false)            \
	X(EVENT_REGISTRATION_RETURNED, "registration.returned",                \
	    ROLE_OPERATOR | ROLE_REVIEWER, "submitted", "returned", false)     \
	X(EVENT_REGISTRATION_PASSED, "registration.passed",                    \
	    ROLE_OPERATOR | ROLE_REVIEWER, "submitted", "publicity", false)    \
	X(EVENT_REGISTRATION_DEEMED, "registration.deemed", ROLE_SERVICE,      \
	    "submitted", "publicity", false)                                   \
	X(EVENT_REGISTRATION_OVERDUE, "registration.overdue", ROLE_SERVICE,    \
	    "submitted", "", false)                                            \
	X(EVENT_REGISTRATION_ENTERED, "registration.entered", ROLE_SERVICE,    \
	    "publicity", "entered", false)                                     \
	X(EVENT_REGISTRATION_REJECTED, "registration.rejected",                \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_SERVICE,                      \
	    "draft submitted returned publicity", "rejected", false)           \
	X(EVENT_REGISTRATION_WITHDRAWN, "registration.withdrawn",              \
	    ROLE_INSTITUTION, "draft submitted returned publicity",            \
	    "withdrawn", false)                                                \
	X(EVENT_REGISTRATION_LAPSED, "registration.lapsed", ROLE_SERVICE,      \
	    "draft returned", "lapsed", false)                                 \
	X(EVENT_PROFILE_ENTERED, "profile.entered", ROLE_SERVICE, "- kept",    \
	    "kept", false)                                                     \
	X(EVENT_PROFILE_CHANGED, "profile.changed", ROLE_INSTITUTION, "kept",  \
	    "", false)                                                         \
	X(EVENT_PROFILE_CORRECTED, "profile.corrected",                        \
	    ROLE_OPERATOR | ROLE_REVIEWER, "kept", "", false)                  \
	X(EVENT_QUALIFICATION_DECLARED, "qualification.declared",              \
	    ROLE_INSTITUTION, "-", "declared", false)                          \
	X(EVENT_QUALIFICATION_CONFIRMED, "qualification.confirmed",            \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_SERVICE, "- declared",        \
	    "active", false)                                                   \
	X(EVENT_QUALIFICATION_DROPPED, "qualification.dropped",                \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_INSTITUTION, "declared",      \
	    "dropped", false)                                                  \
	X(EVENT_QUALIFICATION_REMINDED, "qualification.reminded",              \
	    ROLE_SERVICE, "active", "", false)                                 \
	X(EVENT_QUALIFICATION_PAUSED, "qualification.paused",                  \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_SERVICE, "active", "paused",  \
	    false)                                                             \
	X(EVENT_QUALIFICATION_RESUMED, "qualification.resumed",                \
	    ROLE_OPERATOR | ROLE_REVIEWER, "paused", "active", false)          \
	X(EVENT_QUALIFICATION_REPLACED, "qualification.replaced",              \
	    ROLE_SERVICE, "active paused", "replaced", false)                  \
	X(EVENT_QUALIFICATION_REVOKED, "qualification.revoked",                \
	    ROLE_OPERATOR | ROLE_REVIEWER, "active paused", "revoked", false)  \
	X(EVENT_AFFILIATION_DECLARED, "affiliation.declared",                  \
	    ROLE_INSTITUTION | ROLE_SERVICE, "-", "declared", false)           \
	X(EVENT_AFFILIATION_CONFIRMED, "affiliation.confirmed",                \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_SERVICE, "- declared",        \
	    "confirmed", false)                                                \
	X(EVENT_AFFILIATION_DROPPED, "affiliation.dropped",                    \
	    ROLE_OPERATOR | ROLE_REVIEWER | ROLE_INSTITUTION, "declared",      \
	    "dropped", false)                                                  \
	X(EVENT_AFFILIATION_ENDED, "affiliation.ended",                        \
	    ROLE_OPERATOR | ROLE_REVIEWER, "confirmed", "ended", false)        \
	X(EVENT_AUTHORITY_CATEGORY_ENTERED, "authority_category.entered",      \
	    ROLE_OPERATOR, "- ended", "approves", false)                       \
	X(EVENT_AUTHORITY_CATEGORY_ENDED, "authority_category.ended",          \
	    ROLE_OPERATOR, "approves", "ended", false)                         \
	X(EVENT_SANCTION_IMPOSED, "sanction.imposed",                          \
	    ROLE_SUPERVISOR | ROLE_AUDITOR, "-", "imposed", false)             \
	X(EVENT_SANCTION_EXPIRED, "sanction.expired", ROLE_SERVICE, "imposed", \
	    "expired", false)                                                  \
	X(EVENT_SANCTION_REPAIR_ASKED, "sanction.repair_asked",                \
	    ROLE_INSTITUTION, "imposed", "", false)                            \
	X(EVENT_SANCTION_REPAIRED, "sanction.repaired",                        \
	    ROLE_SUPERVISOR | ROLE_AUDITOR, "imposed", "repaired", false)      \
	X(EVENT_STAFF_MEMBER_EMPLOYED, "staff_member.employed",                \
	    ROLE_INSTITUTION, "-", "employed", false)                          \
	X(EVENT_STAFF_MEMBER_INSURED, "staff_member.insured",                  \
	    ROLE_INSTITUTION, "employed", "", false)                           \
	X(EVENT_STAFF_MEMBER_LEFT, "staff_member.left",                        \
	    ROLE_INSTITUTION | ROLE_OPERATOR | ROLE_REVIEWER, "employed",      \
	    "left", false)                                                     \
	X(EVENT_LISTING_DRAFTED, "listing.drafted", ROLE_INSTITUTION,          \
	    "- draft", "draft", false)                                         \
	X(EVENT_LISTING_SUBMITTED, "listing.submitted", ROLE_INSTITUTION,      \
	    "draft", "check", false)                                           \
	X(EVENT_LISTING_RETURNED, "listing.returned", ROLE_OPERATOR, "check",  \
	    "draft", false)                                                    \
	X(EVENT_LISTING_PUBLISHED, "listing.published", ROLE_OPERATOR,         \
	    "- check", "published", false)                                     \
	X(EVENT_LISTING_REVISED, "listing.revised",                            \
	    ROLE_INSTITUTION | ROLE_OPERATOR, "published paused", "", false)   \
	X(EVENT_LISTING_PAUSED, "listing.paused",                              \
	    ROLE_INSTITUTION | ROLE_OPERATOR, "published", "paused", false)    \
	X(EVENT_LISTING_RESUMED, "listing.resumed",                            \
	    ROLE_INSTITUTION | ROLE_OPERATOR, "paused", "published", false)    \
	X(EVENT_LISTING_WITHDRAWN, "listing.withdrawn",                        \
	    ROLE_INSTITUTION | ROLE_OPERATOR | ROLE_SERVICE,                   \
	    "draft check published paused", "withdrawn", false)                \
	X(EVENT_FILE_STORED, "file.stored",                                    \
	    ROLE_INSTITUTION | ROLE_REVIEWER | ROLE_OPERATOR, "-", "stored",   \
	    false)                                                             \
	X(EVENT_IMPORT_STAGED, "import.staged", ROLE_OPERATOR, "-", "staged",  \
	    false)                                                             \
	X(EVENT_IMPORT_APPLIED, "import.applied", ROLE_OPERATOR, "staged",     \
	    "applied", false)                                                  \
	X(EVENT_NOTICE_PUBLISHED, "notice.published", ROLE_OWNER, "-", "open", \
	    false)                                                             \
	X(EVENT_NOTICE_CLOSED, "notice.closed", ROLE_SERVICE, "open",          \
	    "closed", false)                                                   \
	X(EVENT_NOTICE_OPENED, "notice.opened", ROLE_SERVICE, "closed",        \
	    "judged", false)                                                   \
	X(EVENT_NOTICE_FAILED, "notice.failed", ROLE_SERVICE, "judged",        \
	    "failed", false)                                                   \
	X(EVENT_SIGNUP_MADE, "signup.made", ROLE_INSTITUTION, "- withdrawn",   \
	    "signed", true)                                                    \
	X(EVENT_SIGNUP_WITHDRAWN, "signup.withdrawn", ROLE_INSTITUTION,        \
	    "signed", "withdrawn", true)                                       \
	X(EVENT_SIGNUP_INCLUDED, "signup.included", ROLE_SERVICE, "signed",    \
	    "included", false)                                                 \
	X(EVENT_SIGNUP_EXCLUDED, "signup.excluded", ROLE_SERVICE, "signed",    \
	    "excluded", false)                                                 \
	X(EVENT_OPENED, "opened", ROLE_SERVICE, "-", "", false)                \
	X(EVENT_DRAW_DRAFTED, "draw.drafted",                                  \
	    ROLE_SERVICE | ROLE_OWNER | ROLE_OPERATOR, "-", "drafted", false)  \
	X(EVENT_DRAW_ROSTER, "draw.roster", ROLE_SERVICE, "drafted", "",       \
	    false)                                                             \
	X(EVENT_DRAW_NAMES, "draw.names", ROLE_SERVICE, "drafted", "", false)  \
	X(EVENT_DRAW_EXCLUDED, "draw.excluded", ROLE_SERVICE, "drafted", "",   \
	    false)                                                             \
	X(EVENT_DRAW_DECLARED, "draw.declared", ROLE_SERVICE, "drafted",       \
	    "declared", false)                                                 \
	X(EVENT_DRAW_COMMITTED, "draw.committed", ROLE_ANYONE, "declared", "", \
	    false)                                                             \
	X(EVENT_DRAW_LOCKED, "draw.locked", ROLE_SERVICE, "declared",          \
	    "locked", false)                                                   \
	X(EVENT_DRAW_REVEALED, "draw.revealed", ROLE_ANYONE, "locked", "",     \
	    false)                                                             \
	X(EVENT_DRAW_SEALED, "draw.sealed", ROLE_SERVICE, "locked", "sealed",  \
	    false)                                                             \
	X(EVENT_DRAW_STOPPED, "draw.stopped",                                  \
	    ROLE_SERVICE | ROLE_SUPERVISOR | ROLE_AUDITOR, "sealed",           \
	    "stopped", false)                                                  \
	X(EVENT_DRAW_BEACON, "draw.beacon", ROLE_ANYONE, "sealed stopped",     \
	    "beacon", false)                                                   \
	X(EVENT_DRAW_SEEDED, "draw.seeded", ROLE_SERVICE, "sealed beacon",     \
	    "seeded", false)                                                   \
	X(EVENT_DRAW_RESULT, "draw.result", ROLE_SERVICE, "seeded", "drawn",   \
	    false)                                                             \
	X(EVENT_DRAW_CLOSED, "draw.closed",                                    \
	    ROLE_SERVICE | ROLE_SUPERVISOR | ROLE_AUDITOR,                     \
	    "declared locked sealed stopped beacon seeded drawn", "closed",    \
	    false)                                                             \
	X(EVENT_DRAW_DROPPED, "draw.dropped",                                  \
	    ROLE_SERVICE | ROLE_SUPERVISOR | ROLE_AUDITOR, "drafted",          \
	    "dropped", false)                                                  \
	X(EVENT_DRAW_REPLACED, "draw.replaced", ROLE_ANYONE, "closed", "",     \
	    false)                                                             \
	X(EVENT_DRAW_ANNULLED, "draw.annulled", ROLE_ANYONE, "closed",         \
	    "annulled", false)                                                 \
	X(EVENT_DRAW_STRUCK, "draw.struck", ROLE_SUPERVISOR | ROLE_AUDITOR,    \
	    "drafted", "", false)                                              \
	X(EVENT_DRAW_DISPUTED, "draw.disputed", ROLE_ANYONE,                   \
	    "closed annulled", "", false)                                      \
	X(EVENT_OBJECTION_MADE, "objection.made", ROLE_INSTITUTION, "-",       \
	    "made", false)                                                     \
	X(EVENT_OBJECTION_ANSWERED, "objection.answered",                      \
	    ROLE_OWNER | ROLE_OPERATOR, "made", "answered", false)             \
	X(EVENT_DUE_RESUMED, "due.resumed", ROLE_ADMIN, "-", "resumed", false) \
	X(EVENT_REHEARSAL_MOVED, "rehearsal.moved", ROLE_OPERATOR, "- moved",  \
	    "moved", false)                                                    \
	X(EVENT_REHEARSAL_JOINING, "rehearsal.joining", ROLE_OPERATOR,         \
	    "- moved", "joining", false)                                       \
	X(EVENT_REHEARSAL_JOINED, "rehearsal.joined", ROLE_SERVICE, "joining", \
	    "joined", false)

#define EVENT_ENUM(code, name, who, from, to, sealed) code,
enum event { EVENTS(EVENT_ENUM) EVENT_COUNT };
#undef EVENT_ENUM

struct event_info {
	const char *name;
	unsigned who;
	const char *from, *to;
	bool sealed;
};

const struct event_info *event_info(enum event event);

/* May it happen to an object in `state` (NULL: there is none)? */
bool event_allowed(enum event event, const char *state);

#endif
