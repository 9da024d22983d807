#include "core/feed/loop.h"

#include <signal.h>
#include <stdlib.h>
#include <event2/dns.h>
#include <event2/event.h>
#include "core/base/log.h"

static void to_our_log(int severity, const char *msg)
{
	if (severity >= EVENT_LOG_WARN)
		log_write(LOG_WARN, "libevent", "said", msg, NULL);
}

bool loop_open(struct loop *l)
{
	signal(SIGPIPE, SIG_IGN);
	event_set_log_callback(to_our_log);
	*l = (struct loop){ 0 };
	if ((l->base = event_base_new()) == NULL || event_base_priority_init(l->base, LOOP_SLICES + 1) != 0 ||
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
