#include "tui/refusal.h"

#include <stdio.h>
#include <string.h>

#include "core/appeal/action.h"
#include "tui/i18n.h"

/* The whole ones before those with names in them, the more particular before the more general: the first that fits is taken. */
const char *const refusal_sentences[] = {
	N_("a case cannot be merged into itself"),
	N_("64 hexadecimal digits are expected"),
	N_("a case needs a title"),
	N_("a file needs a name"),
	N_("a link that begins with http:// or https:// is expected"),
	N_("a number from 1 to 5 is expected"),
	N_("an object of speed, effect, service and feedback is expected"),
	N_("it was done again after a bad rating: ask the citizen first, by a return visit"),
	N_("only somebody who was reached can have rated"),
	N_("only who was not reached is called again"),
	N_("rate all four: speed, effect, service and feedback"),
	N_("reached, unreached or refused is expected"),
	N_("say why it is dropped"),
	N_("there is no such message"),
	N_("this result has been rated already"),
	N_("a list is expected"),
	N_("a machine's alert has no citizen"),
	N_("a number is expected"),
	N_("a number of working days is expected"),
	N_("a request stands already: the supervisor has to decide it"),
	N_("a required value is missing"),
	N_("a supervisor has ruled that it is yours"),
	N_("a time is expected, such as 2026-11-22T17:00:00+08:00"),
	N_("an object of arguments is expected"),
	N_("an object of fields is expected"),
	N_("an object of name, size, sha256 and link is expected"),
	N_("as many versions as cases are expected"),
	N_("confidential: the centre contacts the citizen"),
	N_("confidential: the unit sees no complainant"),
	N_("degrees are expected"),
	N_("invalid, withdrawn or emergency is expected"),
	N_("log in first: a claim lives as long as its session"),
	N_("longer than 200 characters"),
	N_("more than 1000 cases in one action"),
	N_("name a unit or a duty item"),
	N_("name at least one assisting unit"),
	N_("name the person you act for"),
	N_("next is for people at a console"),
	N_("nobody holds the case"),
	N_("none of these cases is in that group and in your sight"),
	N_("nothing differs from what stands there"),
	N_("nothing is asked for"),
	N_("nothing was done to the case that could be undone"),
	N_("only a hand-over to the emergency services goes beside a dispatch"),
	N_("reached or unreached is expected"),
	N_("say which version you saw"),
	N_("say why you need to know"),
	N_("the case has moved on"),
	N_("the case is not paused"),
	N_("the case is paused already"),
	N_("the case was returned again and waits for a supervisor's ruling"),
	N_("the case was sent up to the supervisor"),
	N_("the citizen's data were erased"),
	N_("the form has no such field"),
	N_("the limit has run out: it cannot be extended any more"),
	N_("the recommendation is being renewed"),
	N_("the session has ended: log in again"),
	N_("the unit contacts the citizen; only of a confidential case the centre does"),
	N_("there are control characters in it"),
	N_("there is a newer recommendation"),
	N_("there is no such case"),
	N_("there is no such case, or you may not see it"),
	N_("there is no such group, or you may not see it"),
	N_("the size in bytes is expected"),
	N_("this account is disabled"),
	N_("this has been erased already"),
	N_("this is not a case number"),
	N_("this is more than a year away"),
	N_("this is not within your rights"),
	N_("this key may not act"),
	N_("this key was used for another request"),
	N_("this lies in the future"),
	N_("this lies in the past"),
	N_("this role has no account here"),
	N_("true or false is expected"),
	N_("two parts at least are expected"),
	N_("urgent, fast or normal is expected"),
	N_("which unit that means depends on the place, and the place is not known: name the unit"),
	N_("yes or no is expected"),
	N_("you have done nothing today that could be undone"),
	N_("your unit assists; the lead unit answers for the whole"),
	N_("a day is expected, such as 2026-12-31"),
	N_("a note needs words"),
	N_("a period of at most a year is expected"),
	N_("a place on the list is expected: 1 is the first"),
	N_("a topic has no such field"),
	N_("a topic needs a title"),
	N_("add, drop, move or remark is expected"),
	N_("no instruction stands"),
	N_("no instruction to your unit stands"),
	N_("no unit has the case"),
	N_("nobody has answered the instruction: say why it ends"),
	N_("only the list of today can be drafted"),
	N_("open, working, review, done or dropped is expected"),
	N_("say why special supervision ends"),
	N_("the bulletin has been published"),
	N_("the bulletin has moved on"),
	N_("the case is disputed: rule whose it is, with the record of the meeting"),
	N_("the case is not disputed: dispatch it"),
	N_("the case is not under supervision"),
	N_("the case is supervised: the head of the unit confirms it first"),
	N_("the case is under supervision already"),
	N_("the case is with this unit already"),
	N_("the head of the unit has confirmed it already"),
	N_("leaders' lists and bulletins are the centre's"),
	N_("the list has moved on"),
	N_("the owner is a unit or a person with an account"),
	N_("the topic has moved on"),
	N_("there is no list of this day: draft it first"),
	N_("there is no such bulletin"),
	N_("there is no such edition"),
	N_("there is no such topic"),
	N_("there is nothing on the list"),
	N_("this case is not on the list"),
	N_("this case is on the list already"),
	N_("this instruction has been answered"),
	N_("at most 93 days, the first before the last"),
	N_("there is no such person, or not at your desk"),
	N_("only dispatchers and supervisors work in crews"),
	N_("a crew is a number from 1 to 99"),
	N_("a shift is swapped with somebody of the same role and desk"),
	N_("both are the same shift"),
	N_("the shift has begun"),
	N_("one asks for oneself; a supervisor for people of his desk"),
	N_("nobody swaps with himself"),
	N_("this shift has been offered already"),
	N_("there is no such swap"),
	N_("agree, decline, withdraw, approve or refuse is expected"),
	N_("leave ends after it begins"),
	N_("leave, sick, training or duty is expected"),
	N_("there is no such leave"),
	N_("withdraw, approve or refuse is expected"),
	N_("at most a year"),
	N_("there is no such shift, or it has not begun"),
	N_("present, late, early, absent or leave is expected"),
	N_("nobody corrects his own attendance"),
	N_("say why"),
	N_("a number of cases from 1 to 500 is expected"),
	N_("nobody who is on has a console open"),
	N_("there are no shifts: the routing policy names none"),
	N_("there is no such handover"),
	N_("add, remark, drop or keep is expected"),
	N_("the handover has been sent"),
	N_("the handover has no such item"),
	N_("the handover has not been sent yet"),
	N_("the incoming shift acknowledges"),
	N_("the cases have changed hands"),
	N_("the shift is over: the machine would send it again"),
	N_("the case is not free any more"),
	N_("one account for each case is expected"),
	N_("there is no shift %s on %s"),
	N_("the swap is %s already"),
	N_("the leave is %s already"),
	N_("everybody who is on holds %s cases already"),
	N_("the handover has changed since: %s by %s"),
	N_("you hold %s cases that are not decided: decide them or give some back"),
	N_("it is not yours to %s"),
	N_("the item is %s"),
	N_("%s items have not been shown yet"),
	N_("%s has no console open at this desk"),
	N_("%s does not work this shift"),
	N_("%s works this shift already"),
	N_("%s is on leave then"),
	N_("%s holds %s cases already"),
	N_("%s has not agreed yet"),
	N_("%s is not possible: the case is %s"),
	N_("%s, which it followed, is closed"),
	N_("%s, which it follows, is closed"),
	N_("%s: %s by %s came since"),
	N_("%s by %s came since"),
	N_("%s holds the case"),
	N_("%s has the case already"),
	N_("%s is a desk that dispatches, not a unit that handles"),
	N_("%s has no part in the case: it could not see what to do"),
	N_("%s is not a unit of yours"),
	N_("%s is not a unit of your desk"),
	N_("%s is not among the recommended units"),
	N_("%s is not filled in"),
	N_("%s leads already"),
	N_("%s of its parts are still open: %s"),
	N_("%s was merged into %s by %s since"),
	N_("%s was merged into %s by %s"),
	N_("a %s may not %s"),
	N_("a pause lasts at most %s days"),
	N_("an extension is at most %s working days"),
	N_("at most %s"),
	N_("longer than %s characters"),
	N_("number %s is empty"),
	N_("the case is %s already"),
	N_("the case stands at the desk %s"),
	N_("the case was extended already: %s of %s times"),
	N_("the unit %s is no longer active"),
	N_("there is no action %s"),
	N_("there is no duty item %s"),
	N_("there is no place %s"),
	N_("there is no unit %s"),
	N_("word of it has gone out to %s"),
	N_("%s is closed"),
	N_("%s is %s"), /* of a case, by its number */
	NULL
};

enum { PARTS_MAX = 4, PART_BYTES = 96 };

/* Does the message fit the sentence? What stands for each %s is copied. */
static bool fits(const char *sentence, const char *message, char part[PARTS_MAX][PART_BYTES])
{
	int n = 0;

	for (;;) {
		const char *hole = strstr(sentence, "%s");
		size_t fixed = hole ? (size_t)(hole - sentence) : strlen(sentence);
		const char *end;

		if (strncmp(message, sentence, fixed) != 0)
			return false;
		message += fixed;
		if (!hole)
			return *message == '\0';
		sentence = hole + 2;
		fixed = strcspn(sentence, "%");
		end = fixed == 0 ? message + strlen(message) : NULL;
		for (const char *p = message; fixed > 0 && (p = strstr(p, (char[]){ sentence[0], '\0' })); p++)
			if (strncmp(p, sentence, fixed) == 0 && (sentence[fixed] != '\0' || p[fixed] == '\0')) {
				end = p;
				break;
			}
		if (!end || end == message || n == PARTS_MAX || (size_t)(end - message) >= PART_BYTES)
			return false;
		snprintf(part[n++], PART_BYTES, "%.*s", (int)(end - message), message);
		message = end;
	}
}

/* Words of shifts and handovers. */
static const char *const shift_words[] = {
	N_("asked"), N_("agreed"), N_("declined"), N_("approved"), N_("refused"), N_("withdrawn"), N_("lapsed"), N_("open"), N_("dropped"), N_("acknowledged"),
	N_("taken"), N_("queued"), N_("draft"), N_("refresh"), N_("add"), N_("remark"), N_("drop"), N_("keep"), N_("send"), N_("queue"), N_("agree"),
	N_("decline"), N_("withdraw"), N_("approve"), N_("refuse"), N_("assign")
};

/* A word of the tables is said in the person's language. */
static const char *word(const char *s)
{
	enum action a;
	enum stage stage;
	enum priority p;
	enum outcome o;

	if (action_parse(s, &a))
		return _(action_table[a].name);
	if (stage_parse(s, &stage))
		return _(stage_label(stage));
	if (priority_parse(s, &p))
		return _(priority_label(p));
	if (outcome_parse(s, &o))
		return _(outcome_label(o));
	for (size_t i = 0; i < sizeof shift_words / sizeof *shift_words; i++)
		if (strcmp(shift_words[i], s) == 0)
			return _(s);
	return s;
}

/* The translation may want the names in another order: %2$s. */
static void fill(const char *sentence, char part[PARTS_MAX][PART_BYTES], char *out, size_t size)
{
	size_t at = 0;
	int next = 0;

	out[0] = '\0';
	while (*sentence && at + 1 < size) {
		int which = -1;

		if (sentence[0] == '%' && sentence[1] == 's') {
			which = next++;
			sentence += 2;
		} else if (sentence[0] == '%' && sentence[1] >= '1' && sentence[1] <= '4' && sentence[2] == '$' && sentence[3] == 's') {
			which = sentence[1] - '1';
			sentence += 4;
		}
		if (which >= 0 && which < PARTS_MAX) {
			at += (size_t)snprintf(out + at, size - at, "%s", word(part[which]));
		} else if (which < 0) {
			out[at++] = *sentence++;
			out[at] = '\0';
		}
	}
}

/* "%s is closed" and "%s is %s" are about a case: without its number any sentence might be meant. */
static bool names_somebody(const char *sentence, const char *name)
{
	bool of_case = strcmp(sentence, "%s is closed") == 0 || strcmp(sentence, "%s is %s") == 0;

	return !of_case || (name[0] >= '0' && name[0] <= '9');
}

static bool translate(const char *message, char *out, size_t size)
{
	for (int i = 0; refusal_sentences[i]; i++) {
		char part[PARTS_MAX][PART_BYTES] = { "" };

		if (fits(refusal_sentences[i], message, part) && names_somebody(refusal_sentences[i], part[0])) {
			fill(_(refusal_sentences[i]), part, out, size);
			return true;
		}
	}
	return false;
}

bool refusal_known(const char *message)
{
	char out[REFUSAL_BYTES];

	return translate(message, out, sizeof out);
}

/* "there is a newer recommendation: claim by 李四": the reason, and what made it so. */
static bool with_cause(const char *message, char out[REFUSAL_BYTES])
{
	const char *colon = strstr(message, ": "), *next, *by;
	char reason[REFUSAL_BYTES], said[REFUSAL_BYTES], what[64];

	while (colon && (next = strstr(colon + 2, ": ")))
		colon = next;
	by = colon ? strstr(colon, " by ") : NULL;
	if (!by || (size_t)(by - colon - 2) >= sizeof what)
		return false;
	snprintf(reason, sizeof reason, "%.*s", (int)(colon - message), message);
	if (!translate(reason, said, sizeof said))
		return false;
	snprintf(what, sizeof what, "%.*s", (int)(by - colon - 2), colon + 2);
	snprintf(out, REFUSAL_BYTES, _("%.200s: %s by %.60s"), said, word(what), by + 4);
	return true;
}

const char *refusal_words(const char *message, char out[REFUSAL_BYTES])
{
	if (!translate(message, out, REFUSAL_BYTES) && !with_cause(message, out))
		snprintf(out, REFUSAL_BYTES, "%s", message);
	return out;
}
