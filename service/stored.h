/* stored.h -- is what is stored what was hashed? Read again, before it is
 * signed.
 */
#ifndef STORED_H
#define STORED_H

#include "db.h"

struct log_head;
struct tree;

/*
 * Bring `tree`, which was signed, on to the head: each entry's bytes are hashed
 * again, and must give the stored leaves, tiles and head. `holds` says whether
 * the log is ours, by its head. In a transaction of DB_READ; `*fault` says what
 * is not as it should be, NULL for nothing; then, and after a failure, the tree
 * is of no use.
 *
 * ERR_BUSY ERR_DATABASE
 */
enum error stored_read_on(struct db *db, struct arena *arena,
    bool (*holds)(const struct log_head *head), struct tree *tree,
    const char **fault) MUST_CHECK;

extern const struct db_statement *const stored_statements[];

#endif
