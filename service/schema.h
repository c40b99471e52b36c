/* schema.h -- a kind as JSON Schema, from its list of members. */
#ifndef SCHEMA_H
#define SCHEMA_H

#include "export.h"
#include "kind.h"

/* One member, as it is when it is there. New; never NULL. */
json_t *schema_member(const struct member *member);

/* What a client gives: nothing else is taken. New; never NULL. */
json_t *schema_input(const struct kind *kind);

/*
 * What a reader sees. Private members, and what an act adds, are in some
 * answers only; secret ones in none. New; never NULL.
 */
json_t *schema_output(const struct kind *kind);

/* A list that is of no kind: items of whatever its table shows. New; never
 * NULL. */
json_t *schema_items(const struct export_table *table);

/* The content of a body that is no JSON: its media types, by a space. */
json_t *schema_media(const char *media);

/* A problem document, with every slug there is. */
json_t *schema_problem(void);

#endif
