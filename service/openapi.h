/* openapi.h -- the service described from its own tables. */
#ifndef OPENAPI_H
#define OPENAPI_H

#include <jansson.h>

/*
 * OpenAPI 3.1 of every route: paths and parameters from routes, schemas from
 * their kinds, refusals from the errors. New; never NULL.
 */
json_t *openapi_document(void);

/* Every route as GET /v1 lists them. New; never NULL. */
json_t *openapi_index(void);

#endif
