/* site.h -- the pages that people see, as the service hands them out. */
#ifndef SITE_H
#define SITE_H

#include "config.h"
#include "http.h"

/*
 * Read every file of config->web_root whose kind we know, once, and keep it as
 * it will be sent: with a digest for an ETag and, if it is a page, with a
 * policy that lets nothing run but what stands here. `none` is no pages; a
 * folder that cannot be read is none either, and the diary tells.
 */
void site_open(const struct config *config);
void site_close(void); /* twice is harmless */

/* Are there pages? */
bool site_is_there(void);

/* What a page may do: run and show what comes from here, ask only us. */
#define SITE_POLICY                                                            \
	"default-src 'none'; script-src 'self'; style-src 'self'; "            \
	"img-src 'self' data:; connect-src 'self'; worker-src 'self'; "        \
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/* The text of index.html, for as long as the site is open; or NULL. */
const char *site_document(void);

/* The file of this path, as "assets/x.js", held for the caller; or NULL. */
struct page *site_find(const char *path);

#endif
