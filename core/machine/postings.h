/*
 * Small containers of the repeat index: postings (key → list of numbers, newest last), a table (64-bit key → number) and
 * names (text ↔ number from 1). All grow by doubling; what runs out of memory says so and stays as it was.
 */
#ifndef FENBO_MACHINE_POSTINGS_H
#define FENBO_MACHINE_POSTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct postings;
struct postings *postings_new(void);
void postings_free(struct postings *p);
bool postings_add(struct postings *p, uint32_t key, int number);
void postings_remove(struct postings *p, uint32_t key, int number); /* keeps the order of the rest */
/* Borrowed until the next change; NULL with *n = 0 when there is none. */
const int *postings_get(const struct postings *p, uint32_t key, int *n);
size_t postings_bytes(const struct postings *p);

struct table;
struct table *table_new(void);
void table_free(struct table *t);
bool table_put(struct table *t, uint64_t key, int number); /* number ≥ 0; replaces */
int table_get(const struct table *t, uint64_t key);        /* -1 when there is none */
void table_remove(struct table *t, uint64_t key);
size_t table_bytes(const struct table *t);

struct names;
struct names *names_new(void);
void names_free(struct names *n);
int names_put(struct names *n, const char *text);       /* 0 for NULL, "" and when memory is gone */
int names_get(const struct names *n, const char *text); /* 0 when unknown */
const char *names_text(const struct names *n, int number);
size_t names_bytes(const struct names *n);

#endif
