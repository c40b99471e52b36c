/* audit_run.h -- a world's log in memory, through an audit. */
#ifndef AUDIT_RUN_H
#define AUDIT_RUN_H

#include "audit_cases.h"
#include "kl_audit.h"

/* A log in memory as a source. */
static inline enum kl_result give_entry(
    void *context, uint64_t index, struct kl_buf *out)
{
	const struct world *world = context;

	if (index >= world->event_count)
		return KL_MISMATCH;
	kl_buf_add(out, world->leaves[index].data, world->leaves[index].size);
	return kl_buf_result(out);
}

static inline enum kl_result give_text(
    void *context, const struct kl_hash *hash, struct kl_buf *out)
{
	const struct made_file *file = text_by_hash(context, hash);

	if (!file)
		return KL_MISMATCH;
	kl_buf_add(out, file->bytes, file->size);
	return kl_buf_result(out);
}

static struct kl_audit audit;

static inline void begin_audit(
    const struct kl_pack_options *options, const struct kl_audit_source *source)
{
	static const uint8_t secret[KL_AUDIT_SECRET_SIZE] = { 7 };

	kl_audit_begin(&audit, options, source, secret);
}

static inline void take_all(const struct world *world)
{
	for (size_t i = 0; i < world->event_count; i++) {
		const struct kl_buf *entry = &world->leaves[i];
		struct kl_view view;

		assert_int_equal(
		    kl_view_read((const char *)entry->data, entry->size, &view),
		    KL_OK);
		assert_int_equal(
		    kl_audit_take(&audit, i, entry->data, entry->size, &view),
		    KL_OK);
	}
}

/* What was found stays in `audit`. */
static inline void run_audit_from(
    struct world *world, const struct kl_audit_source *source)
{
	struct kl_trust trust = { .log_count = 1 };
	const struct kl_pack_options options = { .trust = &trust,
		.rehearsal = true };
	const struct plan plan = { .origin = AUDIT_ORIGIN };

	trust.logs[0] = log_key_of(&plan);
	begin_audit(&options, source);
	take_all(world);
	assert_int_equal(kl_audit_end(&audit), KL_OK);
	kl_audit_clear(&audit);
}

static inline void run_audit(struct world *world)
{
	run_audit_from(
	    world, &(struct kl_audit_source){ give_entry, give_text, world });
}

static inline void print_findings(void)
{
	for (size_t i = 0; i < audit.finding_count; i++)
		print_message("%llu %s %s:%zu %s\n",
		    (unsigned long long)audit.findings[i].index,
		    audit.findings[i].code, audit.findings[i].file,
		    audit.findings[i].line,
		    audit.findings[i].why ? audit.findings[i].why : "");
}

static inline size_t count_found(const char *code)
{
	size_t count = 0;

	for (size_t i = 0; i < audit.finding_count; i++)
		count += strcmp(audit.findings[i].code, code) == 0;
	return count;
}

#endif
