#include "core/daemon/worker.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <event2/event.h>

struct job {
	struct job *next;
	void (*work)(void *ctx), (*done)(void *ctx), (*drop)(void *ctx);
	void *ctx;
};

struct jobs { struct job *first, **last; };

struct worker {
	pthread_mutex_t lock;
	pthread_cond_t more;
	struct jobs todo, finished; /* under lock */
	bool stop;                  /* under lock */
	int wake;                   /* eventfd */
	struct event *event;
	int threads;
	pthread_t thread[];
};

static void push(struct jobs *q, struct job *j)
{
	j->next = NULL;
	*q->last = j;
	q->last = &j->next;
}

static struct job *pop(struct jobs *q)
{
	struct job *j = q->first;

	if (j && (q->first = j->next) == NULL)
		q->last = &q->first;
	return j;
}

static void *run(void *arg)
{
	struct worker *w = arg;
	uint64_t one = 1;

	pthread_mutex_lock(&w->lock);
	while (!w->stop) {
		struct job *j = pop(&w->todo);

		if (j == NULL) {
			pthread_cond_wait(&w->more, &w->lock);
			continue;
		}
		pthread_mutex_unlock(&w->lock);
		j->work(j->ctx);
		pthread_mutex_lock(&w->lock);
		push(&w->finished, j);
		if (write(w->wake, &one, sizeof one) < 0)
			break; /* cannot happen but when the counter is full, and then the loop is awake */
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void on_wake(evutil_socket_t fd, short what, void *ctx)
{
	struct worker *w = ctx;
	uint64_t n;
	struct job *j;

	(void)what;
	if (read(fd, &n, sizeof n) < 0)
		return;
	for (;;) {
		pthread_mutex_lock(&w->lock);
		j = pop(&w->finished);
		pthread_mutex_unlock(&w->lock);
		if (j == NULL)
			return;
		j->done(j->ctx);
		free(j);
	}
}

struct worker *worker_new(struct event_base *base, int threads)
{
	struct worker *w = calloc(1, sizeof *w + (size_t)threads * sizeof w->thread[0]);

	if (w == NULL)
		return NULL;
	w->todo.last = &w->todo.first;
	w->finished.last = &w->finished.first;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	w->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	w->event = w->wake < 0 ? NULL : event_new(base, w->wake, EV_READ | EV_PERSIST, on_wake, w);
	if (w->event == NULL || event_add(w->event, NULL) != 0) {
		worker_free(w);
		return NULL;
	}
	while (w->threads < threads && pthread_create(&w->thread[w->threads], NULL, run, w) == 0)
		w->threads++;
	if (w->threads == 0) {
		worker_free(w);
		return NULL;
	}
	return w;
}

void worker_run(struct worker *w, void (*work)(void *ctx), void (*done)(void *ctx), void (*drop)(void *ctx), void *ctx)
{
	struct job *j = malloc(sizeof *j);

	if (j == NULL)
		abort();
	*j = (struct job){ .work = work, .done = done, .drop = drop, .ctx = ctx };
	pthread_mutex_lock(&w->lock);
	push(&w->todo, j);
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
}

static void drop_all(struct jobs *q)
{
	struct job *j;

	while ((j = pop(q)) != NULL) {
		j->drop(j->ctx);
		free(j);
	}
}

void worker_free(struct worker *w)
{
	if (w == NULL)
		return;
	pthread_mutex_lock(&w->lock);
	w->stop = true;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < w->threads; i++)
		pthread_join(w->thread[i], NULL);
	drop_all(&w->todo);
	drop_all(&w->finished);
	if (w->event)
		event_free(w->event);
	if (w->wake >= 0)
		close(w->wake);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
	free(w);
}
