#include "route.h"

#include "clock.h"
#include "site.h"

#include <string.h>

/* A piece of the path that a {..} matched. */
struct span {
	const char *text;
	size_t size;
};

/* Of `path`, what `{name}` takes: a segment. `{name*}` takes the rest. */
static size_t taken(const char *end_of_name, const char *path)
{
	return end_of_name[-1] == '*' ? strlen(path) : strcspn(path, "/");
}

/* Does `path` fit `pattern`? Tells what each {..} matched, and how many. */
static bool match(const char *pattern, const char *path,
    struct span spans[static PARAMS_MAX], size_t *count)
{
	*count = 0;
	while (*pattern && *path) {
		const char *end;
		size_t size;

		if (*pattern != '{') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		end = strchr(pattern, '}');
		size = taken(end, path);
		if (size == 0 || *count == PARAMS_MAX)
			return false;
		spans[(*count)++] = (struct span){ path, size };
		pattern = end + 1;
		path += size;
	}
	return *pattern == '\0' && *path == '\0';
}

/* Two routes may share a path and a method only by our mistake. */
static void add_allowed(struct request *request, const char *method)
{
	const char *allowed = strcmp(method, "GET") == 0 ? "GET, HEAD" : method;

	if (!request->allow)
		request->allow = allowed;
	else if (!strstr(request->allow, allowed))
		request->allow = arena_format(
		    &request->arena, "%s, %s", request->allow, allowed);
}

static enum error take(struct request *request, const struct route *route,
    const struct span spans[], size_t count)
{
	request->route = route;
	for (size_t i = 0; i < count; i++)
		request->params[i] =
		    arena_text(&request->arena, spans[i].text, spans[i].size);
	return ERR_OK;
}

bool route_is_there(const struct route *route)
{
	return (!route->rehearsal || clock_rehearses()) &&
	       (!route->site || site_is_there());
}

enum error route_find(
    struct request *request, const char *method, const char *path)
{
	struct span spans[PARAMS_MAX];
	size_t count;

	if (strcmp(method, "HEAD") == 0)
		method = "GET";
	request->allow = NULL;
	for (size_t i = 0; resources[i]; i++)
		for (const struct route *r = resources[i]->routes;
		     r && r->method; r++) {
			if (!route_is_there(r) ||
			    !match(r->path, path, spans, &count))
				continue;
			if (strcmp(r->method, method) == 0)
				return take(request, r, spans, count);
			add_allowed(request, r->method);
		}
	return request->allow ? ERR_METHOD : ERR_NOT_FOUND;
}
