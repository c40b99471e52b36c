#include "session.h"

#include "clock.h"
#include "kl_scope.h"
#include "kl_time.h"
#include "network.h"
#include "upkeep.h"

#include <sodium.h>
#include <string.h>

enum { TOKEN_BYTES = 32, ID_BYTES = 16, TOUCHES = 30, LISTED_MAX = 200 };

static const struct config *settings;

#define LIVES                                                                  \
	" s.ended_at IS NULL AND a.state = 'active' AND c.state = 'active'"    \
	" AND c.seq = s.credential_seq"

static const struct db_statement select_session = {
	"SELECT s.id, a.id, a.seq, a.organisation, a.role, a.scopes, c.seq,"
	" s.made_at, s.seen_at, s.stepped_at FROM session s"
	" JOIN account a ON a.id = s.account"
	" JOIN credential c ON c.id = s.account"
	" WHERE s.token_hash = ? AND" LIVES,
};

static const struct db_statement select_own = {
	"SELECT s.id, s.made_at, s.seen_at, s.network FROM session s"
	" JOIN account a ON a.id = s.account"
	" JOIN credential c ON c.id = s.account"
	" WHERE s.account = ? AND s.made_at > ? AND s.seen_at > ? AND" LIVES
	" ORDER BY s.made_at DESC, s.id LIMIT 200",
};

static const struct db_statement insert_session = {
	"INSERT INTO session (id, token_hash, account, credential_seq, network,"
	" made_at, seen_at, stepped_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
};

static const struct db_statement touch_session = {
	"UPDATE session SET seen_at = ? WHERE id = ? AND seen_at < ?",
};

static const struct db_statement step_session = {
	"UPDATE session SET stepped_at = ? WHERE id = ? AND ended_at IS NULL",
};

static const struct db_statement end_session = {
	"UPDATE session SET ended_at = ? WHERE id = ? AND account = ?"
	" AND ended_at IS NULL AND made_at > ? AND seen_at > ?",
};

const struct db_statement *const session_reads[] = { &select_session,
	&select_own, NULL };
const struct db_statement *const session_upkeeps[] = { &insert_session,
	&touch_session, &step_session, &end_session, NULL };

void session_open(const struct config *config)
{
	settings = config;
}

bool session_is_staff(enum role role)
{
	return (role & (ROLE_OWNER | ROLE_INSTITUTION)) == 0;
}

static int64_t idle_of(enum role role)
{
	return (int64_t)(session_is_staff(role) ? settings->session_idle_staff_s
						: settings->session_idle_s);
}

/* It was asked with: told to the row now and then, not each time. */
static enum error touch(
    const char *id, int64_t seen_at, int64_t now, int64_t idle_s)
{
	enum error error;

	if ((now - seen_at) * TOUCHES < idle_s)
		return ERR_OK;
	error = upkeep_exec(&touch_session,
	    DB_IN(db_time(now), db_text(id), db_time(now)), NULL);
	/* Two at a time: the other one has told it. */
	return error == ERR_BUSY ? ERR_OK : error;
}

enum error session_find(struct request *request, const struct kl_hash *hash)
{
	struct caller *caller = &request->caller;
	const char *role, *scopes;
	int64_t made_at, seen_at, now = clock_machine();
	enum error error = db_row(request->db, &select_session,
	    DB_IN(db_bytes(hash->bytes, KL_HASH_SIZE)),
	    DB_OUT(db_to_text(&caller->session), db_to_text(&caller->account),
		db_to_u64(&caller->seq), db_to_text(&caller->organisation),
		db_to_text(&role), db_to_text(&scopes),
		db_to_u64(&caller->credential_seq), db_to_time(&made_at),
		db_to_time(&seen_at), db_to_time(&caller->stepped_at)));

	if (error)
		return error;
	caller->role = role_named(role);
	if (scopes && kl_scopes_read(scopes, &caller->scopes))
		return ERR_DATABASE;
	if (now >= made_at + (int64_t)settings->session_s ||
	    now >= seen_at + idle_of(caller->role))
		return ERR_NOT_FOUND;
	return touch(caller->session, seen_at, now, idle_of(caller->role));
}

static void make_hex(size_t size, char *hex)
{
	uint8_t bytes[TOKEN_BYTES];

	randombytes_buf(bytes, size);
	kl_hex(bytes, size, hex);
}

enum error session_begin(struct request *request, const struct caller *caller,
    struct session *session)
{
	struct kl_hash hash;

	make_hex(ID_BYTES, session->id);
	make_hex(TOKEN_BYTES, session->token);
	hash = kl_hash_of(session->token, strlen(session->token));
	session->made_at = clock_machine();
	session->ends_at = session->made_at + (int64_t)settings->session_s;
	session->idle_s = (uint64_t)idle_of(caller->role);
	return upkeep_exec(&insert_session,
	    DB_IN(db_text(session->id), db_bytes(hash.bytes, KL_HASH_SIZE),
		db_text(caller->account), db_u64(caller->credential_seq),
		db_text(network_of(request)), db_time(session->made_at),
		db_time(session->made_at), db_time(caller->stepped_at)),
	    NULL);
}

bool session_is_fresh(const struct caller *caller)
{
	return caller->stepped_at != DB_TIME_NONE &&
	       clock_machine() <
		   caller->stepped_at + (int64_t)settings->step_up_s;
}

enum error session_step_up(struct request *request)
{
	return upkeep_exec(&step_session,
	    DB_IN(db_time(clock_machine()), db_text(request->caller.session)),
	    NULL);
}

enum error session_end(struct request *request, const char *id)
{
	const struct caller *caller = &request->caller;
	int64_t now = clock_machine();
	uint64_t ended;
	enum error error = upkeep_exec(&end_session,
	    DB_IN(db_time(now), db_text(id), db_text(caller->account),
		db_time(now - (int64_t)settings->session_s),
		db_time(now - idle_of(caller->role))),
	    &ended);

	return error ? error : ended == 1 ? ERR_OK : ERR_NOT_FOUND;
}

enum error session_list(struct request *request, json_t **list)
{
	const struct caller *caller = &request->caller;
	int64_t now = clock_machine(), made_at, seen_at;
	const char *id, *network;
	char made[KL_TIME_TEXT], seen[KL_TIME_TEXT], ends[KL_TIME_TEXT];

	*list = json_array();
	db_query(request->db, &select_own,
	    DB_IN(db_text(caller->account),
		db_time(now - (int64_t)settings->session_s),
		db_time(now - idle_of(caller->role))),
	    DB_OUT(db_to_text(&id), db_to_time(&made_at), db_to_time(&seen_at),
		db_to_text(&network)));
	while (db_next(request->db)) {
		kl_time_write(made_at, made);
		kl_time_write(seen_at, seen);
		kl_time_write(made_at + (int64_t)settings->session_s, ends);
		json_array_append_new(*list,
		    json_pack("{s:s, s:s, s:s, s:s, s:I, s:s, s:b}", "id", id,
			"made_at", made, "seen_at", seen, "ends_at", ends,
			"idle_s", (json_int_t)idle_of(caller->role), "network",
			network, "current",
			caller->session && strcmp(caller->session, id) == 0));
	}
	return db_finish(request->db);
}
