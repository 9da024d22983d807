#include "tui/keeper.h"

#include <event2/event.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/feed/loop.h"
#include "db/conn.h"

struct keeper { struct db *db; const char *session; struct event *timer; int every_ms; pid_t parent; };

static void renewed(void *ctx, const struct err *e, size_t rows)
{
	struct keeper *k = ctx;

	(void)e;
	(void)rows;
	loop_after(k->timer, k->every_ms);
}

static void ready(void *ctx, struct db *db)
{
	struct keeper *k = ctx;
	struct db_param params[2] = { DB_TEXT("fenbo (stopped)"), DB_TEXT(k->session) };

	/* Logging in with the session's id takes it up again, and that renews it. */
	db_send_first(db, SQL_LOGIN, params, 2, NULL, renewed, k);
}

static void again(evutil_socket_t fd, short what, void *ctx)
{
	struct keeper *k = ctx;

	(void)fd;
	(void)what;
	if (getppid() != k->parent)
		_exit(0);
	if (db_state(k->db) == DB_READY)
		db_send(k->db, SQL_RENEW, NULL, 0, NULL, renewed, k);
	else
		loop_after(k->timer, k->every_ms);
}

static void keep(const struct conf *conf, const char *session, int lease_s, pid_t parent)
{
	struct loop loop;
	struct keeper k = { .session = session, .every_ms = lease_s > 3 ? lease_s * 1000 / 3 : 5000, .parent = parent };
	struct db_options o = { .conninfo = conf->database_url, .application = "fenbo stopped", .ready = ready, .ctx = &k };

	/* Nothing of the console's loop, sockets or terminal is used from here on. */
	for (int fd = 0; fd < 256; fd++)
		close(fd);
	if (!loop_open(&loop))
		_exit(1);
	k.timer = evtimer_new(loop.base, again, &k);
	k.db = db_new(loop.base, loop.dns, &o);
	if (k.timer && k.db)
		event_base_dispatch(loop.base);
	_exit(0);
}

pid_t keeper_start(const struct conf *conf, const char *session, int lease_s)
{
	pid_t parent = getpid(), pid;

	if (!session[0])
		return -1;
	pid = fork();
	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTSTP, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	keep(conf, session, lease_s, parent);
	_exit(0);
}

void keeper_stop(pid_t pid)
{
	if (pid <= 0)
		return;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
