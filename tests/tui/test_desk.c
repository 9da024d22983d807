/*
 * The unit desk: what a person in a street office sees and presses. Golden screens at three sizes and in two languages, then every action of a unit
 * by its key, with what goes to PostgreSQL.
 */
#include <openssl/evp.h>

#include "tests/tui/golden.h"
#include "tui/moment.h"

/* Unit, stage, flags, clock and seconds left of each of the invented cases. */
static const struct { const char *unit, *clock; enum stage stage; int left_s; unsigned flags; int chased, redo; } work[] = {
	{ "zhujian", "contact", STAGE_DISPATCHED, 5400, FLAG_DANGER, 1, 0 },
	{ "zhujian", "contact", STAGE_DISPATCHED, 82000, 0, 0, 0 },
	{ "gas", "handle", STAGE_HANDLING, -734, FLAG_SUPERVISED, 2, 0 },
	{ "zhujian", "handle", STAGE_HANDLING, 190000, FLAG_ASKED, 0, 0 },
	{ "zhujian", "handle", STAGE_HANDLING, 90000, FLAG_INSTRUCTED, 0, 1 },
	{ "zhujian", "", STAGE_HANDLING, 0, FLAG_PAUSED, 0, 0 },
	{ "jiaotong", "handle", STAGE_HANDLING, 300000, 0, 0, 0 },
	{ "zhujian", "rate", STAGE_RESOLVED, 400000, 0, 0, 0 },
	{ "zhujian", "handle", STAGE_HANDLING, 500000, FLAG_CONFIDENTIAL, 0, 0 },
	{ "zhujian", "handle", STAGE_DISPATCHED, 600000, FLAG_ALERT, 0, 0 },
};

static struct summary unit_case(int i, int version)
{
	struct summary s = fake_summary(i, version);

	s.unit = work[i].unit;
	s.clock = work[i].clock;
	s.stage = work[i].stage;
	s.due_at = work[i].left_s ? FAKE_NOW + work[i].left_s * USEC_S : 0;
	s.flags = work[i].flags;
	s.chased = work[i].chased;
	s.redo = work[i].redo;
	s.returned = 0;
	s.burst = 0;
	s.owner = "";
	return s;
}

static void show(const struct summary *s, struct buf *out)
{
	char no[14];

	number_plain(s->no, no);
	buf_printf(out, "{\"id\":\"%s\",\"version\":%d,\"stage\":\"%s\",\"priority\":\"%s\",\"title\":\"%s\",\"text\":\"%s。"
	    "今天下午五点左右发现的，已经持续半个多小时，希望马上派人来处理。\",\"channel\":\"hotline\",\"channel_name\":\"市民热线\","
	    "\"received_at\":\"2026-11-22T17:12:40+08:00\",\"address\":\"钟屋南路 12 号\",\"place\":\"%s\",\"flags\":[],\"unit\":\"%s\","
	    "\"unit_name\":\"区住房和建设局\",\"item_name\":\"燃气安全隐患\",\"citizen\":{\"name\":\"张**\",\"phone\":\"138****0001\",\"masked\":true},", no,
	    s->version, stage_name(s->stage), priority_name(s->priority), s->title, s->title, s->place, s->unit);
	buf_printf(out, "\"clocks\":[{\"kind\":\"contact\",\"started_at\":\"2026-11-22T17:12:40+08:00\",\"due_at\":\"2026-11-22T19:12:08+08:00\"%s},"
	    "{\"kind\":\"handle\",\"started_at\":\"2026-11-22T17:12:40+08:00\",\"due_at\":\"2026-11-26T17:12:40+08:00\"%s}],",
	    s->stage == STAGE_HANDLING ? ",\"stopped_at\":\"2026-11-22T17:30:00+08:00\"" : "",
	    s->flags & FLAG_PAUSED ? ",\"paused_since\":\"2026-11-22T17:20:00+08:00\"" : "");
	if (s->flags & FLAG_PAUSED)
		buf_puts(out, "\"paused_until\":\"2026-11-25T18:00:00+08:00\",");
	if (s->flags & FLAG_ASKED)
		buf_puts(out, "\"request\":{\"version\":4,\"kind\":\"extend\",\"days\":5,\"reason\":\"施工整改需要时间\",\"text\":\"需开挖管沟\",\"person\":\"赵六\","
		    "\"asked_at\":\"2026-11-22T16:30:00+08:00\"},");
	if (s->flags & FLAG_INSTRUCTED)
		buf_puts(out, "\"request\":{\"version\":4,\"kind\":\"pause\",\"until\":\"2026-11-25T18:00:00+08:00\",\"reason\":\"已进入司法程序\",\"decision\":\"no\","
		    "\"decided_by\":\"李四\",\"answer\":\"与本案无关\"},");
	if (s->flags & FLAG_SUPERVISED)
		buf_puts(out, "\"promises\":[{\"version\":5,\"until\":\"2026-11-22T15:00:00+08:00\",\"person\":\"赵六\"},"
		    "{\"version\":6,\"until\":\"2026-11-23T09:00:00+08:00\",\"person\":\"赵六\"}],"
		    "\"steps\":[{\"unit\":\"chengguan\",\"name\":\"城管局\",\"state\":\"done\"},{\"unit\":\"gas\",\"name\":\"燃气所\",\"state\":\"on\"},"
		    "{\"unit\":\"jiaotong\",\"name\":\"交通局\",\"state\":\"later\"}],\"passed\":[{\"unit\":\"zhujian\",\"name\":\"住建局\"}],"
		    "\"files\":[{\"version\":5,\"name\":\"现场.jpg\",\"size\":234567,\"sha256\":\"00\",\"link\":\"https://files.example/1.jpg\"},"
		    "{\"version\":5,\"name\":\"合同.pdf\",\"size\":5234567,\"sha256\":\"00\",\"link\":\"https://files.example/2.pdf\"}],");
	if (s->flags & FLAG_SUPERVISED)
		buf_puts(out, "\"ratings\":[{\"at\":\"2026-11-18T10:02:00+08:00\",\"via\":\"rate\",\"speed\":5,\"effect\":1,\"service\":4,\"feedback\":2,\"bad\":true,"
		    "\"round\":0,\"words\":\"还是漏\"},{\"at\":\"2026-11-22T09:12:00+08:00\",\"via\":\"visit\",\"speed\":5,\"effect\":4,\"service\":5,\"feedback\":5,"
		    "\"bad\":false,\"round\":1,\"words\":\"这次修好了，请再打 138****0001\"}],");
	buf_puts(out, "\"remarks\":[{\"kind\":\"progress\",\"text\":\"已派人到场\",\"person\":\"赵六\",\"at\":\"2026-11-22T17:20:00+08:00\"}]}");
}

static struct fake *desk(int rows, int cols)
{
	struct who who = { .account = "zhao6", .person = "赵六", .desk = "zhujian", .desk_name = "区住房和建设局", .centre = "市分拨中心",
		.role = ROLE_UNIT, .lease_s = 45 };
	struct fake *f = fake_new(rows, cols, NULL);

	f->show = show;
	console_forget_case(f->c, 0);
	for (int i = 0; i < FAKE_CASES; i++) {
		struct summary s = unit_case(i, 2);

		console_apply(f->c, &s);
	}
	console_login(f->c, &who);
	fake_paint(f);
	return f;
}

static const struct { int rows, cols; } sizes[] = { { 24, 80 }, { 40, 132 }, { 60, 200 } };
static const struct { const char *name, *keys; bool all_sizes; int f; } scenes[] = {
	{ "desk", "", true, 0 }, { "desk-hand", "", true, 3 }, { "desk-paused", "", false, 4 }, { "desk-asked", "", false, 5 }, { "desk-late", "", true, 6 },
	{ "desk-rating", "", false, 7 }, { "desk-all", "jj", true, 8 }, { "desk-contact", "c", true, 0 }, { "desk-progress", "p", false, 6 },
	{ "desk-resolve", "f", false, 3 }, { "desk-extend", "e", false, 3 }, { "desk-pause", "Z", false, 3 }, { "desk-until", "Z1", false, 3 },
	{ "desk-subdispatch", "s", false, 0 }, { "desk-case", "\n", true, 6 },
};

static void golden_desk(void **state)
{
	(void)state;
	for (int l = 0; l < 2; l++) {
		fake_language(l ? "en" : "zh_CN");
		for (size_t s = 0; s < sizeof scenes / sizeof scenes[0]; s++)
			for (int z = 0; z < (scenes[s].all_sizes ? 3 : 1); z++) {
				struct fake *f = desk(sizes[z].rows, sizes[z].cols);
				char name[128];

				if (scenes[s].f)
					fake_key(f, KEYMAP_F0 + (uint32_t)scenes[s].f);
				fake_type(f, scenes[s].keys);
				snprintf(name, sizeof name, "%s-%dx%d-%s", scenes[s].name, sizes[z].cols, sizes[z].rows, l ? "en" : "zh_CN");
				golden_check(f, name);
				fake_free(f);
			}
	}
}

static void assert_act(struct fake *f, const char *action, const char *part)
{
	if (strncmp(f->act, action, strlen(action)) != 0 || !strstr(f->act, part))
		fail_msg("expected %s … %s, got %s", action, part, f->act);
}

/* Each action by its key: what is asked, and what is sent. */
static void keys_act(void **state)
{
	struct fake *f;

	(void)state;
	fake_language("zh_CN");
	f = desk(24, 80);
	fake_type(f, "1");
	assert_act(f, "accept", "{2}");
	fake_type(f, "c已联系");
	fake_key(f, KEYMAP_F0 + 4);
	assert_true(fake_sees(f, "联系时限继续计时"));
	fake_key(f, KEYMAP_F0 + 4);
	fake_key(f, KEYMAP_F0 + 5);
	fake_type(f, "2");
	assert_true(fake_sees(f, "11-23 09:00"));
	fake_key(f, KEYMAP_F0 + 2);
	assert_act(f, "contact", "\"text\":\"已联系\"");
	assert_act(f, "contact", "\"outcome\":\"reached\"");
	assert_act(f, "contact", "\"until\":\"2026-11-23T09:00:00+08:00\"");
	fake_type(f, "p");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(fake_sees(f, "还没有输入")); /* nothing to send */
	fake_type(f, "到场");
	fake_key(f, KEYMAP_F0 + 2);
	assert_act(f, "progress", "\"text\":\"到场\"");
	fake_type(f, "e41");
	fake_key(f, '\n'); /* no words beside */
	assert_act(f, "extend", "\"days\":\"5\"");
	fake_type(f, "Z2");
	assert_true(fake_sees(f, "到时自动恢复计时"));
	fake_type(f, "2");
	assert_act(f, "pause", "\"reason\":\"court\"");
	assert_act(f, "pause", "\"until\":\"2026-11-23T09:00:00+08:00\"");
	fake_type(f, "s");
	assert_false(fake_sees(f, "生态局")); /* not of this tree */
	fake_type(f, "rq\n");
	assert_act(f, "subdispatch", "\"unit\":\"gas\"");
	fake_type(f, "f好了");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(f->previews > 0); /* shown first, and confirmed */
	fake_type(f, "y");
	assert_act(f, "resolve", "\"text\":\"好了\"");
	fake_type(f, "r1y");
	assert_act(f, "return", "\"reason\":\"wrong_unit\"");
	fake_key(f, KEYMAP_F0 + 4); /* the paused one */
	fake_type(f, "J");
	assert_act(f, "resume", "{2}");
	fake_free(f);
}

/* A file of this machine: its size and hash are found here; the link is typed. */
static void files_of_this_machine(void **state)
{
	char path[] = "/tmp/fenbo-desk-XXXXXX", text[200000], hex[65] = "", part[200];
	unsigned char hash[32];
	struct fake *f;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	memset(text, 'x', sizeof text);
	assert_int_equal(write(fd, text, sizeof text), sizeof text);
	close(fd);
	EVP_Digest(text, sizeof text, hash, NULL, EVP_sha256(), NULL);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", hash[i]);
	fake_language("zh_CN");
	f = desk(24, 80);
	fake_type(f, "F");
	fake_key(f, KEYMAP_F0 + 2);
	assert_true(fake_sees(f, "还没有附件"));
	fake_key(f, KEYMAP_F0 + 6);
	fake_type(f, path);
	fake_key(f, '\n');
	fake_type(f, "files.example/1.jpg\n");
	assert_true(fake_sees(f, "195 KB"));
	fake_key(f, KEYMAP_F0 + 2);
	snprintf(part, sizeof part, "\"name\":\"%s\",\"size\":200000,\"sha256\":\"%s\",\"link\":\"https://files.example/1.jpg\"", path + 5, hex);
	assert_act(f, "attach", part);
	/* What lies elsewhere is typed; a slip is asked again; what is taken away again is not sent. */
	fake_type(f, "p已拍照");
	fake_key(f, KEYMAP_F0 + 6);
	fake_type(f, "别处.jpg\nzwölf\n");
	assert_true(fake_sees(f, "字节数应为数字"));
	for (int i = 0; i < 8; i++)
		fake_key(f, 127);
	fake_type(f, "12\n");
	fake_type(f, hex);
	fake_type(f, "\nfiles.example/2.jpg\n");
	assert_true(fake_sees(f, "别处.jpg"));
	fake_key(f, KEYMAP_F0 + 7);
	fake_key(f, KEYMAP_F0 + 2);
	assert_act(f, "progress", "已拍照");
	assert_null(strstr(f->act, "files"));
	/* Somebody leaves while a question is open, and the whole console with it. */
	fake_type(f, "p");
	fake_key(f, KEYMAP_F0 + 6);
	console_close_to(f->c, 1);
	fake_type(f, "p");
	fake_key(f, KEYMAP_F0 + 5);
	console_close_to(f->c, 1);
	fake_free(f);
	unlink(path);
}

static void moments(void **state)
{
	static const struct { const char *typed, *iso; } all[] = { { "18:00", "2026-11-22T18:00:00+08:00" }, { "09:00", "2026-11-23T09:00:00+08:00" },
		{ "12-01 08:30", "2026-12-01T08:30:00+08:00" }, { "01-02 08:30", "2027-01-02T08:30:00+08:00" }, { "2027-03-01 00:00", "2027-03-01T00:00:00+08:00" },
		{ "2026-11-24T09:00:00+08:00", "2026-11-24T09:00:00+08:00" }, { "2026-11-21 09:00", NULL }, { "25:00", NULL }, { "02-30 09:00", NULL },
		{ "tomorrow", NULL }, { "", NULL } };
	char iso[40];
	usec_t t;

	(void)state;
	clock_zone("Asia/Shanghai");
	for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
		bool good = moment_read(all[i].typed, FAKE_NOW, &t);

		if (good != (all[i].iso != NULL))
			fail_msg("“%s”: %s", all[i].typed, good ? "taken" : "refused");
		if (good) {
			clock_rfc3339(t, iso);
			assert_string_equal(iso, all[i].iso);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(golden_desk), cmocka_unit_test(keys_act), cmocka_unit_test(files_of_this_machine), cmocka_unit_test(moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
