#include "tui/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tui/case_work.h"
#include "tui/dialog.h"
#include "tui/i18n.h"

enum { PART = 64 * 1024, PARTS_A_SLICE = 16, NAME_BYTES = 600 };

/* Dialogs hold `self`, not the thing: a view that closes under them takes the thing away and leaves NULL there. */
struct ticket { struct attach *a; int dialogs; };

struct attach {
	struct console *c;
	struct ticket *ticket;
	json_t *list;           /* borrowed */
	char name[NAME_BYTES], sha256[65];
	int64_t size, done;
	int fd;                 /* −1 = nothing is being read */
	EVP_MD_CTX *hash;
};

struct attach *attach_new(struct console *c, json_t *list)
{
	struct attach *a = calloc(1, sizeof *a);

	if (!a || !(a->ticket = calloc(1, sizeof *a->ticket))) {
		free(a);
		return NULL;
	}
	a->c = c;
	a->list = list;
	a->fd = -1;
	a->ticket->a = a;
	return a;
}

static void stop_reading(struct attach *a)
{
	if (a->fd >= 0)
		close(a->fd);
	EVP_MD_CTX_free(a->hash);
	a->fd = -1;
	a->hash = NULL;
}

void attach_free(struct attach *a)
{
	if (!a)
		return;
	stop_reading(a);
	a->ticket->a = NULL;
	if (a->ticket->dialogs == 0)
		free(a->ticket);
	free(a);
}

/* An answer has come to a dialog: whose it was, or NULL when that has gone. */
static struct attach *answered(void *ctx)
{
	struct ticket *t = ctx;
	struct attach *a = t->a;

	if (--t->dialogs == 0 && !a)
		free(t);
	return a;
}

static void ask(struct attach *a, const char *note, const char *initial, dialog_fn fn)
{
	char title[NAME_BYTES + 80];

	snprintf(title, sizeof title, a->name[0] ? _("file: %s") : _("a file"), a->name);
	a->ticket->dialogs++;
	dialog_prompt(a->c, &(struct dialog_prompt){ .title = title, .note = note, .initial = initial }, fn, a->ticket);
}

static void got_link(struct console *c, void *ctx, const char *value)
{
	struct attach *a = answered(ctx);

	if (!a || !value)
		return;
	if (strncmp(value, "https://", 8) != 0 && strncmp(value, "http://", 7) != 0) {
		console_say(c, ST_WARN, "%s", _("a link begins with http:// or https://"));
		ask(a, _("where it is kept: https://…"), value, got_link);
		return;
	}
	json_array_append_new(a->list, json_pack("{s:s, s:I, s:s, s:s}", "name", a->name, "size", (json_int_t)a->size, "sha256", a->sha256, "link", value));
	c->dirty = true;
}

static void got_hash(struct console *c, void *ctx, const char *value)
{
	struct attach *a = answered(ctx);

	if (!a || !value)
		return;
	if (strlen(value) != 64 || strspn(value, "0123456789abcdefABCDEF") != 64) {
		console_say(c, ST_WARN, "%s", _("64 hexadecimal digits, as sha256sum prints them"));
		ask(a, _("its sha256"), value, got_hash);
		return;
	}
	snprintf(a->sha256, sizeof a->sha256, "%s", value);
	ask(a, _("where it is kept: https://…"), "https://", got_link);
}

static void got_size(struct console *c, void *ctx, const char *value)
{
	struct attach *a = answered(ctx);

	if (!a || !value)
		return;
	if (strlen(value) > 12 || strspn(value, "0123456789") != strlen(value)) {
		console_say(c, ST_WARN, "%s", _("the size in bytes is a number"));
		ask(a, _("it is not on this machine: its size in bytes"), value, got_size);
		return;
	}
	a->size = atoll(value);
	ask(a, _("its sha256"), "", got_hash);
}

/* A file of this machine: opened without waiting (a pipe would), and only if it is a plain one. */
static bool open_local(struct attach *a, const char *path)
{
	const char *home = getenv("HOME");
	char whole[4096];
	struct stat st;

	snprintf(whole, sizeof whole, "%s%s", strncmp(path, "~/", 2) == 0 && home ? home : "", strncmp(path, "~/", 2) == 0 && home ? path + 1 : path);
	a->fd = open(whole, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (a->fd < 0)
		return false;
	a->hash = EVP_MD_CTX_new();
	if (fstat(a->fd, &st) != 0 || !S_ISREG(st.st_mode) || !a->hash || !EVP_DigestInit_ex(a->hash, EVP_sha256(), NULL)) {
		stop_reading(a);
		return false;
	}
	a->size = st.st_size;
	a->done = 0;
	return true;
}

static void got_name(struct console *c, void *ctx, const char *value)
{
	struct attach *a = answered(ctx);
	const char *slash;

	if (!a || !value)
		return;
	slash = strrchr(value, '/');
	snprintf(a->name, sizeof a->name, "%s", slash && slash[1] ? slash + 1 : value);
	c->dirty = true;
	if (!open_local(a, value))
		ask(a, _("it is not on this machine: its size in bytes"), "", got_size);
}

void attach_ask(struct attach *a)
{
	if (a->fd >= 0)
		return;
	if (json_array_size(a->list) >= ATTACH_MAX) {
		console_say(a->c, ST_WARN, _("at most %d files"), (int)ATTACH_MAX);
		return;
	}
	a->name[0] = '\0';
	ask(a, _("its path on this machine, or its name"), "", got_name);
}

static void hashed(struct attach *a)
{
	unsigned char out[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	EVP_DigestFinal_ex(a->hash, out, &n);
	for (unsigned i = 0; i < n && i < 32; i++)
		snprintf(a->sha256 + 2 * i, 3, "%02x", out[i]);
	a->size = a->done;
	stop_reading(a);
	ask(a, _("where it is kept: https://…"), "https://", got_link);
}

/* A piece each turn. A read waits for its disk all the same (O_NONBLOCK means nothing for plain files): on a network drive that does not answer
 * the console stands still until it does. */
bool attach_work(struct attach *a)
{
	char part[PART];
	ssize_t n = 1;

	if (a->fd < 0)
		return false;
	a->c->dirty = true;
	for (int i = 0; i < PARTS_A_SLICE && (n = read(a->fd, part, sizeof part)) > 0; i++) {
		EVP_DigestUpdate(a->hash, part, (size_t)n);
		a->done += n;
	}
	if (n > 0)
		return true;
	if (n < 0 && errno == EINTR)
		return true;
	if (n < 0) {
		console_say(a->c, ST_BAD, _("%s cannot be read"), a->name);
		stop_reading(a);
	} else {
		hashed(a);
	}
	return false;
}

const char *attach_busy(const struct attach *a, char out[80])
{
	char size[24];

	out[0] = '\0';
	if (a->fd >= 0) {
		case_work_size(a->done, size);
		snprintf(out, 80, _("reading … %s"), size);
	}
	return out;
}
