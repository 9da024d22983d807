/*
 * fenbo.ini: one row per option (STYLE 7). The row makes the member of `struct conf`, the check, the default, the
 * reload rule, the manual page fenbo.ini(5) and `--help config`. Times are kept in milliseconds, sizes in bytes,
 * whatever people wrote.
 */
#ifndef FENBO_CONF_OPTIONS_H
#define FENBO_CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "conf/err_list.h"
#include "core/base/arena.h"

#define OPTIONS_DEFAULT_PATH "/etc/fenbo/fenbo.ini"

#define S_MS   INT64_C(1000)
#define MIN_MS (60 * S_MS)
#define H_MS   (60 * MIN_MS)
#define KIB    INT64_C(1024)
#define MIB    (1024 * KIB)

/* reload: true = SIGHUP takes the new value; false = it needs a restart, and a reload that changes it is refused.
 * For CHOICE the unit column lists the words. TEXT limits are bytes.
 *  member, section, key, type, default, min, max, unit, reload, help */
#define OPTION_TABLE(X) \
	X(database_url, "database", "url", TEXT, "host=/run/postgresql dbname=fenbo", 1, 900, "", false, \
	    "PostgreSQL as a libpq string or URI; several hosts allowed") \
	X(database_connect, "database", "connect_timeout", TIME, "5s", 100, MIN_MS, "ms", true, \
	    "deadline of one attempt to connect") \
	X(database_silence, "database", "silence", TIME, "2s", 200, MIN_MS, "ms", true, \
	    "a request without any answer for so long means the connection is lost") \
	X(database_statement, "database", "statement_timeout", TIME, "30s", 100, H_MS, "ms", true, \
	    "statement_timeout of the daemon and of fenboctl") \
	X(database_queue, "database", "queue", INT, "1024", 1, 1000000, "requests", true, \
	    "requests that may wait on one connection; one more is refused") \
	X(fenbod_url, "fenbod", "url", TEXT, "http://127.0.0.1:8311", 8, 900, "", true, \
	    "where the console and fenboctl find fenbod") \
	X(fenbod_key_file, "fenbod", "key_file", PATH, "", 0, 900, "", true, \
	    "file with the API key that fenboctl uses, mode 0600") \
	X(fenbod_ca_file, "fenbod", "ca_file", PATH, "", 0, 900, "", true, \
	    "certificates that vouch for fenbod; empty = those of the system") \
	X(fenbod_timeout, "fenbod", "timeout", TIME, "30s", 100, 10 * MIN_MS, "ms", true, \
	    "deadline of one request to fenbod") \
	X(listen_address, "listen", "address", TEXT, "127.0.0.1", 1, 255, "", false, \
	    "numeric address that fenbod listens on") \
	X(listen_port, "listen", "port", INT, "8311", 0, 65535, "", false, \
	    "port; 0 = any free one, written to the log") \
	X(listen_tls_cert, "listen", "tls_cert", PATH, "", 0, 900, "", true, \
	    "certificate chain in PEM; empty = plain HTTP") \
	X(listen_tls_key, "listen", "tls_key", PATH, "", 0, 900, "", true, \
	    "private key in PEM") \
	X(listen_connections, "listen", "connections", INT, "4096", 1, 1000000, "connections", true, \
	    "open HTTP connections; one more is refused with 503") \
	X(listen_idle, "listen", "idle_timeout", TIME, "60s", S_MS, H_MS, "ms", true, \
	    "a connection without a request for so long is closed") \
	X(listen_request, "listen", "request_timeout", TIME, "30s", 0, H_MS, "ms", true, \
	    "a request has so long to be whole, and more at request_rate; else 408; 0 = any time") \
	X(listen_rate, "listen", "request_rate", SIZE, "16KiB", KIB, 256 * MIB, "bytes", true, \
	    "a request may take a second more for each so many bytes it has brought") \
	X(log_level, "log", "level", CHOICE, "info", 0, 0, "debug|info|warn|error", true, \
	    "least level that is written") \
	X(log_file, "log", "file", PATH, "", 0, 900, "", true, \
	    "log file; empty = standard error (fenbo: no log)") \
	X(workers_database, "workers", "database", INT, "4", 1, 64, "connections", false, \
	    "connections of fenbod for intake and queries") \
	X(workers_threads, "workers", "threads", INT, "2", 1, 64, "threads", false, \
	    "threads for work longer than a loop turn") \
	X(workers_batch, "workers", "batch", INT, "1000", 1, 1000, "rows", true, \
	    "most appeals in one intake transaction") \
	X(feed_keepalive, "feed", "keepalive", TIME, "15s", S_MS, 5 * MIN_MS, "ms", true, \
	    "a comment goes to each reader after so much silence") \
	X(feed_poll, "feed", "poll", TIME, "20ms", 1, 5 * S_MS, "ms", true, \
	    "how often the event log is read when nothing came") \
	X(feed_buffer, "feed", "buffer", SIZE, "4MiB", 64 * KIB, 256 * MIB, "bytes", true, \
	    "a reader this far behind is cut, and resumes") \
	X(feed_readers, "feed", "readers", INT, "2000", 1, 100000, "readers", true, \
	    "event stream readers; one more is refused with 503") \
	X(intake_line, "intake", "line", SIZE, "1MiB", KIB, 16 * MIB, "bytes", true, \
	    "longest line of an NDJSON body") \
	X(intake_body, "intake", "body", SIZE, "16MiB", KIB, 256 * MIB, "bytes", true, \
	    "largest request body") \
	X(intake_text, "intake", "text", INT, "100000", 100, 1000000, "characters", true, \
	    "longest text of one appeal; a longer one is quarantined") \
	X(intake_backlog, "intake", "backlog", INT, "20000", 100, 1000000, "rows", true, \
	    "appeals waiting to be written; beyond it new ones are answered 503, with Retry-After") \
	X(leader_sweep, "leader", "sweep", TIME, "2s", 100, MIN_MS, "ms", true, \
	    "how often expired claims and late clocks are swept") \
	X(leader_maintain, "leader", "maintain", TIME, "10m", S_MS, 24 * H_MS, "ms", true, \
	    "how often partitions are made ahead and old rows removed") \
	X(leader_hotspots, "leader", "hotspots", TIME, "1m", S_MS, 24 * H_MS, "ms", true, \
	    "how often hot spots are looked for") \
	X(learning_lessons, "learning", "checkpoint_lessons", INT, "500", 1, 1000000, "lessons", true, \
	    "what was learnt is saved in the database after so many decisions") \
	X(learning_every, "learning", "checkpoint_every", TIME, "10m", S_MS, 24 * H_MS, "ms", true, \
	    "and, when anything was learnt, after so long") \
	X(outbox_receivers, "outbox", "receivers", PATH, "", 0, 900, "", true, \
	    "file of the URLs that may be called, each with its secret; empty = no webhooks") \
	X(outbox_ca_file, "outbox", "ca_file", PATH, "", 0, 899, "", true, \
	    "certificates that vouch for receivers; empty = those of the system") \
	X(outbox_parallel, "outbox", "parallel", INT, "32", 1, 500, "messages", true, \
	    "messages on their way at once") \
	X(outbox_each, "outbox", "each", INT, "8", 1, 500, "messages", true, \
	    "... and to one server, or by the gateway: one that hangs holds up no other") \
	X(outbox_deadline, "outbox", "deadline", TIME, "10s", 100, 5 * MIN_MS, "ms", true, \
	    "a receiver has so long to answer") \
	X(outbox_poll, "outbox", "poll", TIME, "1s", 10, MIN_MS, "ms", true, \
	    "how often due messages are looked for") \
	X(sms_url, "sms", "url", TEXT, "", 0, 899, "", true, \
	    "gateway for short messages; {phone}, {text} and {key} may stand in its query; empty = none") \
	X(sms_method, "sms", "method", CHOICE, "POST", 0, 0, "POST|GET", true, \
	    "how the gateway is called") \
	X(sms_type, "sms", "type", CHOICE, "form", 0, 0, "form|json", true, \
	    "what the body is, and how values are escaped in it") \
	X(sms_body, "sms", "body", TEXT, "phone={phone}&text={text}&key={key}", 0, 900, "", true, \
	    "body of the call, with {phone}, {text} and {key}; @FILE: it stands in that file, as JSON must, which is full of quotes") \
	X(sms_headers, "sms", "headers", PATH, "", 0, 900, "", true, \
	    "file of further headers, Name: value a line, for the gateway's key; empty = none") \
	X(sms_accepted, "sms", "accepted", TEXT, "", 0, 299, "", true, \
	    "text that an answer holds when the gateway took the message; empty = any answer of 2xx") \
	X(sms_again, "sms", "again", TEXT, "LIMIT_CONTROL|Throttling|LimitExceeded", 0, 299, "", true, \
	    "texts, | between: an answer of 2xx that is not accepted and holds one is tried again, any other is refused for good") \
	X(sms_idempotent, "sms", "idempotent", FLAG, "no", 0, 1, "", true, \
	    "the gateway sends once for each {key}: a message of unknown fate is sent again, else a person decides") \
	X(sms_parts, "sms", "parts", INT, "5", 1, 20, "parts", true, \
	    "longest short message in parts (67 Chinese characters each, a single one 70); longer texts are shortened") \
	X(console_language, "console", "language", CHOICE, "auto", 0, 0, "auto|zh_CN|en", true, \
	    "language of the screen; auto = the locale's") \
	X(console_theme, "console", "theme", CHOICE, "auto", 0, 0, "auto|dark|safe|light|mono", true, \
	    "colours; auto = dark, or mono where NO_COLOR is set") \
	X(console_escdelay, "console", "escdelay", TIME, "25ms", 1, 2 * S_MS, "ms", true, \
	    "wait after ESC for the rest of a function key; longer on slow lines") \
	X(console_mouse, "console", "mouse", FLAG, "no", 0, 1, "", true, \
	    "take mouse clicks") \
	X(console_alarms, "console", "alarms", CHOICE, "bell", 0, 0, "off|flash|bell", true, \
	    "how an alarm is made; danger to life is always shown") \
	X(console_alarm_every, "console", "alarm_every", TIME, "10m", 0, 24 * H_MS, "ms", true, \
	    "at most one alarm that interrupts in this time") \
	X(console_guard, "console", "guard", TIME, "300ms", 0, 5 * S_MS, "ms", true, \
	    "a key that dispatches counts only once the case has stood on the screen so long") \
	X(console_poll, "console", "poll", TIME, "2s", 200, 5 * MIN_MS, "ms", true, \
	    "how often PostgreSQL is asked while fenbod is gone") \
	X(console_idle_lock, "console", "idle_lock", TIME, "15m", 0, 24 * H_MS, "ms", true, \
	    "lock the screen after so long without a key; 0 = never") \
	X(console_wall_shift, "console", "wall_shift", TIME, "0s", 0, 24 * H_MS, "ms", true, \
	    "the picture of fenbo --wall moves by a cell so often, to spare the screen; 0 = it stays")

enum option_type { OPTION_TEXT, OPTION_PATH, OPTION_INT, OPTION_FLAG, OPTION_TIME, OPTION_SIZE, OPTION_CHOICE };

#define OPTION_C_TEXT   const char *
#define OPTION_C_PATH   const char *
#define OPTION_C_CHOICE const char *
#define OPTION_C_INT    int
#define OPTION_C_FLAG   bool
#define OPTION_C_TIME   int64_t
#define OPTION_C_SIZE   int64_t

/* One pair of the [keys] section, as written; conf/keymap.h makes sense of it. */
struct conf_key {
	const char *name, *keys;
	int line;
};

struct conf {
#define X(member, section, key, type, def, min, max, unit, reload, help) OPTION_C_##type member;
	OPTION_TABLE(X)
#undef X
	struct conf_key *keys; /* in the order of the file */
	size_t nkeys;
	const char *path;      /* the file read; "" = none, all defaults */
	struct arena arena;    /* owns every string */
};

enum conf_option {
#define X(member, section, key, type, def, min, max, unit, reload, help) OPTION_ID_##member,
	OPTION_TABLE(X)
#undef X
	OPTION_COUNT
};

struct option_info {
	const char *section, *key;
	enum option_type type;
	const char *def;    /* as one would write it */
	int64_t min, max;   /* in ms, bytes or the number itself; TEXT and PATH: bytes of the text */
	const char *unit;   /* CHOICE: the words, separated by | */
	bool reload;
	const char *help;   /* English msgid */
};
extern const struct option_info option_table[OPTION_COUNT];

/*
 * Read and check everything. `path`: NULL takes $FENBO_CONFIG, else OPTIONS_DEFAULT_PATH, which alone may be absent.
 * Then the environment: $FENBO_DATABASE_URL, $FENBO_URL and $FENBO_KEY_FILE override [database] url, [fenbod] url and
 * key_file. Also checks what belongs together (a certificate needs its key) and the [keys] section. On false *out is
 * all zero and errs says why, everything at once. conf_free when done.
 */
bool conf_load(const char *path, struct conf *out, struct err_list *errs);
/* SIGHUP: all or nothing. Loads from where `live` came from; refuses when an option that needs a restart has changed
 * (named in errs). On success *live is replaced, and strings borrowed from it are gone. */
bool conf_reload(struct conf *live, struct err_list *errs);
void conf_free(struct conf *c);

#endif
