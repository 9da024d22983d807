/*
 * fenboctl sample: a stream of invented appeals through fenbod's front door, for demonstrations and load
 * (conf/sample.h). The same seed sends the same appeals; what fenbod has seen before it calls a duplicate.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "conf/sample.h"
#include "conf/value.h"
#include "core/ctl/ctl.h"
#include "core/feed/call.h"

enum { BATCH_LINES = 500, TRIES = 60, RATE_MAX = 100000 };

struct stream {
	struct ctl *ctl;
	struct call *call;
	char *key;
	struct sample *sample;
	struct sample_appeal appeal;
	struct buf body;
	int lines;
	size_t sent, created, duplicate, quarantined;
	bool reached; /* fenbod has answered once: then a silence is waited out */
};

static volatile sig_atomic_t stopped;

static void
stop(int signal)
{
	(void)signal;
	stopped = 1;
}

/* Until `at` of the monotonic clock, or a signal. */
static void
sleep_until(usec_t at)
{
	struct timespec t = { (time_t)(at / USEC_S), (long)(at % USEC_S) * 1000 };

	while (!stopped && clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) == EINTR)
		;
}

static bool
has_policy(const char *dir)
{
	char file[4200];

	snprintf(file, sizeof file, "%s/duty.csv", dir);
	return access(file, R_OK) == 0;
}

/* Where the shipped policy is: beside the build, beside the installed program, or under the prefix. */
static bool
policy_folder(char out[4096])
{
	static const char *const beside[] = { "../conf", "../share/fenbo" };
	char exe[3000], *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof exe - 1);

	exe[n > 0 ? n : 0] = '\0';
	if ((slash = strrchr(exe, '/')) != NULL)
		*slash = '\0';
	for (size_t i = 0; slash != NULL && i < sizeof beside / sizeof *beside; i++) {
		snprintf(out, 4096, "%s/%s", exe, beside[i]);
		if (has_policy(out))
			return true;
	}
	snprintf(out, 4096, "%s", FENBO_PREFIX "/share/fenbo");
	if (has_policy(out))
		return true;
	strcpy(out, "conf"); /* a build directory outside the tree, called from within it */
	return has_policy(out);
}

static bool
load_policy(const char *dir, struct routing_doc *doc, struct err *e)
{
	struct err_list errs = { 0 };
	char folder[4096], text[512];
	bool good;

	if (dir == NULL && !policy_folder(folder))
		return err_set(e, ERR_USAGE, "policy", "the shipped policy is not found; --policy names its folder");
	good = routing_load(dir != NULL ? dir : folder, doc, &errs);
	for (size_t i = 0; i < errs.count; i++) {
		err_item_show(&errs.items[i], text, sizeof text);
		fprintf(stderr, "fenboctl: %s\n", text);
	}
	err_list_free(&errs);
	return good || err_set(e, ERR_USAGE, "policy", "%s cannot be used", dir != NULL ? dir : folder);
}

/* Count what became of each line; true when all are settled, false when some shall come again. */
static bool
count_answer(struct stream *s, const char *body)
{
	bool settled = true;

	for (const char *end; *body != '\0'; body = *end != '\0' ? end + 1 : end) {
		json_t *o;
		const char *status;

		end = body + strcspn(body, "\n");
		o = json_loadb(body, (size_t)(end - body), 0, NULL);
		status = json_string_value(json_object_get(o, "status"));
		if (status != NULL) {
			s->created += strcmp(status, "created") == 0;
			s->duplicate += strcmp(status, "duplicate") == 0;
			s->quarantined += strcmp(status, "quarantined") == 0;
			settled = settled && strcmp(status, "retry") != 0;
		}
		json_decref(o);
	}
	return settled;
}

/* Send what has gathered. A batch that must come again is sent whole: what was taken in is a duplicate the second time.
 */
static bool
flush(struct stream *s, struct err *e)
{
	struct client_request request = { .method = "POST",
		.path = "/v1/appeals",
		.bearer = s->key,
		.type = "application/x-ndjson",
		.body = s->body.data,
		.body_len = s->body.len,
		.deadline_ms = (int)s->ctl->conf.fenbod_timeout };

	for (int tries = 0; s->lines > 0 && !stopped; tries++) {
		struct call_answer answer;
		bool done = false;
		int wait = 1;

		if (tries == TRIES)
			return err_set(e, ERR_UNAVAILABLE, NULL, "fenbod takes nothing in");
		if (call_send(s->call, &request, &answer, e)) {
			s->reached = true;
			if (answer.status == 429 || answer.status == 503)
				wait = answer.retry_after_s > 0 ? answer.retry_after_s : 1;
			else if (call_answer_ok(&answer, e))
				done = count_answer(s, answer.body);
			else {
				call_answer_free(&answer);
				return false;
			}
			call_answer_free(&answer);
		} else if (!s->reached) {
			return false;
		}
		if (done)
			s->lines = 0;
		else
			sleep_until(clock_monotonic() + wait * USEC_S);
	}
	buf_reset(&s->body);
	s->lines = 0;
	return true;
}

/* `count` appeals (0 = without end), `rate` a second (0 = as fast as they are taken). */
static bool
run(struct stream *s, double rate, int count, bool print, struct err *e)
{
	usec_t start = clock_monotonic();

	while (!stopped && (count == 0 || s->sent < (size_t)count)) {
		sample_next(s->sample, &s->appeal);
		sample_ndjson(&s->appeal, 0, &s->body);
		s->sent++;
		s->lines++;
		if (print) {
			if (fwrite(s->body.data, 1, s->body.len, stdout) != s->body.len || fflush(stdout) != 0)
				return err_set(e, ERR_INTERNAL, NULL, "the output cannot be written");
			buf_reset(&s->body);
			s->lines = 0;
		}
		/* what is due within 20 ms goes in one request */
		usec_t due = rate > 0 ? start + (usec_t)((double)s->sent / rate * USEC_S) : 0;
		bool last = count > 0 && s->sent == (size_t)count;
		if (last || s->lines == BATCH_LINES || (rate > 0 && due > clock_monotonic() + 20000)) {
			if (!flush(s, e))
				return false;
			if (rate > 0 && !last)
				sleep_until(due);
		}
	}
	return flush(s, e);
}

static int
sample(struct ctl *ctl, const struct ctl_args *a)
{
	struct stream s = { .ctl = ctl };
	struct routing_doc doc;
	struct err e = { 0 };
	struct sigaction on = { .sa_handler = stop };
	const char *text = ctl_opt(a, "rate");
	double rate = 1;
	int count = 0, seed = 1, hostile = 20, status = EXIT_DONE;
	bool print = ctl_opt(a, "print") != NULL;

	if (text != NULL && (!value_real(text, &rate) || rate < 0 || rate > RATE_MAX))
		return ctl_usage("--rate: expected a number from 0 to %d, found \"%s\"", RATE_MAX, text);
	if (!ctl_opt_int(a, "count", 0, 100000000, &count, &e) ||
	    !ctl_opt_int(a, "seed", 0, 2147483647, &seed, &e) || !ctl_opt_int(a, "hostile", 0, 1000, &hostile, &e) ||
	    !load_policy(ctl_opt(a, "policy"), &doc, &e))
		return ctl_fail(&e);
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
	if (!print &&
	    ((s.key = ctl_key(ctl, ctl_opt(a, "key-file"), &status)) == NULL ||
		(s.call = ctl_fenbod(ctl, &status)) == NULL))
		goto out;
	s.sample = sample_new(
	    &doc, &(struct sample_options){ .seed = (uint64_t)seed, .hostile_per_mille = hostile > 0 ? hostile : -1 });
	if (s.sample == NULL)
		err_set(&e, ERR_USAGE, "policy", "the policy has no duty list or no gazetteer");
	if (s.sample == NULL || !run(&s, rate, count, print, &e))
		status = ctl_fail(&e);
	if (ctl->json && !print)
		printf("{\"sent\":%zu,\"created\":%zu,\"duplicate\":%zu,\"quarantined\":%zu}\n", s.sent, s.created,
		    s.duplicate, s.quarantined);
	else if (!print)
		printf("%zu sent: %zu created, %zu known already, %zu quarantined\n", s.sent, s.created, s.duplicate,
		    s.quarantined);
out:
	sample_free(s.sample);
	sample_appeal_free(&s.appeal);
	buf_free(&s.body);
	free(s.key);
	routing_free(&doc);
	return status;
}

static const struct ctl_option options[] = {
	{ "rate", "N", "appeals a second; 0 = as fast as fenbod takes them (default 1)", WORDS_NONE },
	{ "seed", "S", "the same seed makes the same appeals (default 1)", WORDS_NONE },
	{ "count", "N", "how many; 0 = until stopped (default 0)", WORDS_NONE },
	{ "hostile", "N", "of a thousand, how many try to do harm (default 20)", WORDS_NONE },
	{ "print", NULL, "print NDJSON instead of sending it", WORDS_NONE },
	{ "policy", "DIR", "folder with duty.csv and gazetteer.csv (default: those shipped)", WORDS_FILE },
	{ "key-file", "FILE", "file with the channel's API key", WORDS_FILE },
	{ .name = NULL }
};

const struct command sample_commands[] = {
	{ "sample", "", "send invented appeals, for demonstrations and load", options, 0, 0, WORDS_NONE, sample },
	{ .name = NULL }
};
