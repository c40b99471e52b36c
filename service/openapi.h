/* openapi.h -- the service described from its own tables. */
#ifndef OPENAPI_H
#define OPENAPI_H

#include "route.h"

#include <jansson.h>

/*
 * OpenAPI 3.1 of every route: paths and parameters from routes, schemas from
 * their kinds, refusals from the errors. New; never NULL.
 */
json_t *openapi_document(void);

/* Whose role may take it: their names. New; never NULL. */
json_t *openapi_roles(const struct route *route);

/* Every route as GET /v1 lists them. New; never NULL. */
json_t *openapi_index(void);

#endif
