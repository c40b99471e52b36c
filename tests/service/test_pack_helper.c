/* What goes into packs is what the verifier knows. */
#include "kl_pack.h"
#include "pack_helper.h"
#include "unit.h"

static void knows_what_goes_into_packs(void **state)
{
	(void)state;
	for (size_t i = 0; i < PACK_HELPERS; i++) {
		const struct kl_file *file = &pack_helpers[i];

		assert_true(file->size > 1000);
		if (!kl_pack_knows_helper(file->name, file->bytes, file->size))
			fail_msg(
			    "%s is not in lib/kl_pack_helper.c", file->name);
		assert_false(kl_pack_knows_helper(
		    file->name, file->bytes, file->size - 1));
		assert_false(
		    kl_pack_knows_helper("close.txt", file->bytes, file->size));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(knows_what_goes_into_packs),
	};

	return cmocka_run_group_tests_name("pack_helper", tests, NULL, NULL);
}
