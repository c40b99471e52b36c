/* rank.c -- klero rank SEED K ALTERNATES: the result text of a roster. */
#include "command.h"
#include "file.h"
#include "kl_draw.h"
#include "kl_line.h"

#include <stdio.h>
#include <string.h>

/* What the arguments say. */
struct order {
	struct kl_hash seed; /* S = H(seed.txt) */
	uint64_t select, alternates;
};

static bool read_order(int argc, char *argv[], struct order *order)
{
	return argc == 4 &&
	       kl_unhex(argv[1], strlen(argv[1]), order->seed.bytes,
		   sizeof(order->seed.bytes)) == KL_OK &&
	       kl_decimal_read(kl_span_of(argv[2]), KL_SELECT_MAX,
		   &order->select) == KL_OK &&
	       kl_decimal_read(kl_span_of(argv[3]), KL_SELECT_MAX,
		   &order->alternates) == KL_OK &&
	       order->select > 0;
}

static int print_ranking(const struct kl_ranking *ranking)
{
	struct kl_buf out = KL_BUF(KL_TEXT_SIZE_MAX);
	int status = COMMAND_UNUSABLE;

	if (kl_ranking_write(ranking, &out))
		fprintf(stderr, "rank: the result cannot be written\n");
	else if (fwrite(out.data, 1, out.size, stdout) == out.size &&
		 fflush(stdout) == 0)
		status = COMMAND_DONE;
	kl_buf_clear(&out);
	return status;
}

static int rank(const struct kl_roster *roster, const struct order *order)
{
	struct kl_ranking ranking;
	enum kl_result result;
	int status;

	if (order->select > roster->count) {
		fprintf(stderr, "rank: only %zu entries to select from\n",
		    roster->count);
		return COMMAND_REFUSED;
	}
	result = kl_draw(
	    roster, &order->seed, order->select, order->alternates, &ranking);
	if (result) {
		fprintf(stderr, "rank: not enough memory\n");
		return COMMAND_UNUSABLE;
	}
	status = print_ranking(&ranking);
	kl_ranking_clear(&ranking);
	return status;
}

static int rank_text(const struct kl_buf *text, const struct order *order)
{
	struct kl_fault fault = { 1, "" };
	struct kl_roster roster;
	int status;

	if (kl_roster_read(
		&roster, (const char *)text->data, text->size, &fault)) {
		fprintf(stderr, "rank: roster line %zu: %s\n", fault.line,
		    fault.why);
		return COMMAND_REFUSED;
	}
	status = rank(&roster, order);
	kl_roster_clear(&roster);
	return status;
}

static int run(int argc, char *argv[])
{
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	int status = COMMAND_UNUSABLE, error;
	struct order order;

	if (!read_order(argc, argv, &order)) {
		fprintf(stderr,
		    "usage: klero rank SEED K ALTERNATES < ROSTER\n"
		    "SEED is the SHA-256 of seed.txt, 64 digits; "
		    "K is 1 to %d, ALTERNATES 0 to %d\n",
		    KL_SELECT_MAX, KL_SELECT_MAX);
		return COMMAND_UNUSABLE;
	}
	error = file_read("-", &text);
	if (error)
		fprintf(stderr, "rank: stdin: %s\n", strerror(error));
	else
		status = rank_text(&text, &order);
	kl_buf_clear(&text);
	return status;
}

const struct command rank_command = {
	"rank",
	"print the result of a seed and the roster on stdin",
	run,
};
