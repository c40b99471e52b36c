#include "upkeep.h"

#include <pthread.h>

static struct {
	pthread_mutex_t lock;
	struct db_settings settings;
	struct db *db;
} upkeep = { .lock = PTHREAD_MUTEX_INITIALIZER };

bool upkeep_open(const struct config *config)
{
	upkeep.settings =
	    (struct db_settings){ config->db_socket, config->db_name,
		    config->db_upkeep, (unsigned)config->db_timeout_s };
	upkeep.db = db_open(&upkeep.settings);
	return upkeep.db != NULL;
}

void upkeep_close(void)
{
	db_close(upkeep.db);
	upkeep.db = NULL;
}

static enum error exec_once(const struct db_statement *statement,
    const struct db_in *in, size_t in_count, uint64_t *affected)
{
	enum error error;

	if (upkeep.db && db_broken(upkeep.db)) {
		db_close(upkeep.db);
		upkeep.db = NULL;
	}
	if (!upkeep.db)
		upkeep.db = db_open(&upkeep.settings);
	if (!upkeep.db)
		return ERR_BUSY;
	error = db_begin(upkeep.db, DB_WRITE);
	if (error)
		return error;
	error = db_exec(upkeep.db, statement, in, in_count, affected);
	if (error) {
		db_roll_back(upkeep.db);
		return error;
	}
	error = db_commit(upkeep.db);
	return error == ERR_UNKNOWN_OUTCOME ? ERR_BUSY : error;
}

enum error upkeep_exec(const struct db_statement *statement,
    const struct db_in *in, size_t in_count, uint64_t *affected)
{
	enum error error;

	pthread_mutex_lock(&upkeep.lock);
	error = exec_once(statement, in, in_count, affected);
	pthread_mutex_unlock(&upkeep.lock);
	return error;
}
