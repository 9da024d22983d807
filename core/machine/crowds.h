/*
 * Crowds: many people, one incident. Cases that tell of the same thing within a few days are gathered into groups, one at a time as they come:
 * a case joins the group whose members it is most like. One incident is at one place (a community or narrower; where neither place is known, a name
 * that both speak of), is told of within twelve hours, and is one matter: enough rare words in common besides those that say where, or, within an
 * hour, the same duty item or one of its class. What is neither at a place nor near a name is gathered never: a question that many
 * ask is no incident. A group is worth a person's eye once it holds enough people, and people are counted
 * by telephone number: what one caller says five times, or a form that is filled in for five addresses, is no crowd.
 *
 * Pure and bounded: at most CROWDS_CASES cases, the oldest are forgotten first. One owner, not thread-safe.
 */
#ifndef FENBO_MACHINE_CROWDS_H
#define FENBO_MACHINE_CROWDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "core/appeal/duty.h"
#include "core/appeal/number.h"
#include "core/base/clock.h"
#include "core/machine/repeats.h"

enum { CROWDS_CASES = 400000, CROWDS_PEOPLE = 3, CROWDS_MEMBERS = 2000, CROWDS_HITS = 64 };
#define CROWDS_LEAST 0.1f

struct crowds; /* opaque */
struct crowds *crowds_new(void); /* NULL when memory is gone */
void crowds_free(struct crowds *b);

struct crowd_case {
	case_no no;
	usec_t at;
	uint64_t person;              /* 0 = unknown */
	const struct duty_list *duty; /* tells which items are of one class; NULL = nothing does */
	const char *item;             /* duty item code, NULL or "" = unknown */
};

/* A new case and those like it, best first (repeats_find with CROWDS_LEAST, some 64 of them). Returns the group it is in now: a number that stays
 * with the group; 0 when memory is gone. A case that is known already stays where it is. */
int crowds_add(struct crowds *b, const struct crowd_case *c, const struct repeat_hit *hit, int hits);

/* How many cases and people a group holds. Without a number each counts as one, unless it says word for word what another said. */
int crowds_size(const struct crowds *b, int group, int *people);
/* Its cases, newest first; returns how many (≤ max). */
int crowds_members(const struct crowds *b, int group, case_no *out, int max);
int crowds_group(const struct crowds *b, case_no no); /* 0 = none */

/* The group as the database knows it (0 = not told yet). */
void crowds_name(struct crowds *b, int group, int64_t id);
int64_t crowds_id(const struct crowds *b, int group);
/* A case that the database has in that group: when a fenbod begins to lead. */
void crowds_seed(struct crowds *b, int64_t id, const struct crowd_case *c);
/* Taken out by a person, ended or merged: it is not gathered again. */
void crowds_out(struct crowds *b, case_no no);
/* The group was closed by a person: its cases stay together and nothing joins them. */
void crowds_close(struct crowds *b, int64_t id);
/* Forget cases received before. Returns how many. */
size_t crowds_expire(struct crowds *b, usec_t before);
size_t crowds_count(const struct crowds *b);
size_t crowds_bytes(const struct crowds *b);

#endif
