/* A witness that ends answers whoever is there, also who comes too late. */
#include "unit.h"

#include "fetch.h"
#include "http.h"
#include "witness.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { TIMEOUT_S = 20, OK = 200, CONFLICT = 409, BUSY = 503 };

static struct {
	char folder[64], path[96], url[64];
	struct config config;
	struct kl_signer log;
	struct kl_note_key log_key;
	struct witness witness;
	struct witness_state state;
	struct http *http;
} world;

static struct kl_signer signer_of(uint8_t seed)
{
	uint8_t bytes[KL_SEED_SIZE];
	struct kl_signer signer;

	memset(bytes, seed, sizeof(bytes));
	kl_signer_make(&signer, bytes);
	return signer;
}

static int open_test(void **state)
{
	struct witness *witness = &world.witness;

	(void)state;
	config_init(&world.config);
	world.config.http_port = 0;
	world.config.admin_socket[0] = '\0';
	world.log = signer_of(1);
	world.log_key =
	    kl_note_key_of("log.example", 11, KL_KEY_NOTE, &world.log.key);
	witness->signer = signer_of(2);
	witness->key = kl_note_key_of(
	    "w.example", 9, KL_KEY_COSIGNATURE, &witness->signer.key);
	witness->logs = &world.log_key;
	witness->log_count = 1;
	snprintf(world.folder, sizeof(world.folder), "/tmp/test_serve.XXXXXX");
	if (!mkdtemp(world.folder))
		return -1;
	snprintf(world.path, sizeof(world.path), "%s/state", world.folder);
	if (witness_state_create(world.path, &witness->key) ||
	    witness_state_open(&world.state, world.path, &witness->key))
		return -1;
	world.http = http_start(&world.config, &witness_stages);
	if (!world.http)
		return -1;
	witness_serve_use(witness, &world.state, "");
	witness_serve_start();
	http_open(world.http);
	snprintf(world.url, sizeof(world.url),
	    "http://127.0.0.1:%u/add-checkpoint", http_port(world.http));
	return 0;
}

static int close_test(void **state)
{
	char command[128];

	(void)state;
	http_stop(world.http);
	witness_state_close(&world.state);
	snprintf(command, sizeof(command), "rm -rf %s", world.folder);
	return system(command);
}

/* Submit a tree of so many leaves; the status of the answer. */
static long submit(uint64_t old_size, uint64_t size)
{
	struct kl_buf note = KL_BUF(KL_NOTE_SIZE_MAX), reply = KL_BUF(4096);
	struct kl_buf body = KL_BUF(KL_WITNESS_REQUEST_MAX);
	struct fetch_request request = { .url = world.url,
		.timeout_s = TIMEOUT_S };
	struct fetch *fetch = fetch_open();
	struct fetch_reply answer;
	struct kl_hash root = { { 7 } };

	assert_int_equal(
	    kl_checkpoint_sign(&note, &world.log_key, &world.log, size, &root),
	    KL_OK);
	assert_int_equal(kl_witness_request_write(&body, old_size, NULL,
			     (const char *)note.data, note.size),
	    KL_OK);
	request.body = body.data;
	request.body_size = body.size;
	if (!fetch_ask(fetch, &request, &answer, &reply))
		print_message("%s\n", fetch_fault(fetch));
	fetch_close(fetch);
	kl_buf_clear(&note);
	kl_buf_clear(&body);
	kl_buf_clear(&reply);
	return answer.status;
}

static void who_comes_too_late_is_told(void **state)
{
	(void)state;
	assert_int_equal(submit(0, 3), OK);
	assert_int_equal(submit(1, 3), CONFLICT);
	witness_serve_stop();
	assert_int_equal(submit(3, 3), BUSY);
	witness_serve_start();
	assert_int_equal(submit(3, 3), OK);
	witness_serve_stop();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_comes_too_late_is_told),
	};

	return cmocka_run_group_tests_name(
	    "witness_serve", tests, open_test, close_test);
}
