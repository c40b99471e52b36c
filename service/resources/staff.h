/* staff.h -- who works for an institution, and for none besides. */
#ifndef STAFF_H
#define STAFF_H

#include "act.h"

/* States: employed → left. 资产评估法 §5 */
struct staff_member {
	struct object object;
	const char *institution;
	const char *kind;        /* what he is registered as */
	const char *valid_until; /* YYYY-MM-DD, or NULL */
	uint64_t insured_months;
	const char *evidence; /* SHA-256 of the statement */
	/* Private; masked for others. */
	const char *person_name, *person_number, *registration_number;
	const char *person; /* secret: roll_person() */
};
extern struct kind staff_member_kind;

#endif
