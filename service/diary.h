/* diary.h -- what the daemon tells its operator: a line of JSON each. */
#ifndef DIARY_H
#define DIARY_H

/*
 * Write {"event":NAME, ...}; `format` and what follows make the other members
 * as json_pack() does, or there are none if it is NULL. Holds no secret and
 * no personal data.
 */
void diary_write(const char *name, const char *format, ...);

#endif
