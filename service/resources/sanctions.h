/* sanctions.h -- what is held against an institution, why, and until when. */
#ifndef SANCTIONS_H
#define SANCTIONS_H

#include "act.h"

/*
 * States: imposed → expired by itself, or repaired. Two persons impose and end
 * one, everybody reads it. What it does to the institution happens by itself,
 * and never to a roster that is frozen. domain §4.5
 */
struct sanction {
	struct object object;
	const char *institution, *name;
	const char *measure;  /* SANCTION_MEASURES */
	const char *category; /* of delist; else NULL */
	uint64_t months;      /* of suspend, blacklist, commend; else 0 */
	const char *basis, *reason;
	const char *evidence;        /* SHA-256 of a file */
	const char *notified;        /* the day on which it was told of it */
	const char *hearing, *heard; /* held, waived, none; and when */
	int64_t imposed_at, ends_at; /* DB_TIME_NONE: it has no end */
	const char *repair, *repair_evidence; /* asked for by the institution */
	const char *ended_reason;
};
extern struct kind sanction_kind;

/* 红名单, and from the mildest 提醒, 约谈, 暂停报名, 下架, 清退, 黑名单. */
#define SANCTION_MEASURES                                                      \
	"commend reminder interview suspend delist remove blacklist"

enum { SANCTION_REPAIR_MAX = 2000 };
#define DUE_SANCTION_EXPIRE "sanction.expire"

bool sanction_is(const struct sanction *sanction, const char *measure);

/* In an act: `event` happens to the institution, if it can. */
enum error sanction_move(
    struct request *request, const char *uscc, enum event event) MUST_CHECK;

/* In an act: is one in force that suspends the institution, but for `except`?
 * ERR_BUSY ERR_DATABASE */
enum error sanction_suspends(struct request *request, const char *uscc,
    const char *except, bool *suspends) MUST_CHECK;

#endif
