#include "tui/drafts.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/log.h"

struct drafts {
	char *dir;
	char path[4096];  /* "" until the account is known */
	json_t *all;      /* name → {"text", "at"} */
	bool changed;
	usec_t saved_at;  /* monotonic */
};

struct drafts *drafts_new(const char *dir)
{
	struct drafts *d = calloc(1, sizeof *d);

	if (!d)
		return NULL;
	d->all = json_object();
	d->dir = dir ? strdup(dir) : NULL;
	if (!d->all || (dir && !d->dir)) {
		drafts_free(d);
		return NULL;
	}
	return d;
}

void drafts_free(struct drafts *d)
{
	if (!d)
		return;
	if (d->changed)
		drafts_save(d);
	json_decref(d->all);
	free(d->dir);
	free(d);
}

/* The directory and those above it, for this person alone. */
static bool make_dir(const char *path)
{
	char part[4096];

	snprintf(part, sizeof part, "%s", path);
	for (char *p = part + 1; *p; p++)
		if (*p == '/') {
			*p = '\0';
			if (mkdir(part, 0700) < 0 && errno != EEXIST)
				return false;
			*p = '/';
		}
	return mkdir(part, 0700) == 0 || errno == EEXIST;
}

static void drop_old(struct drafts *d)
{
	json_int_t oldest = (json_int_t)(clock_now() / USEC_S) - (json_int_t)DRAFT_KEEP_DAYS * 86400;
	const char *name;
	json_t *v;
	void *next;

	json_object_foreach_safe(d->all, next, name, v)
		if (!json_is_string(json_object_get(v, "text")) || json_integer_value(json_object_get(v, "at")) < oldest)
			json_object_del(d->all, name);
}

void drafts_account(struct drafts *d, const char *account)
{
	char safe[64];
	json_t *read;
	size_t n = 0;

	if (!d->dir || d->path[0])
		return;
	for (const char *p = account; *p && n < sizeof safe - 1; p++)
		safe[n++] = strchr("/.\\", *p) ? '_' : *p;
	safe[n] = '\0';
	if (!make_dir(d->dir)) {
		log_write(LOG_WARN, "no directory for drafts", "dir", d->dir, NULL);
		return;
	}
	snprintf(d->path, sizeof d->path, "%s/drafts-%s.json", d->dir, safe);
	read = json_load_file(d->path, 0, NULL);
	if (json_is_object(read)) {
		json_object_update_missing(d->all, read);
		drop_old(d);
	}
	json_decref(read);
}

const char *drafts_get(const struct drafts *d, const char *name)
{
	return json_string_value(json_object_get(json_object_get(d->all, name), "text"));
}

void drafts_put(struct drafts *d, const char *name, const char *text)
{
	const char *now = drafts_get(d, name);

	if (!text || !*text) {
		if (now) {
			json_object_del(d->all, name);
			d->changed = true;
		}
		return;
	}
	if (now && strcmp(now, text) == 0)
		return;
	if (!now && json_object_size(d->all) >= DRAFTS_MAX)
		return;
	json_object_set_new(d->all, name,
	    json_pack("{s:s, s:I}", "text", text, "at", (json_int_t)(clock_now() / USEC_S)));
	d->changed = true;
}

bool drafts_changed(const struct drafts *d)
{
	return d->changed;
}

bool drafts_due(const struct drafts *d, usec_t mono)
{
	return d->changed && (d->saved_at == 0 || mono - d->saved_at >= USEC_S / 5);
}

void drafts_save(struct drafts *d)
{
	char temporary[4200], *bytes;
	int fd;
	bool ok;

	d->changed = false;
	d->saved_at = clock_monotonic();
	if (!d->path[0])
		return;
	if (json_object_size(d->all) == 0) {
		unlink(d->path);
		return;
	}
	bytes = json_dumps(d->all, JSON_COMPACT);
	snprintf(temporary, sizeof temporary, "%s.%d", d->path, (int)getpid());
	fd = bytes ? open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	ok = fd >= 0 && write(fd, bytes, strlen(bytes)) == (ssize_t)strlen(bytes);
	if (fd >= 0)
		close(fd);
	/* A full disk leaves the older file as it was. */
	if (!ok || rename(temporary, d->path) < 0) {
		unlink(temporary);
		log_write(LOG_WARN, "drafts not saved", "path", d->path, NULL);
	}
	free(bytes);
}
