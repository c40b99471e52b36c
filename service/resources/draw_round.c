/* draw_round.c -- values that prove themselves: rounds of drand, pulses. */
#include "beacons.h"
#include "draw_private.h"

#include <string.h>

static enum error missing(struct request *request, const char *pointer)
{
	return request_complain(request, pointer, "missing",
	    "缺少本次抽取所声明信标的数值",
	    "the value of the beacon that was declared is missing", NULL);
}

static const char *hex_of(
    struct request *request, const void *bytes, size_t size)
{
	char *hex = arena_alloc(&request->arena, 2 * size + 1);

	kl_hex(bytes, size, hex);
	return hex;
}

/* --- drand ---------------------------------------------------------------- */

static enum error read_signature(struct request *request, const char *hex,
    struct kl_drand_signature *signature)
{
	if (!kl_unhex(
		hex, strlen(hex), signature->bytes, sizeof(signature->bytes)))
		return ERR_OK;
	return request_complain(request, "/signature", "form",
	    "应为 96 位小写十六进制", "must be 96 lower-case hex digits", NULL);
}

/* A round has one signature, so that nobody has a choice here. */
static enum error check_genuine(struct request *request,
    const struct draw *draw, const struct draw_value *value)
{
	const struct kl_chain *chain = beacons_chain_of(&value->beacon.chain);

	if (!chain)
		return request_fail(request, ERR_BEACON,
		    "本服务不认识所声明的链", "the chain is not known here",
		    NULL);
	if (kl_chain_verify(
		chain, (int64_t)draw->beacon_round, &value->beacon.signature))
		return request_fail(request, ERR_BEACON, "不是该链对该轮的签名",
		    "not the signature of that round by that chain", NULL);
	return ERR_OK;
}

enum error draw_round_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value)
{
	struct kl_beacon *beacon = &value->beacon;
	struct kl_seed *seed = &value->seed;
	enum error error;

	if (!brought->signature || brought->round == 0)
		return missing(
		    request, brought->signature ? "/round" : "/signature");
	if (brought->round != draw->beacon_round)
		return request_fail(request, ERR_BEACON, "应为声明的第 {0} 轮",
		    "it must be round {0}, as declared",
		    request_number(request, draw->beacon_round), NULL);
	error = read_signature(request, brought->signature, &beacon->signature);
	if (error)
		return error;
	beacon->kind = seed->kind = KL_BEACON_DRAND;
	beacon->chain = draw_hash_of(draw->beacon_source);
	beacon->round = seed->round = (int64_t)draw->beacon_round;
	seed->randomness =
	    kl_hash_of(&beacon->signature, sizeof(beacon->signature));
	value->value =
	    hex_of(request, &seed->randomness, sizeof(seed->randomness));
	return check_genuine(request, draw, value);
}

/* --- nist ----------------------------------------------------------------- */

static bool is_ours(
    const struct draw *draw, const struct kl_certificate *certificate)
{
	char hex[2 * KL_CERTIFICATE_ID_SIZE + 1];

	kl_hex(certificate->id.bytes, KL_CERTIFICATE_ID_SIZE, hex);
	return strcmp(hex, draw->beacon_source) == 0;
}

/* The certificate that was declared: ours, or the one that is built in. */
static const struct kl_certificate *certificate_of(const struct draw *draw)
{
	if (is_ours(draw, beacons_certificate()))
		return beacons_certificate();
	return is_ours(draw, &kl_nist_certificate) ? &kl_nist_certificate
						   : NULL;
}

static enum error check_pulse(struct request *request, const struct draw *draw,
    const struct kl_certificate *certificate, const json_t *pulse)
{
	enum kl_result result;

	if (!kl_pulse_is_of(pulse, &certificate->id, draw->beacon_time))
		return request_fail(request, ERR_BEACON,
		    "不是所声明时刻的脉冲,或其状态不正常",
		    "not the pulse of the declared minute, or not in order",
		    NULL);
	result = kl_pulse_verify(pulse, certificate);
	if (result == KL_NO_MEMORY)
		return ERR_INTERNAL;
	if (result)
		return request_fail(request, ERR_BEACON, "不是所声明证书的脉冲",
		    "not a pulse of the declared certificate", NULL);
	return ERR_OK;
}

static enum error fill_pulse(struct request *request,
    const struct kl_certificate *certificate, const json_t *pulse,
    const char *text, struct draw_value *value)
{
	struct kl_beacon *beacon = &value->beacon;
	struct kl_seed *seed = &value->seed;

	beacon->kind = seed->kind = KL_BEACON_NIST;
	beacon->certificate = certificate->id;
	beacon->pulse = kl_hash_of(text, strlen(text));
	seed->pulse_index =
	    json_integer_value(json_object_get(pulse, "pulseIndex"));
	if (!kl_pulse_hash(
		json_object_get(pulse, "outputValue"), seed->output.bytes))
		return ERR_INTERNAL;
	value->value =
	    hex_of(request, seed->output.bytes, sizeof(seed->output.bytes));
	value->pulse = text;
	return ERR_OK;
}

enum error draw_pulse_check(struct request *request, const struct draw *draw,
    const struct draw_brought *brought, struct draw_value *value)
{
	const struct kl_certificate *certificate = certificate_of(draw);
	json_auto_t *pulse = NULL;
	enum error error;

	if (!brought->pulse)
		return missing(request, "/pulse");
	if (!certificate)
		return request_fail(request, ERR_BEACON,
		    "本服务不认识所声明的证书",
		    "the certificate is not known here", NULL);
	pulse = json_loads(brought->pulse, 0, NULL);
	error = check_pulse(request, draw, certificate, pulse);
	if (error)
		return error;
	return fill_pulse(request, certificate, pulse, brought->pulse, value);
}
