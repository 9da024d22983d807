#include "core/feed/pace.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <sys/socket.h>
#include "core/base/clock.h"
#include "core/feed/loop.h"

enum { LOOK_MS = 500 };

struct watched {
	struct watched *next;     /* while its socket is not known */
	struct bufferevent *bev;  /* good until its socket is known, and in callbacks of its buffer */
	int fd;
	uint64_t cookie;
	bool tls, busy;           /* busy: a whole request is being answered */
	usec_t since;             /* monotonic, when this request began; 0 = none has */
	uint64_t bytes;
};

struct pace {
	struct event *adopt, *look;
	struct watched *fresh;
	struct watched **by_fd;
	int fds;
	int within_ms, bytes_per_s;
};

static uint64_t cookie_of(int fd)
{
	uint64_t cookie = 0;
	socklen_t len = sizeof cookie;

	return getsockopt(fd, SOL_SOCKET, SO_COOKIE, &cookie, &len) == 0 ? cookie : 0;
}

static struct watched *find(const struct pace *p, int fd)
{
	return fd >= 0 && fd < p->fds ? p->by_fd[fd] : NULL;
}

static void on_bytes(struct evbuffer *in, const struct evbuffer_cb_info *info, void *ctx)
{
	struct watched *w = ctx;

	(void)in;
	if (info->n_added == 0 || w->busy)
		return;
	if (w->since == 0) {
		w->since = clock_monotonic();
		w->bytes = 0;
	}
	w->bytes += info->n_added;
}

/* Nothing has been read yet when this runs: it is made active where the connection is accepted. */
static void on_adopt(evutil_socket_t none, short what, void *ctx)
{
	struct pace *p = ctx;

	(void)none, (void)what;
	while (p->fresh) {
		struct watched *w = p->fresh;
		int fd = bufferevent_getfd(w->bev);

		p->fresh = w->next;
		if (fd < 0 || (w->cookie = cookie_of(fd)) == 0) {
			evbuffer_remove_cb(bufferevent_get_input(w->bev), on_bytes, w);
			free(w);
			continue;
		}
		if (fd >= p->fds) {
			int fds = fd + 64;

			if ((p->by_fd = realloc(p->by_fd, (size_t)fds * sizeof(struct watched *))) == NULL)
				abort();
			memset(p->by_fd + p->fds, 0, (size_t)(fds - p->fds) * sizeof(struct watched *));
			p->fds = fds;
		}
		free(p->by_fd[fd]); /* whose socket had this number is gone, and its buffer with it */
		p->by_fd[fd] = w;
		w->fd = fd;
		if (w->tls) /* shaking hands brings no bytes of a request, and has to end too */
			w->since = clock_monotonic();
	}
}

static void end(const struct watched *w)
{
	static const char body[] = "{\"error\":\"usage\",\"message\":\"the request came too slowly\"}";
	static const char head[] = "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json; charset=utf-8\r\n"
	    "Content-Length: 57\r\n\r\n";

	_Static_assert(sizeof body - 1 == 57, "the length in the head");
	if (!w->tls && send(w->fd, head, sizeof head - 1, MSG_DONTWAIT | MSG_NOSIGNAL) > 0)
		send(w->fd, body, sizeof body - 1, MSG_DONTWAIT | MSG_NOSIGNAL);
	shutdown(w->fd, SHUT_RDWR); /* evhttp reads the end, and lets go */
}

static void on_look(evutil_socket_t none, short what, void *ctx)
{
	struct pace *p = ctx;
	usec_t now = clock_monotonic();

	(void)none, (void)what;
	for (int fd = 0; fd < p->fds; fd++) {
		struct watched *w = p->by_fd[fd];
		usec_t allowed;

		if (w == NULL || w->since == 0 || w->busy || p->within_ms <= 0)
			continue;
		allowed = (usec_t)p->within_ms * 1000 + (p->bytes_per_s > 0 ? (usec_t)(w->bytes * USEC_S / (uint64_t)p->bytes_per_s) : 0);
		if (now - w->since <= allowed)
			continue;
		if (cookie_of(fd) == w->cookie) {
			end(w);
			w->since = 0;
		} else {
			free(w);
			p->by_fd[fd] = NULL;
		}
	}
	loop_after(p->look, LOOK_MS);
}

void pace_watch(struct pace *p, struct bufferevent *bev, bool tls)
{
	struct watched *w = calloc(1, sizeof *w);

	if (w == NULL)
		abort();
	*w = (struct watched){ .next = p->fresh, .bev = bev, .fd = -1, .tls = tls };
	p->fresh = w;
	evbuffer_add_cb(bufferevent_get_input(bev), on_bytes, w);
	event_active(p->adopt, EV_TIMEOUT, 1);
}

void pace_whole(struct pace *p, int fd)
{
	struct watched *w = find(p, fd);

	if (w == NULL)
		return;
	w->busy = true;
	w->since = 0;
}

void pace_answered(struct pace *p, int fd, bool more)
{
	struct watched *w = find(p, fd);

	if (w == NULL)
		return;
	w->busy = false;
	w->since = more ? clock_monotonic() : 0;
	w->bytes = 0;
}

void pace_configure(struct pace *p, int within_ms, int bytes_per_s)
{
	p->within_ms = within_ms;
	p->bytes_per_s = bytes_per_s;
}

struct pace *pace_new(struct event_base *base)
{
	struct pace *p = calloc(1, sizeof *p);

	if (p == NULL || (p->adopt = event_new(base, -1, 0, on_adopt, p)) == NULL || (p->look = evtimer_new(base, on_look, p)) == NULL) {
		pace_free(p);
		return NULL;
	}
	event_priority_set(p->adopt, LOOP_URGENT);
	loop_after(p->look, LOOK_MS);
	return p;
}

void pace_free(struct pace *p)
{
	if (p == NULL)
		return;
	if (p->adopt)
		event_free(p->adopt);
	if (p->look)
		event_free(p->look);
	while (p->fresh) {
		struct watched *w = p->fresh;

		p->fresh = w->next;
		free(w);
	}
	for (int i = 0; i < p->fds; i++)
		free(p->by_fd[i]);
	free(p->by_fd);
	free(p);
}
