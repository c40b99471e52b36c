#include "diary.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

static json_t *pack(const char *format, va_list args)
{
	json_t *members = json_vpack_ex(NULL, 0, format, args);

	return members ? members : json_pack("{s:b}", "unprintable", 1);
}

void diary_write(const char *name, const char *format, ...)
{
	json_auto_t *line = json_pack("{s:s}", "event", name);
	va_list args;
	char *text;

	va_start(args, format);
	if (format)
		json_object_update_new(line, pack(format, args));
	va_end(args);
	text = json_dumps(line, JSON_COMPACT);
	fprintf(stderr, "%s\n", text);
	free(text);
}
