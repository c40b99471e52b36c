/*
 * A head that is let in says one thing: the form and the gate take none that a
 * lenient reader would see otherwise. So the head is taken apart as leniently
 * as any server does, libmicrohttpd too: a bare LF ends a line, blanks about a
 * value and between words are dropped, folds are joined, lines that say
 * nothing are not shown. What the gate was shown, put together again, must be
 * the same bytes.
 */
#include "fuzz.h"

#include "form.h"
#include "gate.h"

#define HOSTS  "localhost,klero.example"
#define BLANKS " \t"

enum { HEAD_MAX = 4096 };

/* What is left of the input, and what the gate was shown of it so far. */
struct head {
	char text[HEAD_MAX + 1];
	char *at, *end;
	struct kl_buf shown;
};

/* The next line, ended by NUL; NULL if no LF ends it. */
static char *take_line(struct head *head)
{
	char *line = head->at;
	char *end = memchr(line, '\n', (size_t)(head->end - line));

	if (!end)
		return NULL;
	head->at = end + 1;
	*end = '\0';
	if (end > line && end[-1] == '\r')
		end[-1] = '\0';
	return line;
}

/* The next word of a line, and what stands after the blanks behind it. */
static char *take_word(char **line)
{
	char *word = *line + strspn(*line, BLANKS);
	char *end = word + strcspn(word, BLANKS);

	*line = *end ? end + 1 : end;
	*line += strspn(*line, BLANKS);
	*end = '\0';
	return word;
}

static void trim_end(char *text)
{
	size_t size = strlen(text);

	while (size > 0 && strchr(BLANKS, text[size - 1]))
		text[--size] = '\0';
}

static enum error read_line(struct gate *gate, struct head *head, char *line)
{
	const char *method = take_word(&line), *uri = take_word(&line);

	trim_end(line);
	kl_buf_add_text(&head->shown, method);
	kl_buf_add_text(&head->shown, " ");
	kl_buf_add_text(&head->shown, uri);
	kl_buf_add_text(&head->shown, " ");
	kl_buf_add_text(&head->shown, line);
	kl_buf_add_text(&head->shown, "\r\n");
	return gate_line(gate, method, uri);
}

/* Lines that begin with a blank go on with the one before. */
static void join_folds(struct head *head, char *line)
{
	while (head->at < head->end && strchr(BLANKS, *head->at) && *head->at) {
		char *more = take_line(head);

		if (!more)
			return;
		more += strspn(more, BLANKS);
		memmove(line + strlen(line), more, strlen(more) + 1);
	}
}

static enum error read_field(struct gate *gate, struct head *head, char *line)
{
	char *value;

	join_folds(head, line);
	value = strchr(line, ':');
	if (!value || value == line)
		return ERR_OK;
	*value++ = '\0';
	value += strspn(value, BLANKS);
	trim_end(value);
	kl_buf_add_text(&head->shown, line);
	kl_buf_add_text(&head->shown, ": ");
	kl_buf_add_text(&head->shown, value);
	kl_buf_add_text(&head->shown, "\r\n");
	return gate_field(gate, line, strlen(line), value, strlen(value));
}

static void check_let_in(const struct gate *gate)
{
	const struct request *request = gate->request;

	assert(request->path[0] == '/' && !strchr(request->path, '%'));
	assert(!strstr(request->path, "//") && !strstr(request->path, ".."));
	assert(strlen(request->path) + strlen(request->raw_query) <=
	       FORM_TARGET_MAX);
	assert(gate->host && gate->body_size <= 99999999);
	assert(gate->has_length == (request->method[0] == 'P'));
}

/* All of a head but its bytes as such; ERR_LENGTH for one without an end. */
static enum error read_head(struct gate *gate, struct head *head)
{
	char *line = take_line(head);
	enum error error = line ? read_line(gate, head, line) : ERR_LENGTH;

	while (!error) {
		line = take_line(head);
		if (!line)
			return ERR_LENGTH;
		if (!*line)
			break;
		error = read_field(gate, head, line);
	}
	kl_buf_add_text(&head->shown, "\r\n");
	return error ? error
		     : gate_end(gate, (size_t)(head->at - head->text), HOSTS);
}

static void check_language(const char *list)
{
	enum language language = gate_language(list);

	assert(language == LANGUAGE_ZH || language == LANGUAGE_EN);
	if (!strcasestr(list, "en"))
		assert(language == LANGUAGE_ZH);
}

static bool is_in_form(const uint8_t *head, size_t size)
{
	struct form form = { 0 };

	return form_read(&form, head, size) == size && !form.fault;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct head head;
	struct request request = { 0 };
	struct gate gate = { .request = &request };
	enum error error;

	if (size > HEAD_MAX)
		return 0;
	memcpy(head.text, data, size);
	head.text[size] = '\0';
	check_language(head.text);
	head.at = head.text;
	head.end = head.text + size;
	head.shown = (struct kl_buf)KL_BUF(2 * HEAD_MAX);
	error = read_head(&gate, &head);
	if (!error && is_in_form(data, (size_t)(head.at - head.text))) {
		check_let_in(&gate);
		fuzz_same(&head.shown, data, (size_t)(head.at - head.text));
	}
	assert(!error || request.detail || error == ERR_LENGTH);
	kl_buf_clear(&head.shown);
	request_clear(&request);
	return 0;
}
