/* approval_items.h -- what an authority approves, and how fast it promises. */
#ifndef APPROVAL_ITEMS_H
#define APPROVAL_ITEMS_H

#include "act.h"

/*
 * The eleven elements that are public of 渝委办发〔2012〕20号 §11, as far as
 * they are known. States: active → retired; each revision is an event, and
 * what it said before stands in the log.
 */
struct approval_item {
	struct object object; /* id: its code */
	const char *name;
	const char *region;         /* NULL: everywhere */
	const char *authority;      /* organisation; NULL until it takes part */
	const char *authority_name; /* who approves */
	const char *basis;          /* the law */
	uint64_t legal_days;        /* 0: the law has no limit */
	const char *legal_unit;     /* workday, day */
	const char *legal_limit;    /* as the law says it */
	const char *limit_source;   /* how well that is known */
	uint64_t promised_days;     /* 0: nothing is promised */
	const char *promised_unit;
	const char *conditions, *materials, *steps, *result;
	const char *fee, *fee_basis, *complaint_channel;
};
extern struct kind approval_item_kind;

#endif
