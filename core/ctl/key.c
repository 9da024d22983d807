/*
 * API keys: made here from 32 random bytes, shown once; the database only ever sees the hash.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <openssl/evp.h>
#include "core/ctl/ctl.h"
#include "core/ctl/print.h"

enum { KEY_BYTES = 32 };

static bool
make_key(char out[2 * KEY_BYTES + 8])
{
	unsigned char bytes[KEY_BYTES];
	char *at = out + sprintf(out, "fenbo_");

	if (getrandom(bytes, sizeof bytes, 0) != sizeof bytes)
		return false;
	for (size_t i = 0; i < sizeof bytes; i++)
		at += sprintf(at, "%02x", bytes[i]);
	return true;
}

static int
add(struct ctl *ctl, const struct ctl_args *a)
{
	const char *channel = ctl_opt(a, "channel"), *unit = ctl_opt(a, "unit"), *rights = ctl_opt(a, "rights");
	const char *rate = ctl_opt(a, "rate");
	char key[2 * KEY_BYTES + 8], *array, *id;
	unsigned char hash[32];
	int status, n;
	struct err e;
	json_t *o;

	if ((channel == NULL) == (unit == NULL))
		return ctl_usage("key add: either --channel or --unit");
	if (rights == NULL)
		return ctl_usage("key add: --rights, from intake, read, feed, act, noplace, backdate, metrics");
	if (!ctl_opt_int(a, "rate", 0, 1000000, &n, &e))
		return ctl_fail(&e);
	if (!make_key(key))
		return ctl_usage("no random numbers are to be had: %m");
	EVP_Digest(key, strlen(key), hash, NULL, EVP_sha256(), NULL);
	array = ctl_text_array(rights);
	struct db_param params[] = { DB_TEXT(a->word[0]), DB_TEXT(channel), DB_TEXT(unit), DB_TEXT(array),
		DB_TEXT(rate != NULL ? rate : "0"), { (const char *)hash, sizeof hash, true } };
	id = ctl_value(ctl, SQL_KEY_ADD, params, 6, &status);
	free(array);
	if (id == NULL)
		return status;
	o = json_pack("{s:i, s:s, s:s}", "id", atoi(id), "name", a->word[0], "key", key);
	if (ctl->json)
		print_row(ctl, NULL, o);
	else
		puts(key);
	json_decref(o);
	free(id);
	return status;
}

static int
revoke(struct ctl *ctl, const struct ctl_args *a)
{
	return ctl_do(ctl, SQL_KEY_REVOKE, (struct db_param[]){ DB_TEXT(a->word[0]) }, 1, "revoked");
}

static int
list(struct ctl *ctl, const struct ctl_args *a)
{
	static const struct column columns[] = {
		{ "name", "key", 20, false }, { "channel", "channel", 12, false }, { "unit", "unit", 12, false },
		{ "rights", "rights", 40, false }, { "rate", "rate", 6, true }, { "revoked_at", "revoked", 0, false }, { .key = NULL }
	};

	(void)a;
	return ctl_list(ctl, SQL_KEY_LIST, NULL, 0, columns);
}

static const struct ctl_option add_options[] = {
	{ "channel", "CODE", "the channel it speaks for", WORDS_NONE },
	{ "unit", "CODE", "the unit it speaks for", WORDS_NONE },
	{ "rights", "LIST", "intake, read, feed, act, noplace, backdate, metrics; separated by commas", WORDS_NONE },
	{ "rate", "N", "requests a minute, 0 = no limit", WORDS_NONE }, { .name = NULL }
};

const struct command key_commands[] = {
	{ "key add", "NAME", "make an API key and print it, once", add_options, 1, 1, WORDS_NONE, add },
	{ "key revoke", "NAME", "make an API key useless", NULL, 1, 1, WORDS_NONE, revoke },
	{ "key list", "", "every API key, without the keys", NULL, 0, 0, WORDS_NONE, list },
	{ .name = NULL }
};
