/* config.h -- every setting: name, default and meaning in one table. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/*
 * X(type, name, default, minimum, maximum, help)
 * For text, minimum and maximum bound the length in bytes. A secret is never
 * a setting: its file is.
 */
#define SETTINGS(X)                                                            \
	X(TEXT, http_address, "127.0.0.1", 7, 15, "IPv4 address to listen on") \
	X(NUMBER, http_port, "8080", 0, 65535, "0 is any free one")            \
	X(TEXT, http_hosts, "localhost,127.0.0.1", 1, 255,                     \
	    "names a Host may have, by commas")                                \
	X(NUMBER, http_threads, "1", 1, 16, "epoll threads; they never wait")  \
	X(NUMBER, http_connections, "1024", 16, 65536, "open at a time")       \
	X(NUMBER, http_connections_per_address, "0", 0, 65536,                 \
	    "open at a time from one address; 0: no matter (behind a proxy)")  \
	X(NUMBER, http_header_s, "10", 1, 60, "all of a header, absolutely")   \
	X(NUMBER, http_body_s, "20", 1, 120, "all of a body, absolutely")      \
	X(NUMBER, http_request_s, "60", 5, 600, "a request and its answer")    \
	X(NUMBER, http_upload_s, "300", 10, 3600,                              \
	    "all of a file that is uploaded, absolutely")                      \
	X(NUMBER, upload_mb, "50", 1, 50, "the largest file, in MiB")          \
	X(NUMBER, upload_mb_each, "1000", 1, 1000000,                          \
	    "what one organisation may have stored, in MiB")                   \
	X(NUMBER, download_mb, "256", 50, 65536,                               \
	    "of files that are being sent at a time, in MiB")                  \
	X(NUMBER, sweep_s, "600", 1, 86400,                                    \
	    "between two looks for what is kept no more")                      \
	X(NUMBER, orphan_hours, "24", 2, 720,                                  \
	    "parts of a file that was never stored are kept")                  \
	X(NUMBER, session_days, "30", 1, 3660,                                 \
	    "sessions that have ended are kept")                               \
	X(NUMBER, streams, "256", 0, 4096, "live pages open at a time")        \
	X(NUMBER, streams_per_address, "0", 0, 4096,                           \
	    "of them from one address; 0: no matter (behind a proxy)")         \
	X(NUMBER, stream_s, "900", 5, 3600,                                    \
	    "a live page's stream, absolutely; it asks anew then")             \
	X(NUMBER, stream_beat_s, "15", 1, 60, "between signs of life on it")   \
	X(TEXT, web_root, "none", 1, 255,                                      \
	    "folder of the pages, read at start; none: the API alone")         \
	X(TEXT, admin_socket, "admin.sock", 1, 107,                            \
	    "unix socket of klero admin; who opens it is admin")               \
	X(NUMBER, act_workers, "2", 1, 64,                                     \
	    "threads that prepare and answer acts; a connection each")         \
	X(NUMBER, read_workers, "3", 1, 64,                                    \
	    "threads that read, below all others; a connection each")          \
	X(NUMBER, work_queue, "1024", 1, 65536, "requests that may wait")      \
	X(NUMBER, page_cache_mb, "64", 1, 4096, "ready-made responses")        \
	X(TEXT, db_socket, "/run/mysqld/mysqld.sock", 1, 107, "unix socket")   \
	X(TEXT, db_name, "klero", 1, 64, "schema; must be migrated")           \
	X(TEXT, db_writer, "klero_writer", 1, 80, "account of the acts")       \
	X(TEXT, db_reader, "klero_reader", 1, 80, "account that only reads")   \
	X(TEXT, db_upkeep, "klero_upkeep", 1, 80, "account of upkeep")         \
	X(TEXT, db_fsck, "klero_fsck", 1, 80, "account of klero fsck")         \
	X(NUMBER, db_timeout_s, "10", 1, 60, "connect, read and write")        \
	X(NUMBER, batch_acts, "256", 1, 256, "acts to one commit at most")     \
	X(NUMBER, batch_bulk_acts, "64", 1, 256, "of them bulk")               \
	X(NUMBER, batch_staging, "1", 0, 1, "gather inserts; 0 to compare")    \
	X(NUMBER, opening_piece, "500", 1, 5000,                               \
	    "sign-ups opened or judged in one act")                            \
	X(NUMBER, search_ms, "1000", 10, 600000,                               \
	    "between two looks whether listings have changed")                 \
	X(NUMBER, calendar_alarm_days, "60", 1, 365,                           \
	    "before the last day of the calendar that is published")           \
	X(NUMBER, act_queue, "4096", 1, 65536, "acts that may wait")           \
	X(NUMBER, deadline_wait_s, "5", 0, 60,                                 \
	    "a closing waits for acts that came in time")                      \
	X(NUMBER, clock_skew_ms, "2000", 0, 600000,                            \
	    "no acts while our clock and the database's differ more; 0: any")  \
	X(TEXT, log_origin, "kleroterion.example/log", 3, 255,                 \
	    "name of the log: its public URL without https://")                \
	X(TEXT, log_key_file, "log.key", 1, 255, "mode 0400; klero keygen")    \
	X(TEXT, receipt_key_file, "receipt.key", 1, 255, "mode 0400")          \
	X(TEXT, high_water_file, "high-water", 1, 255,                         \
	    "last checkpoint signed, not on the database's volume")            \
	X(NUMBER, publish_ms, "200", 10, 60000, "between checkpoints")         \
	X(NUMBER, merge_delay_s, "10", 1, 3600,                                \
	    "a receipt promises a checkpoint by then")                         \
	X(TEXT, witness_file, "none", 1, 255,                                  \
	    "tlog-policy of the witnesses, with addresses; none: no witness")  \
	X(NUMBER, witness_hear_s, "60", 1, 60,                                 \
	    "a start, until as many witnesses as the quorum wants answer")     \
	X(NUMBER, witness_timeout_s, "5", 1, 60, "a witness and its answer")   \
	X(NUMBER, witness_ms, "1000", 10, 60000,                               \
	    "between checkpoints submitted to one witness")                    \
	X(TEXT, drand_chain_file, "none", 1, 255,                              \
	    "chain info of a test chain; none: quicknet")                      \
	X(TEXT, drand_relays, "none", 1, 255,                                  \
	    "addresses of a chain's relays, by commas; none: rounds by hand")  \
	X(TEXT, nist_certificate_file, "none", 1, 255,                         \
	    "certificate of a test beacon, in PEM; none: NIST's of 2018")      \
	X(TEXT, nist_relays, "none", 1, 255,                                   \
	    "addresses of the pulses, by commas; none: pulses by hand")        \
	X(NUMBER, beacon_timeout_s, "10", 1, 60, "a relay and its answer")     \
	X(NUMBER, beacon_ms, "3000", 10, 60000,                                \
	    "before a relay that had no value is asked again")                 \
	X(TEXT, http_proxy, "none", 1, 15,                                     \
	    "IPv4 address whose X-Forwarded-For is believed; none: nobody's")  \
	X(NUMBER, slow_workers, "2", 1, 8,                                     \
	    "threads that hash passwords; memory and a connection each")       \
	X(NUMBER, slow_queue, "20", 1, 1000, "log-ins that may wait")          \
	X(NUMBER, password_passes, "2", 2, 10, "of Argon2id")                  \
	X(NUMBER, password_mb, "64", 19, 1024, "memory of Argon2id")           \
	X(NUMBER, session_idle_staff_s, "900", 1, 86400,                       \
	    "a session of staff that does nothing ends")                       \
	X(NUMBER, session_idle_s, "1800", 1, 86400,                            \
	    "one of an owner or an institution")                               \
	X(NUMBER, session_s, "28800", 1, 604800, "any session, absolutely")    \
	X(NUMBER, step_up_s, "300", 1, 86400,                                  \
	    "what is weighty asks for a code not older than that")             \
	X(NUMBER, setup_hours, "72", 1, 720, "a set-up code is good for")      \
	X(NUMBER, delegation_days, "366", 1, 3660,                             \
	    "the longest that somebody may be let act for another")            \
	X(NUMBER, login_tries, "10", 1, 100000,                                \
	    "an hour at one login; apart where it has logged in from")         \
	X(NUMBER, login_tries_network, "60", 1, 100000,                        \
	    "an hour from one network, a /24 or /48")                          \
	X(NUMBER, registrations_network, "20", 1, 100000,                      \
	    "registrations an hour from one network, without log-in")

#define SETTING_NUMBER(name, maximum) uint64_t name;
#define SETTING_TEXT(name, maximum)   char name[(maximum) + 1];
#define SETTING_FIELD(type, name, fallback, minimum, maximum, help)            \
	SETTING_##type(name, maximum)
struct config {
	SETTINGS(SETTING_FIELD)
};
#undef SETTING_FIELD
#undef SETTING_TEXT
#undef SETTING_NUMBER

/* Set every default. */
void config_init(struct config *config);

/*
 * Read `name = value` lines; # starts a comment. An unknown name, a
 * repeated name and a value out of bounds are all errors, explained on
 * `complaints`. Returns false after the first one.
 */
bool config_read(struct config *config, FILE *input, FILE *complaints);

/* Print a commented file with every setting at its current value. */
void config_print(const struct config *config, FILE *output);

#endif
