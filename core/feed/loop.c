#include "core/feed/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <event2/dns.h>
#include <event2/event.h>
#include "core/base/log.h"

enum { TURN_US = 1000 };

static void to_our_log(int severity, const char *msg)
{
	if (severity >= EVENT_LOG_WARN)
		log_write(LOG_WARN, "libevent", "said", msg, NULL);
}

/* However much is ready at once: after a millisecond of it, whatever is urgent is looked for again. */
static struct event_base *new_base(void)
{
	struct event_config *config = event_config_new();
	struct event_base *base = NULL;

	if (config && event_config_set_max_dispatch_interval(config, &(struct timeval){ .tv_usec = TURN_US }, -1, LOOP_NORMAL) == 0)
		base = event_base_new_with_config(config);
	if (config)
		event_config_free(config);
	return base;
}

bool loop_open(struct loop *l)
{
	signal(SIGPIPE, SIG_IGN);
	event_set_log_callback(to_our_log);
	*l = (struct loop){ 0 };
	if ((l->base = new_base()) == NULL || event_base_priority_init(l->base, LOOP_SLICES + 1) != 0 ||
	    (l->dns = loop_dns(l->base)) == NULL) {
		loop_close(l);
		return false;
	}
	return true;
}

void loop_close(struct loop *l)
{
	if (l->dns)
		evdns_base_free(l->dns, 0);
	if (l->base)
		event_base_free(l->base);
	*l = (struct loop){ 0 };
}

void loop_after(struct event *timer, int ms)
{
	struct timeval tv = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };

	evtimer_add(timer, &tv);
}

struct evdns_base *loop_dns(struct event_base *base)
{
	struct evdns_base *dns = evdns_base_new(base, EVDNS_BASE_DISABLE_WHEN_INACTIVE);

	/* A machine without name servers still has its hosts file and numeric addresses. */
	if (dns)
		evdns_base_resolv_conf_parse(dns, DNS_OPTIONS_ALL, "/etc/resolv.conf");
	return dns;
}
