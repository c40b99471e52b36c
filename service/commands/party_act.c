/* party_act.c -- the two things a party does: it commits, and it reveals. */
#include "party.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 256, EXISTS = 409 };

static const char declared_name[] = "checked/log/declared";

/* --- may we? -------------------------------------------------------------- */

bool party_read_declare(struct party *party)
{
	const struct kl_buf *text =
	    party_set_find(&party->texts, "declare.txt");
	struct kl_party_told *told = &party->told;

	if (!text || kl_declare_read(&told->declare, (const char *)text->data,
			 text->size, NULL))
		return false;
	told->declare_hash = kl_hash_of(text->data, text->size);
	told->party = SIZE_MAX;
	for (size_t i = 0; i < told->declare.party_count; i++)
		if (kl_public_key_equal(
			&told->declare.parties[i].key, &party->signer.key))
			told->party = i;
	return told->party != SIZE_MAX;
}

static struct kl_party_asked ask(
    const struct party *party, enum kl_party_step step)
{
	return (struct kl_party_asked){
		.step = step,
		.draw = kl_span_of(party->options->draw),
		.key = &party->signer.key,
		.roster = party->options->roster,
		.has_own = party->secret.size > 0,
		.commit = party->commit,
		.signature = party->signature,
		.now = party->now,
		.pack = &party->pack,
	};
}

/* What it is told points into files that go; what we keep does not. */
static enum kl_party_code take_answer(
    struct party *party, const struct kl_party_told *told)
{
	snprintf(party->about, sizeof(party->about), "%.*s",
	    (int)told->about.size, told->about.at ? told->about.at : "");
	party->told.committed = told->committed;
	party->told.revealed = told->revealed;
	return told->code;
}

enum kl_party_code party_check(
    struct party *party, enum kl_party_step step, struct party_set *set)
{
	struct kl_party_asked asked;
	struct kl_party_told told;
	bool known = party_read_declare(party);
	enum kl_party_code code =
	    known ? party_secret_read(party) : KL_PARTY_GOOD;

	if (!code)
		code = party_gather(party, step, set);
	if (code)
		return code;
	asked = ask(party, step);
	kl_pack_report_clear(&party->report);
	if (kl_party_check(party_set_files(set), set->count, &asked,
		&party->report, &told))
		abort();
	return take_answer(party, &told);
}

/* --- doing it ------------------------------------------------------------- */

/* The service's own words for why not; another commitment in our name it
 * tells at once. */
static enum kl_party_code not_taken(struct party *party)
{
	json_auto_t *json = party->status ? party_answer_json(party) : NULL;
	const char *code = json_string_value(json_object_get(json, "code"));
	bool other = party->status == EXISTS && code &&
		     strcmp(code, "exists") == 0 && !party->revealed.pending;

	party_problem(party);
	if (!party->status)
		return KL_PARTY_UNREACHABLE;
	return other ? KL_PARTY_COMMIT_OTHER : KL_PARTY_NOT_TAKEN;
}

/* Send it, as often as need be: it is the same each time. */
static enum kl_party_code deliver(struct party *party, struct party_deed *deed,
    const char *route, const char *receipt, json_t *body)
{
	enum kl_party_code code = party_log_receipt_key(party);
	char path[PATH_SIZE];
	char *text;

	if (code)
		return code;
	text = json_dumps(body, JSON_COMPACT);
	if (!text)
		abort();
	snprintf(
	    path, sizeof(path), "/v1/draws/%s/%s", party->options->draw, route);
	code = party_post(party, path, text)
		   ? party_receipt_take(party, deed, receipt)
		   : not_taken(party);
	free(text);
	return code;
}

static json_t *own_id(const struct party *party)
{
	struct kl_span id = party->told.declare.parties[party->told.party].id;

	return json_stringn(id.at, id.size);
}

/* In the log already, perhaps brought by somebody else: all that is left to
 * want is the receipt. */
static enum kl_party_code settle(
    struct party_deed *deed, bool logged, enum kl_party_code code)
{
	deed->done = logged || code == KL_PARTY_GOOD;
	return logged ? KL_PARTY_GOOD : code;
}

/* --- the commitment ------------------------------------------------------- */

static void say_declared(const struct party *party)
{
	const struct kl_declare *declare = &party->told.declare;
	char hex[KL_HASH_HEX], commit_by[KL_TIME_TEXT], reveal_by[KL_TIME_TEXT];
	struct kl_span id = declare->parties[party->told.party].id;

	kl_hash_hex(&party->told.declare_hash, hex);
	kl_time_write(declare->commit_by, commit_by);
	kl_time_write(declare->reveal_by, reveal_by);
	party_say(party,
	    "✓ 声明、名单、政策、公钥、时间、日志均已核对无误\n"
	    "  声明摘要 D  %s\n  本方 %.*s,选取 %zu 名，候补 %zu 名，"
	    "见证法定数 %zu\n  承诺截止 %s,揭示截止 %s",
	    "✓ declaration, roster, policy, keys, times and log are good\n"
	    "  digest D  %s\n  we are %.*s; select %zu, alternates %zu, "
	    "quorum %zu\n  commit-by %s, reveal-by %s",
	    hex, (int)id.size, id.at, declare->select, declare->alternates,
	    declare->quorum, commit_by, reveal_by);
	for (size_t i = 0; i < declare->party_count; i++)
		if (!kl_trust_has_party(&party->trust, declare->parties[i].id,
			&declare->parties[i].key))
			party_say(party,
			    "  ! 信任文件里没有 %.*s 的公钥，无法确认其身份",
			    "  ! the trust file has no key of %.*s: nobody "
			    "vouches for it",
			    (int)declare->parties[i].id.size,
			    declare->parties[i].id.at);
}

/* The checkpoint that shows the declaration stays the one we saw it in. */
static enum kl_party_code keep_declared(
    struct party *party, struct party_set *set)
{
	const struct kl_buf *note = party_set_find(set, "log/declared");
	enum kl_party_code code;

	if (party->declared.size == 0 || party->options->goal == GOAL_CHECK)
		say_declared(party);
	if (party->declared.size > 0)
		return KL_PARTY_GOOD;
	code = party_folder_keep(party, set);
	if (code)
		return code;
	party->declared = (struct kl_buf)KL_BUF(KL_NOTE_SIZE_MAX);
	kl_buf_add(&party->declared, note->data, note->size);
	return kl_buf_result(&party->declared)
		   ? party_about(party, KL_PARTY_FOLDER_BAD, declared_name)
		   : KL_PARTY_GOOD;
}

static enum kl_party_code send_commitment(struct party *party)
{
	char commit[KL_HASH_HEX], signature[KL_SIGNATURE_HEX];
	json_auto_t *body = NULL;
	enum kl_party_code code;

	kl_hash_hex(&party->commit, commit);
	kl_signature_hex(&party->signature, signature);
	body = json_pack("{s:o, s:s, s:s}", "party", own_id(party), "commit",
	    commit, "signature", signature);
	code = party_hand_write(party, "commitment", PARTY_COMMITMENT, body);
	if (code)
		return code;
	party->committed.pending = true;
	code = deliver(party, &party->committed, "commitments",
	    PARTY_COMMITMENT_RECEIPT, body);
	code = settle(&party->committed, party->told.committed, code);
	if (!code)
		party_say(party, "✓ 已承诺  %s\n  回执 %s/%s",
		    "✓ committed  %s\n  receipt %s/%s", commit,
		    party->options->folder, PARTY_COMMITMENT_RECEIPT);
	return code;
}

enum kl_party_code party_commit(struct party *party)
{
	struct party_set set = { .count = 0 };
	enum kl_party_code code = party_check(party, KL_PARTY_COMMITS, &set);

	party->deadline = party->told.declare.commit_by;
	if (!code)
		code = keep_declared(party, &set);
	party_set_clear(&set);
	if (code || party->options->goal == GOAL_CHECK)
		return code;
	if (party->secret.size == 0)
		code = party_secret_make(party);
	if (code)
		return code;
	if (party->told.committed && party->committed.has_receipt)
		return settle(&party->committed, true, code);
	return send_commitment(party);
}

/* --- the reveal ----------------------------------------------------------- */

static enum kl_party_code send_reveal(struct party *party)
{
	json_auto_t *body = json_pack("{s:o, s:s%}", "party", own_id(party),
	    "text", (const char *)party->secret.data, party->secret.size);
	enum kl_party_code code =
	    party_hand_write(party, "reveal", PARTY_REVEAL, body);

	if (code)
		return code;
	party->revealed.pending = true;
	code = deliver(
	    party, &party->revealed, "reveals", PARTY_REVEAL_RECEIPT, body);
	code = settle(&party->revealed, party->told.revealed, code);
	if (!code)
		party_say(party,
		    "✓ 锁定文本已核对，本方秘密已公开\n  回执 %s/%s",
		    "✓ the lock is good; our secret is revealed\n  receipt "
		    "%s/%s",
		    party->options->folder, PARTY_REVEAL_RECEIPT);
	return code;
}

enum kl_party_code party_reveal(struct party *party)
{
	struct party_set set = { .count = 0 };
	enum kl_party_code code = party_check(party, KL_PARTY_REVEALS, &set);

	if (!code)
		code = party_folder_keep(party, &set);
	party_set_clear(&set);
	if (code)
		return code;
	if (party->told.revealed && party->revealed.has_receipt)
		return settle(&party->revealed, true, code);
	return send_reveal(party);
}
