/* draw_attest.c -- a public value that those who saw it have signed. */
#include "draw_private.h"
#include "list.h"
#include "policies.h"

#include <string.h>

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
    const struct draw *draw, const char *value,
    const struct draw_parties *parties,
    const struct draw_signatures *signatures)
{
	const struct kl_attestation attestation = {
		.declare = draw_hash_of(draw->declare_hash),
		.seal = draw_hash_of(draw->seal_hash),
		.value = kl_span_of(value),
	};
	struct kl_buf statement = KL_BUF(KL_LEAF_TEXT_MAX);
	enum error error =
	    error_of_lib(kl_attestation_write(&attestation, &statement));

	for (size_t i = 0; !error && i < signatures->count; i++)
		error = check_attester(
		    request, parties, &signatures->list[i], &statement);
	kl_buf_clear(&statement);
	return error;
}

static void fill(struct draw_value *value, const struct draw *draw,
    const char *said, const struct draw_parties *parties,
    const struct draw_signatures *signatures)
{
	struct kl_beacon *beacon = &value->beacon;

	beacon->kind = KL_BEACON_PUBLIC;
	beacon->template = kl_span_of(draw->template);
	beacon->value = kl_span_of(said);
	beacon->attest_count = signatures->count;
	for (size_t i = 0; i < signatures->count; i++) {
		const struct draw_signature *by = &signatures->list[i];

		beacon->attests[i] =
		    (struct kl_signed){ kl_span_of(parties->list[by->party].id),
			    by->signature_bytes };
	}
}

enum error draw_attest_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value)
{
	struct draw_parties *parties =
	    arena_alloc(&request->arena, sizeof(*parties));
	struct draw_signatures signatures;
	enum error error;

	if (!brought->value || !brought->attestations)
		return request_complain(request,
		    brought->value ? "/attestations" : "/value", "missing",
		    "公共数值须附参与方的见证",
		    "a public value comes with its attestations", NULL);
	error = check_form(request, draw, brought->value);
	if (!error)
		error = draw_parties_read(request, draw->object.id, parties);
	if (!error)
		error = draw_signatures_read(request, parties,
		    brought->attestations, SIGNERS_WATCHED, &signatures);
	if (!error)
		error = check_attesters(
		    request, draw, brought->value, parties, &signatures);
	if (!error)
		fill(value, draw, brought->value, parties, &signatures);
	return error;
}
