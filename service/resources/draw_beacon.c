/* draw_beacon.c -- the value of the beacon, from whoever brings it. */
#include "draw_private.h"
#include "kl_pulse.h"
#include "route.h"

#include <string.h>

enum {
	VALUE_MAX = 255,
	HEX_MAX = 256,
	PULSE_MAX = 16384,
	BODY_MAX = 32768,
};

/* drand and nist: the very JSON that is served, so that a file which was
 * carried in is the body. */
static const struct member members[] = {
	MEMBER(draw_brought, value, MEMBER_TEXT, 1, VALUE_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "public: the value, of the declared template"),
	MEMBER(draw_brought, attestations, MEMBER_JSON, 2,
	    DRAW_SIGNATURES_JSON_MAX, MEMBER_IN | MEMBER_OPTIONAL,
	    "public: [{party, signature}]: two or more of those who revealed, "
	    "one of them supervisor or entrants"),
	MEMBER(draw_brought, round, MEMBER_NUMBER, 1, KL_INTEGER_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL, "drand: the round, as declared"),
	MEMBER(draw_brought, signature, MEMBER_TEXT, 1, HEX_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "drand: the chain's signature of it, 96 hex digits"),
	MEMBER(draw_brought, randomness, MEMBER_TEXT, 1, HEX_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL,
	    "drand: served with it, and not looked at"),
	MEMBER(draw_brought, pulse, MEMBER_JSON, 2, PULSE_MAX,
	    MEMBER_IN | MEMBER_OPTIONAL, "nist: the pulse, as served"),
	{ 0 },
};

static const struct kind value_input = {
	.name = "BeaconValue",
	.size = sizeof(struct draw_brought),
	.members = members,
};

/* The value that was brought, checked, and what the draw makes of it. */
struct taken {
	struct draw_value value;
	struct kl_seed seed; /* all but its seal */
	const char *text;    /* as the row keeps it */
};

const char *draw_value_text(const struct kl_seed *seed, struct arena *arena)
{
	switch (seed->kind) {
	case KL_BEACON_NONE:
		break;
	case KL_BEACON_PUBLIC:
		return arena_text(arena, seed->value.at, seed->value.size);
	case KL_BEACON_NIST:
		return arena_hex(
		    arena, seed->output.bytes, sizeof(seed->output.bytes));
	case KL_BEACON_DRAND:
		return arena_hex(arena, seed->randomness.bytes,
		    sizeof(seed->randomness.bytes));
	}
	return NULL;
}

/* --- taking it ------------------------------------------------------------ */

static enum error reply(struct request *request, const struct draw *draw,
    const char *value, uint64_t event_index)
{
	json_t *json = json_pack("{s:s, s:s, s:s, s:I}", "draw",
	    draw->object.id, "state", draw->object.state, "value", value,
	    "event_index", (json_int_t)event_index);
	enum error error = request_reply(request, 201, json);

	return error ? error : act_receipt(request, event_index);
}

/* The pulse is a text of its own, which beacon.txt names. */
static enum error keep_pulse(struct request *request, const struct draw *draw,
    const struct draw_value *value)
{
	if (!value->pulse)
		return ERR_OK;
	return draw_text_keep(
	    request, draw, "pulse.json", value->pulse, strlen(value->pulse));
}

static enum error say_beacon(
    struct request *request, struct draw *draw, struct draw_value *value)
{
	const char *ignored;
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);
	enum error error = ERR_OK;

	value->beacon.declare = draw_hash_of(draw->declare_hash);
	if (kl_beacon_write(&value->beacon, &text))
		error = ERR_INVALID;
	if (!error && value->pulse)
		error = act_text_beside(
		    request, value->pulse, strlen(value->pulse));
	if (error) {
		kl_buf_clear(&text);
		return error;
	}
	error = draw_say(
	    request, draw, EVENT_DRAW_BEACON, "beacon.txt", &text, &ignored);
	return error ? error : keep_pulse(request, draw, value);
}

static enum error take(
    struct request *request, struct draw *draw, struct taken *taken)
{
	bool stopped = draw_phase(draw) == KL_PHASE_STOPPED;
	uint64_t event_index;
	enum error error;

	draw->beacon_value = taken->text;
	error = say_beacon(request, draw, &taken->value);
	if (error)
		return error;
	event_index = draw->object.event_index;
	error = stopped ? draw_end_stopped(request, draw)
			: draw_finish(request, draw, &taken->seed);
	if (error)
		return error;
	return reply(request, draw, taken->text, event_index);
}

/* The value stands. That somebody signed another is put on record, with what
 * proves it: a second signed value is a finding. protocol §2, beacon.txt. */
static enum error dispute(struct request *request, struct draw *draw)
{
	const struct draw_brought *brought = request->input;
	enum error error =
	    act_change(request, &draw_kind, draw, EVENT_DRAW_DISPUTED,
		json_pack("{s:s, s:o}", "value", brought->value, "attestations",
		    json_loads(brought->attestations, 0, NULL)),
		NULL);

	if (error)
		return error;
	return reply(request, draw, brought->value, draw->object.event_index);
}

/* --- the act -------------------------------------------------------------- */

static const struct {
	const char *beacon;
	enum error (*check)(struct request *request, const struct draw *draw,
	    const struct draw_brought *brought, struct draw_value *value);
} checks[] = {
	{ "public", draw_attest_check },
	{ "drand", draw_round_check },
	{ "nist", draw_pulse_check },
};

static enum error check_value(
    struct request *request, const struct draw *draw, struct draw_value *value)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (strcmp(draw->beacon, checks[i].beacon) == 0)
			return checks[i].check(
			    request, draw, request->input, value);
	return ERR_INTERNAL;
}

static enum error too_early(struct request *request)
{
	return request_fail(request, ERR_TOO_EARLY, "数值须在信标时间之后产生",
	    "a value counts from the time of the beacon on", NULL);
}

static enum error check_turn(struct request *request, const struct draw *draw)
{
	enum kl_attempt_phase phase = draw_phase(draw);

	if (!draw_has_beacon(draw))
		return request_fail(request, ERR_STATE, "本次抽取没有公共信标",
		    "the draw has no beacon", NULL);
	if (phase < KL_PHASE_SEALED)
		return too_early(request);
	if (phase == KL_PHASE_OVER && !draw->beacon_value)
		return request_fail(request, ERR_STATE, "本次抽取已经结束",
		    "the draw is over", NULL);
	return ERR_OK;
}

/* What has been verified has all that a seed says of it. */
static enum error read_seed(struct request *request, struct taken *taken)
{
	const struct draw_value *value = &taken->value;
	json_auto_t *pulse =
	    value->pulse ? json_loads(value->pulse, 0, NULL) : NULL;

	if (kl_seed_of(&value->beacon, pulse, &taken->seed))
		return ERR_INTERNAL;
	taken->text = draw_value_text(&taken->seed, &request->arena);
	return ERR_OK;
}

static enum error prepare(struct request *request)
{
	struct taken *taken = arena_alloc(&request->arena, sizeof(*taken));
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = check_turn(request, draw);
	if (!error)
		error = check_value(request, draw, &taken->value);
	if (!error)
		error = read_seed(request, taken);
	if (!error)
		request->prepared = taken;
	return error;
}

static enum error give(struct request *request)
{
	struct taken *taken = request->prepared;
	struct draw *draw;
	enum error error = draw_take_named(request, &draw);

	if (!error)
		error = check_turn(request, draw);
	if (error)
		return error;
	if (act_at(request) < draw->beacon_time)
		return too_early(request);
	if (draw_phase(draw) == KL_PHASE_SEALED &&
	    kl_attempt_is_stale(draw->beacon_time, act_at(request)))
		return request_fail(request, ERR_TOO_LATE,
		    "信标时间已过一日,本次抽取视为失败",
		    "a day after the beacon's time the attempt has failed",
		    NULL);
	if (draw_phase(draw) != KL_PHASE_OVER)
		return take(request, draw, taken);
	if (strcmp(draw->beacon, "public") != 0 ||
	    strcmp(draw->beacon_value, taken->text) == 0)
		return request_fail(request, ERR_EXISTS, "该数值已经记录",
		    "this value is recorded already", NULL);
	return dispute(request, draw);
}

static const struct route routes[] = {
	{ "POST", "/v1/draws/{id}/beacon", give, .class = ROUTE_ACT,
	    .body_max = BODY_MAX, .input = &value_input, .prepare = prepare,
	    .proves_itself = true,
	    .summary = "Bring the beacon's value: attested, a round, or a "
		       "pulse" },
	{ 0 },
};

const struct resource draw_beacon_resource = { .routes = routes };
