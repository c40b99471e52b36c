#include "body_json.h"

#include "kl_leaf.h"

#include <string.h>

static bool has(const struct body_tokens *tokens, const char *token)
{
	for (size_t i = 0; i < tokens->count; i++)
		if (strcmp(tokens->list[i], token) == 0)
			return true;
	return false;
}

static bool read_tokens(
    struct request *request, const json_t *list, struct body_tokens *tokens)
{
	const json_t *item;
	size_t i;

	if (!json_is_array(list) || json_array_size(list) == 0 ||
	    json_array_size(list) > BODY_TOKENS_LIST_MAX)
		return false;
	json_array_foreach (list, i, item) {
		const char *token = json_string_value(item);

		if (!token || !kl_is_token(token, json_string_length(item)) ||
		    has(tokens, token))
			return false;
		tokens->list[tokens->count++] =
		    arena_copy(&request->arena, token);
	}
	return true;
}

enum error body_tokens_read(struct request *request, const char *json,
    const char *pointer, struct body_tokens *tokens)
{
	json_auto_t *list = json ? json_loads(json, 0, NULL) : NULL;

	tokens->count = 0;
	if (!json || read_tokens(request, list, tokens))
		return ERR_OK;
	return request_complain(request, pointer, "form",
	    "应为 1 到 {0} 个不重复的代码", "must be 1 to {0} different tokens",
	    request_number(request, BODY_TOKENS_LIST_MAX), NULL);
}

enum error body_fee_read(struct request *request, const char *json,
    const char *pointer, struct kl_fee_sheet *sheet)
{
	json_auto_t *value = json ? json_loads(json, 0, NULL) : NULL;
	const struct kl_words *words;
	const char *where;

	if (!json)
		return ERR_OK;
	if (kl_fee_read(value, sheet, &where))
		return request_complain(request,
		    *where
			? arena_format(&request->arena, "%s/%s", pointer, where)
			: pointer,
		    "form", "收费标准的结构有误",
		    "a fee schedule of another form", NULL);
	words = kl_fee_fault_words(kl_fee_fault(&sheet->schedule));
	return words ? request_complain(request, pointer, words->code,
			   words->chinese, words->english, NULL)
		     : ERR_OK;
}
