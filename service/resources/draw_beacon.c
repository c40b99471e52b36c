/* draw_beacon.c -- a public value that those who saw it have signed. */
#include "draw_private.h"
#include "kl_seed.h"
#include "list.h"
#include "policies.h"
#include "route.h"

#include <string.h>

enum { VALUE_MAX = 255 };

struct value {
	struct object object;
	const char *value, *attestations;
};

static const struct member members[] = {
	MEMBER(value, value, MEMBER_TEXT, 1, VALUE_MAX, MEMBER_IN,
	    "The public value, of the declared template"),
	MEMBER(value, attestations, MEMBER_JSON, 2, DRAW_SIGNATURES_JSON_MAX,
	    MEMBER_IN,
	    "[{party, signature}]: two or more of those who revealed, one of "
	    "them supervisor or entrants"),
	{ 0 },
};

static const struct kind value_input = {
	.name = "BeaconValue",
	.size = sizeof(struct value),
	.members = members,
};

/* Checked on a worker: after the seal none of it can change. */
struct attested {
	struct draw_parties parties;
	struct draw_signatures signatures;
};

/* The value must look as the template of the policy says. */
static enum error check_form(
    struct request *request, const struct draw *draw, const char *value)
{
	const void *policy;
	json_auto_t *templates = NULL;
	const json_t *template;
	const char *alphabet;
	json_int_t length;
	enum error error =
	    list_find(request, &policy_kind, draw->policy, &policy);

	if (error)
		return error;
	templates = policy_member(policy, "draw.templates");
	template = json_object_get(templates, draw->template);
	alphabet = json_string_value(json_object_get(template, "alphabet"));
	length = json_integer_value(json_object_get(template, "length"));
	if (alphabet && length > 0 &&
	    kl_attempt_matches(alphabet, (size_t)length, value))
		return ERR_OK;
	return request_complain(request, "/value", "form", "与声明的模板不符",
	    "is not of the declared template", NULL);
}

static enum error check_attester(struct request *request,
    const struct draw_parties *parties, const struct draw_signature *by,
    const struct kl_buf *statement)
{
	if (!parties->states[by->party].revealed)
		return request_fail(request, ERR_APPROVALS,
		    "见证者须是已揭示的参与方",
		    "only a party whose secret is in the seal may attest",
		    NULL);
	if (!draw_party_signed(parties, by->party, statement, by->signature))
		return request_fail(request, ERR_SIGNATURE,
		    "有签名不是对本次抽取该数值的签名",
		    "a signature is not of this value for this draw", NULL);
	return ERR_OK;
}

static enum error check_attesters(struct request *request,
    const struct draw *draw, const struct attested *attested)
{
	const struct value *input = request->input;
	const struct kl_attestation attestation = {
		.declare = draw_hash_of(draw->declare_hash),
		.seal = draw_hash_of(draw->seal_hash),
		.value = kl_span_of(input->value),
	};
	struct kl_buf statement = KL_BUF(KL_LEAF_TEXT_MAX);
	enum error error =
	    error_of_lib(kl_attestation_write(&attestation, &statement));

	for (size_t i = 0; !error && i < attested->signatures.count; i++)
		error = check_attester(request, &attested->parties,
		    &attested->signatures.list[i], &statement);
	kl_buf_clear(&statement);
	return error;
}

/* --- taking it ------------------------------------------------------------ */

static enum error reply(
    struct request *request, const struct draw *draw, uint64_t event_index)
{
	const struct value *input = request->input;
	json_t *json = json_pack("{s:s, s:s, s:s, s:I}", "draw",
	    draw->object.id, "state", draw->object.state, "value", input->value,
	    "event_index", (json_int_t)event_index);
	enum error error = request_reply(request, 201, json);

	return error ? error : act_receipt(request, event_index);
}

static enum error say_beacon(
    struct request *request, struct draw *draw, const struct attested *attested)
{
	const struct draw_signature *list = attested->signatures.list;
	const char *ignored;
	struct kl_beacon *beacon =
	    arena_alloc(&request->arena, sizeof(*beacon));
	struct kl_buf text = KL_BUF(KL_TEXT_SIZE_MAX);

	beacon->declare = draw_hash_of(draw->declare_hash);
	beacon->kind = KL_BEACON_PUBLIC;
	beacon->template = kl_span_of(draw->template);
	beacon->value = kl_span_of(draw->beacon_value);
	beacon->attest_count = attested->signatures.count;
	for (size_t i = 0; i < beacon->attest_count; i++)
		beacon->attests[i] = (struct kl_signed){
			kl_span_of(attested->parties.list[list[i].party].id),
			list[i].signature_bytes
		};
	if (kl_beacon_write(beacon, &text)) {
		kl_buf_clear(&text);
		return ERR_INVALID;
	}
	return draw_say(
	    request, draw, EVENT_DRAW_BEACON, "beacon.txt", &text, &ignored);
}

static enum error take(
    struct request *request, struct draw *draw, const struct attested *attested)
{
	const struct value *input = request->input;
	uint64_t event_index;
	enum error error;

	draw->beacon_value = input->value;
	error = say_beacon(request, draw, attested);
	if (error)
		return error;
	event_index = draw->object.event_index;
	error = draw_finish(request, draw);
	if (error)
		return error;
	return reply(request, draw, event_index);
}

/* The value stands. That somebody signed another is put on record, with what
 * proves it: a second signed value is a finding. protocol §2, beacon.txt. */
static enum error dispute(struct request *request, struct draw *draw)
{
	const struct value *input = request->input;
	enum error error =
	    act_change(request, &draw_kind, draw, EVENT_DRAW_DISPUTED,
		json_pack("{s:s, s:o}", "value", input->value, "attestations",
		    json_loads(input->attestations, 0, NULL)),
		NULL);

	if (error)
		return error;
	return reply(request, draw, draw->object.event_index);
}

/* --- the act -------------------------------------------------------------- */

static enum error too_early(struct request *request)
{
	return request_fail(request, ERR_TOO_EARLY,
	    "公共数值须在信标时间之后产生",
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

static enum error prepare(struct request *request)
{
	const struct value *input = request->input;
	struct attested *attested =
	    arena_alloc(&request->arena, sizeof(*attested));
	struct draw *draw;
	enum error error = draw_find_shown(request, request->params[0], &draw);

	if (!error)
		error = check_turn(request, draw);
	if (!error)
		error = check_form(request, draw, input->value);
	if (!error)
		error = draw_parties_read(
		    request, request->params[0], &attested->parties);
	if (!error)
		error = draw_signatures_read(request, &attested->parties,
		    input->attestations, SIGNERS_WATCHED,
		    &attested->signatures);
	if (!error)
		error = check_attesters(request, draw, attested);
	if (!error)
		request->prepared = attested;
	return error;
}

static enum error give(struct request *request)
{
	const struct value *input = request->input;
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
	if (draw_phase(draw) == KL_PHASE_SEALED)
		return take(request, draw, request->prepared);
	if (strcmp(draw->beacon_value, input->value) == 0)
		return request_fail(request, ERR_EXISTS, "该数值已经记录",
		    "this value is recorded already", NULL);
	return dispute(request, draw);
}

static const struct route routes[] = {
	{ "POST", "/v1/draws/{id}/beacon", give, .class = ROUTE_ACT,
	    .body_max = 16384, .input = &value_input, .prepare = prepare,
	    .proves_itself = true,
	    .summary = "Bring the public value, attested by parties" },
	{ 0 },
};

const struct resource draw_beacon_resource = { .routes = routes };
