/* draw_round.c -- values that prove themselves: rounds of drand, pulses. */
#include "beacons.h"
#include "draw_private.h"

#include <stdlib.h>
#include <string.h>

static enum error missing(struct request *request, const char *pointer)
{
	return request_complain(request, pointer, "missing",
	    "缺少本次抽取所声明信标的数值",
	    "the value of the beacon that was declared is missing", NULL);
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
	beacon->kind = KL_BEACON_DRAND;
	beacon->chain = draw_hash_of(draw->beacon_source);
	beacon->round = (int64_t)draw->beacon_round;
	return check_genuine(request, draw, value);
}

/* --- nist ----------------------------------------------------------------- */

/* The certificate that was declared. NULL: it is not known here. */
static const struct kl_certificate *certificate_of(const struct draw *draw)
{
	struct kl_certificate_id id;
	const char *hex = draw->beacon_source;

	if (kl_unhex(hex, strlen(hex), id.bytes, sizeof(id.bytes)))
		abort(); /* we wrote it ourselves */
	return beacons_certificate_of(&id);
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
	value->beacon.kind = KL_BEACON_NIST;
	value->beacon.certificate = certificate->id;
	value->beacon.pulse =
	    kl_hash_of(brought->pulse, strlen(brought->pulse));
	value->pulse = brought->pulse;
	return ERR_OK;
}
