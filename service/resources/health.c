#include "health.h"

#include "clock.h"
#include "kind.h"
#include "page.h"
#include "password.h"
#include "publisher.h"
#include "route.h"
#include "schema_version.h"
#include "stream.h"
#include "worker.h"
#include "writer.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define METRICS_TYPE "text/plain; version=0.0.4; charset=utf-8"

static const struct http *_Atomic watched;

void health_watch(const struct http *http)
{
	atomic_store(&watched, http);
}

/* The process answers. */
static enum error show_alive(struct request *request)
{
	return request_reply(request, 200, json_pack("{s:s}", "status", "ok"));
}

static const struct db_statement select_head = {
	"SELECT size, " CLOCK_OF_DATABASE " FROM log_head WHERE id = 0",
};

/*
 * It does its work: the database answers, acts are taken, checkpoints come.
 * `?writer` is for a proxy that looks for the one who takes acts.
 */
static enum error show_ready(struct request *request)
{
	bool wants_writer = request_query(request, "writer") != NULL;
	int64_t before_us = clock_machine_us(), skew_us;
	uint64_t size, database_us;
	enum error error = db_row(request->db, &select_head, DB_NO_IN,
	    DB_OUT(db_to_u64(&size), db_to_u64(&database_us)));

	if (error)
		return error;
	if (!publisher_works())
		return request_fail(request, ERR_BUSY, "检查点停止签发",
		    "no checkpoint is published", NULL);
	if (!writer_works())
		return request_fail(request, ERR_BUSY,
		    wants_writer ? "由另一台负责写入" : "不再受理写入",
		    wants_writer ? "another one takes acts"
				 : "no act is taken any more",
		    NULL);
	skew_us =
	    clock_skew_us(before_us, clock_machine_us(), (int64_t)database_us);
	if (!writer_bears(skew_us))
		return request_fail(request, ERR_CLOCK, "相差 {0} 微秒",
		    "they differ by {0} microseconds",
		    request_number(request, (uint64_t)skew_us), NULL);
	return request_reply(request, 200,
	    json_pack("{s:s, s:I, s:I, s:i, s:I}", "status", "ready",
		"log_size", (json_int_t)size, "published_size",
		(json_int_t)publisher_size(), "schema", SCHEMA_VERSION,
		"clock_skew_us", (json_int_t)skew_us));
}

static const char *own_metrics(struct request *request)
{
	return arena_format(&request->arena,
	    "# HELP klero_waiting Requests in a worker's queue.\n"
	    "# TYPE klero_waiting gauge\n"
	    "klero_waiting{job=\"finish\"} %u\n"
	    "klero_waiting{job=\"prepare\"} %u\n"
	    "klero_waiting{job=\"read\"} %u\n"
	    "klero_waiting{job=\"slow\"} %u\n"
	    "# HELP klero_log_size Entries committed.\n"
	    "# TYPE klero_log_size gauge\n"
	    "klero_log_size %" PRIu64 "\n"
	    "# HELP klero_published_size Entries a checkpoint covers.\n"
	    "# TYPE klero_published_size gauge\n"
	    "klero_published_size %" PRIu64 "\n"
	    "# HELP klero_streams Live pages that listen.\n"
	    "# TYPE klero_streams gauge\n"
	    "klero_streams %u\n"
	    "# HELP klero_password_hashes_total Times Argon2id was computed.\n"
	    "# TYPE klero_password_hashes_total counter\n"
	    "klero_password_hashes_total %" PRIu64 "\n",
	    worker_waiting(JOB_FINISH), worker_waiting(JOB_PREPARE),
	    worker_waiting(JOB_READ), worker_waiting(JOB_SLOW),
	    writer_log_size(), publisher_size(), streams_count(),
	    password_count());
}

static enum error show_metrics(struct request *request)
{
	const struct http *http = atomic_load(&watched);
	char *of_http = http ? http_metrics(http) : NULL;
	const char *text = arena_format(&request->arena, "%s%s%s%s",
	    of_http ? of_http : "", page_metrics(&request->arena),
	    writer_metrics(&request->arena), own_metrics(request));
	char *copy = strdup(text);

	free(of_http);
	if (!copy)
		abort();
	return request_reply_bytes(
	    request, 200, METRICS_TYPE, copy, strlen(copy));
}

static const struct member ready_query[] = {
	{ .name = "writer",
	    .type = MEMBER_TEXT,
	    .flags = MEMBER_OPTIONAL,
	    .help = "With any value: is it the one that takes acts" },
	{ 0 },
};

static const struct route routes[] = {
	{ "GET", "/healthz", show_alive, ROUTE_MEMORY,
	    .summary = "Is the process alive" },
	{ "GET", "/readyz", show_ready, ROUTE_READ, .query = ready_query,
	    .summary = "Is it ready; ?writer: to take acts" },
	{ "GET", "/metrics", show_metrics, ROUTE_MEMORY,
	    .summary = "Figures for Prometheus" },
	{ 0 },
};

static const struct db_statement *const reads[] = { &select_head, NULL };

const struct resource health_resource = { .routes = routes, .reads = reads };
