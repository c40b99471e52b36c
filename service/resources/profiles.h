/* profiles.h -- what is known of an institution that registered. */
#ifndef PROFILES_H
#define PROFILES_H

#include "act.h"

enum {
	PROFILE_PERSON_MAX = 50,
	PROFILE_PHONE_MAX = 30,
	PROFILE_ADDRESS_MAX = 200,
	PROFILE_COUNTER_MAX = 50,
};

/* 企业, 事业单位, 社会组织, 个体. */
#define PROFILE_KINDS                                                          \
	"enterprise public-institution social-organisation "                   \
	"individual"
/* At a counter of the hall (实体窗口), on line, or both. */
#define PROFILE_PRESENCES "window online both"

/* State: kept. domain §8.1 */
struct profile {
	struct object object; /* id: the institution's credit code */
	const char *registration;
	const char *region; /* in which it registered; it is open to all */
	const char *kind, *legal_representative, *address;
	const char *founded; /* or NULL */
	uint64_t capital_fen;
	const char *presence;
	const char *counter;                      /* or NULL: online alone */
	const char *contact_name, *contact_phone; /* private; shown masked */
	const char *licence; /* SHA-256 of the file of its licence */
	const char *pledge;  /* SHA-256 of the text it pledged itself to */
	uint64_t deemed;     /* nobody had checked it in time */
	int64_t entered_at;
};
extern struct kind profile_kind;

/* Whoever is at a counter says at which: a complaint at /counter.
 * ERR_INVALID */
enum error profile_check_presence(struct request *request, const char *presence,
    const char *counter) MUST_CHECK;

#endif
