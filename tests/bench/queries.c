/*
 * queries.c -- what a page costs the database, and nothing around it.
 *
 *   queries SOCKET USER DATABASE CONNECTIONS SECONDS VALUES BEFORE PAGE AFTER
 *
 * On each of CONNECTIONS threads: the statement BEFORE, the prepared statement
 * PAGE with the next line of the file VALUES and 51, all its rows, and the
 * statement AFTER; "" for none. Prints how many pages that made, as JSON.
 */
#include "peer_db.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

static char **args, **values;
static size_t value_count;
static atomic_ulong pages;
static atomic_bool ending;

static void command(struct peer_db *db, const char *sql)
{
	if (*sql && mysql_query(db->connection, sql)) {
		fprintf(stderr, "%s\n", mysql_error(db->connection));
		exit(1);
	}
}

static void *work(void *context)
{
	size_t at = *(const size_t *)context;
	struct peer_db *db = peer_db_open(args[1], args[2], args[3], args[8]);

	for (; !atomic_load(&ending); at++) {
		command(db, args[7]);
		peer_db_ask(db, values[at % value_count]);
		while (peer_db_next(db))
			;
		command(db, args[9]);
		atomic_fetch_add(&pages, 1);
	}
	return NULL;
}

int main(int count, char **given)
{
	struct timespec from, to;
	size_t *begin;
	pthread_t *threads;
	size_t connections;

	if (count != 10 || mysql_library_init(0, NULL, NULL))
		return 2;
	args = given;
	connections = (size_t)atoi(args[4]);
	values = peer_lines(args[6]);
	while (values[value_count])
		value_count++;
	begin = calloc(connections, sizeof(*begin));
	threads = calloc(connections, sizeof(*threads));
	if (!begin || !threads)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &from);
	for (size_t i = 0; i < connections; i++) {
		begin[i] = i * value_count / connections;
		if (pthread_create(&threads[i], NULL, work, &begin[i]))
			return 1;
	}
	usleep((useconds_t)(atof(args[5]) * 1e6));
	atomic_store(&ending, true);
	for (size_t i = 0; i < connections; i++)
		pthread_join(threads[i], NULL);
	clock_gettime(CLOCK_MONOTONIC, &to);
	printf("{\"pages\": %lu, \"seconds\": %.6f}\n", atomic_load(&pages),
	    (double)(to.tv_sec - from.tv_sec) +
		(double)(to.tv_nsec - from.tv_nsec) / 1e9);
	return 0;
}
