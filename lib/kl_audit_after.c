/* What comes after a result: replacements, and its annulment. */
#include "kl_audit_private.h"

#include <stdio.h>

static void refuse(struct kl_audit_new *new, enum kl_audit_code code)
{
	new->refused = true;
	kl_audit_find_entry(new->audit, code, new->draw, new->index);
}

/* One whose form is broken is not among those that are judged together: the
 * others would not be judged with it. */
static void check_form(
    struct kl_audit_new *new, const struct kl_audit_text *text, size_t number)
{
	bool replaces = new->event == KL_EVENT_REPLACED;
	struct kl_replace replace;
	struct kl_annul annul;
	struct kl_fault fault;
	char stem[KL_PACK_STEM_MAX], file[KL_AUDIT_FILE_MAX];

	if (replaces
		? !kl_replace_read(&replace, text->text, text->size, &fault)
		: !kl_annul_read(&annul, text->text, text->size, &fault))
		return;
	new->refused = true;
	kl_pack_stem(NULL, new->event, number, stem);
	snprintf(file, sizeof(file), "%s.txt", stem);
	kl_audit_find_pack(new->audit,
	    replaces ? KL_FINDING_FORM_REPLACE : KL_FINDING_FORM_ANNUL,
	    &(struct kl_audit_place){
		new->draw, new->index, file, fault.line, fault.why, 0 });
}

/* Of a draw with a result. */
static enum kl_result keep(struct kl_audit_new *new, size_t number)
{
	struct kl_audit_text text;
	enum kl_result result;

	if (!kl_audit_has_text(new->leaf->data)) {
		refuse(new, KL_AUDIT_DRAW_DATA);
		return KL_OK;
	}
	result = kl_audit_text_read(
	    new->audit, new->draw, new->index, new->leaf->data, &text);
	new->refused = result == KL_MISMATCH; /* which is a finding now */
	if (!result)
		check_form(new, &text, number);
	kl_buf_clear(&text.apart);
	if (new->refused)
		return KL_OK;
	return result ? result : kl_audit_keep(new, number);
}

/* It is judged with the others, once there can be no more of them. */
enum kl_result kl_audit_replaced(struct kl_audit_new *new)
{
	struct kl_audit_draw *draw = new->draw;
	enum kl_result result;

	if (!draw->drawn || draw->replaced == KL_AUDIT_REPLACED_MAX) {
		refuse(new, KL_AUDIT_DRAW_EVENT);
		return KL_OK;
	}
	result = keep(new, draw->replaced);
	if (!result && !new->refused)
		draw->replaced++;
	return result;
}

enum kl_result kl_audit_annulled(struct kl_audit_new *new)
{
	enum kl_result result;

	if (!new->draw->drawn) {
		refuse(new, KL_AUDIT_DRAW_EVENT);
		return KL_OK;
	}
	result = keep(new, 0);
	return result || new->refused
		   ? result
		   : kl_audit_judge_after(new->audit, new->draw);
}
