/* affiliations.h -- who stands behind whom, and who belongs together. */
#ifndef AFFILIATIONS_H
#define AFFILIATIONS_H

#include "act.h"
#include "institutions.h"
#include "kl_affiliation.h"
#include "kl_tied.h"

enum { AFFILIATIONS_ENTERED_MAX = 50 /* by one registration */ };

/*
 * States: declared → confirmed → ended; declared → dropped. What is declared
 * counts for nothing until somebody who keeps the roll confirms it: else one
 * could tie others together, or himself loose, by a word. kl_affiliation.h
 */
struct affiliation {
	struct object object;
	const char *held, *held_name;
	const char *holder; /* a credit code, an organisation, or p:… */
	const char *holder_name;
	const char *kind;  /* kl_affiliation_words() */
	uint64_t share_bp; /* of a shareholder */
	uint64_t holder_is_state;
	const char *valid_from, *valid_until; /* YYYY-MM-DD, or NULL */
	const char *evidence;                 /* SHA-256 of a file, or NULL */
	const char *person_name, *person_number; /* private; of a holder */
	const char *declared_by, *verified_by;   /* organisations */
	const char *reason;
};
extern struct kind affiliation_kind;

/* One of a registration: without the held. */
extern const struct kind affiliation_input;

/*
 * In an act: is it sound, and who are the two? Sets held_name, holder and
 * holder_name. Complaints at <pointer>/<member>, but for what was told of when
 * it was read.
 * ERR_INVALID ERR_BUSY ERR_DATABASE
 */
enum error affiliation_complete(struct request *request,
    struct affiliation *affiliation, const char *pointer) MUST_CHECK;

/* In an act: enter one of a registration as confirmed, or as declared, when
 * nobody has looked at it. */
enum error affiliation_enter(struct request *request,
    struct affiliation *affiliation, bool confirmed, size_t number) MUST_CHECK;

/*
 * In an act that has changed what groups rest on, at its end: compute them
 * anew, of all who may belong together with one or the other of two, who were
 * or are affiliated. Whoever's group changes has an event. By itself, so that
 * what follows in this act is, too. In affiliations_regroup.c.
 * ERR_BUSY ERR_DATABASE ERR_TOO_LARGE
 */
enum error affiliation_regroup(
    struct request *request, const char *one, const char *other) MUST_CHECK;

/* The same of all there are: when the rule is another. */
enum error affiliation_regroup_all(struct request *request) MUST_CHECK;

/* The same when this institution has just been admitted, if that changes
 * anything. */
enum error affiliation_regroup_for(
    struct request *request, const struct institution *institution) MUST_CHECK;

/* --- all that count (affiliations_group.c) -------------------------------- */

/* Those that were confirmed, and what is known of them. */
struct affiliation_graph {
	struct kl_affiliation *list;
	const char **ids, **holder_names, **held_names;
	size_t count;
	struct kl_affiliations sorted;
};

/*
 * As they are now, or as they were before the log had `before` entries, on a
 * day. `declared`: groups that the operator declared join, too. Of a GET, or
 * of an act after act_direct(); texts live as long as the request, and
 * affiliation_graph_clear() gives the rest back, also after a failure.
 * ERR_TOO_LARGE ERR_BUSY ERR_DATABASE
 */
enum { AFFILIATION_NOW = 0 };
enum error affiliation_graph_read(struct request *request, uint64_t before,
    const struct kl_affiliation_rule *rule, bool declared,
    struct affiliation_graph *graph) MUST_CHECK;
void affiliation_graph_clear(struct affiliation_graph *graph);

/* What a row says of itself; days are "" where there are none. */
void affiliation_set(struct kl_affiliation *affiliation, const char *kind,
    uint64_t share, const char *from, const char *until);

/* Groups that were declared are holders of a name that nobody else can have. */
#define AFFILIATION_DECLARED "group "

/*
 * The authorities that approve what a category serves, as kl_tied() wants
 * them: now, or before the log had `before` entries.
 * ERR_BUSY ERR_DATABASE
 */
enum error affiliation_authorities(struct request *request,
    const char *category, uint64_t before, const char ***authorities,
    size_t *count) MUST_CHECK;

/* [{affiliation, held, held_name, holder, …, words}], step by step. */
json_t *affiliation_path_json(const struct request *request,
    const struct affiliation_graph *graph,
    const struct kl_affiliation_path *path);

extern const struct db_statement *const affiliation_reads[];

#endif
