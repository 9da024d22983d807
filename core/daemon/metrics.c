#include "core/daemon/metrics.h"

static const int bounds_us[METRICS_BUCKETS] = { 500, 1000, 2000, 5000, 10000, 20000, 50000, 100000, 200000, 500000, 1000000,
	2000000, 5000000, 10000000 };

void metrics_time(struct metrics_times *t, usec_t us)
{
	int i = 0;

	while (i < METRICS_BUCKETS && us > bounds_us[i])
		i++;
	t->bucket[i]++;
	t->count++;
	t->sum_s += (double)us / 1e6;
}

const char *intake_status_name(enum intake_status s)
{
	static const char *const names[] = {
#define X(name) #name,
		INTAKE_STATUS_TABLE(X)
#undef X
	};

	return names[s];
}

static void head(struct buf *out, const char *name, const char *type, const char *help)
{
	buf_printf(out, "# HELP fenbo_%s %s\n# TYPE fenbo_%s %s\n", name, help, name, type);
}

void metrics_put(struct buf *out, const char *name, const char *type, const char *help, double value)
{
	head(out, name, type, help);
	buf_printf(out, "fenbo_%s %.15g\n", name, value);
}

void metrics_put_times(struct buf *out, const char *name, const char *help, const struct metrics_times *t)
{
	uint64_t sum = 0;

	head(out, name, "histogram", help);
	for (int i = 0; i < METRICS_BUCKETS; i++) {
		sum += t->bucket[i];
		buf_printf(out, "fenbo_%s_bucket{le=\"%g\"} %llu\n", name, bounds_us[i] / 1e6, (unsigned long long)sum);
	}
	buf_printf(out, "fenbo_%s_bucket{le=\"+Inf\"} %llu\nfenbo_%s_sum %.9g\nfenbo_%s_count %llu\n", name,
	    (unsigned long long)t->count, name, t->sum_s, name, (unsigned long long)t->count);
}

static void write_outbox(struct buf *out, const struct metrics *m)
{
	static const char *const results[] = {
#define X(name) #name,
		SEND_RESULT_TABLE(X)
#undef X
	};
	static const char *const states[] = {
#define X(name) #name,
		OUTBOX_STATE_TABLE(X)
#undef X
	};

	head(out, "outbox_tries_total", "counter", "Tries to send a message by this fenbod as leader, by what the message was afterwards");
	for (int i = 0; i < SEND_RESULTS; i++)
		buf_printf(out, "fenbo_outbox_tries_total{state=\"%s\"} %llu\n", results[i], (unsigned long long)m->sends[i]);
	head(out, "outbox_messages", "gauge", "Messages by state; unaddressed: of the past day");
	for (int i = 0; i < OUTBOX_STATES; i++)
		buf_printf(out, "fenbo_outbox_messages{state=\"%s\"} %lld\n", states[i], (long long)m->outbox[i]);
	metrics_put(out, "unrated_total", "counter", "Rating windows that ended, dealt with by this fenbod as leader", (double)m->unrated);
}

void metrics_write(struct buf *out, const struct metrics *m)
{
	head(out, "intake_rows_total", "counter", "Appeals answered, by status");
	for (int s = 0; s < INTAKE_STATUSES; s++)
		buf_printf(out, "fenbo_intake_rows_total{status=\"%s\"} %llu\n", intake_status_name(s),
		    (unsigned long long)m->intake[s]);
	head(out, "http_answers_total", "counter", "HTTP answers, by class of status");
	for (int i = 2; i < 6; i++)
		buf_printf(out, "fenbo_http_answers_total{class=\"%dxx\"} %llu\n", i, (unsigned long long)m->answers[i]);
	metrics_put(out, "start_time_seconds", "gauge", "When this fenbod began", (double)m->started / 1e6);
	metrics_put(out, "intake_batches_total", "counter", "Intake transactions", (double)m->intake_batches);
	metrics_put(out, "recommendations_renewed_total", "counter", "Recommendations made anew after an action",
	    (double)m->recommendations_renewed);
	metrics_put(out, "leases_expired_total", "counter", "Leases swept by this fenbod as leader", (double)m->swept);
	metrics_put(out, "maintained_total", "counter", "Things done by housekeeping", (double)m->maintained);
	metrics_put(out, "feed_reads_total", "counter", "Readings of the event log", (double)m->feed_reads);
	metrics_put(out, "feed_held_seconds", "gauge", "How long a running transaction has held the event log back",
	    m->feed_held_s);
	metrics_put(out, "feed_waiting_events", "gauge", "Events that cannot be given out yet", (double)m->feed_waiting);
	metrics_put(out, "queue_triage", "gauge", "Cases to dispatch", (double)m->triage);
	metrics_put(out, "queue_open", "gauge", "Open cases", (double)m->open);
	metrics_put(out, "quarantine", "gauge", "Quarantined rows not settled", (double)m->quarantined);
	metrics_put(out, "outbox_waiting", "gauge", "Messages not sent yet", (double)m->outgoing);
	write_outbox(out, m);
	metrics_put_times(out, "http_seconds", "From a whole request to its answer", &m->request);
	metrics_put_times(out, "intake_batch_seconds", "One intake transaction", &m->batch);
	metrics_put_times(out, "recommend_seconds", "One recommendation, with place and repeats", &m->recommend);
	metrics_put(out, "bursts_total", "counter", "Groups of one incident made by this fenbod as leader", (double)m->bursts);
	metrics_put_times(out, "repeats_seconds", "One case compared with all that are remembered", &m->repeats);
	metrics_put_times(out, "feed_lag_seconds", "From an event's time until it is given to readers", &m->feed_delay);
}
