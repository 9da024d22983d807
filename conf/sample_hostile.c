/* Appeals that try to do harm: each must come out of the other end as nothing but text. */
#include "conf/sample_hostile.h"

#include <string.h>

#define ESC "\x1b"

/* Whole or partial attacks; {} is where an everyday text stands. */
static const struct { const char *name, *text; } attacks[] = {
	{ "colour", ESC "[31;5m{}" ESC "[0m" },
	{ "cursor", "{}" ESC "[2J" ESC "[H系统升级，请重新输入密码：" },
	{ "title", ESC "]0;已退出\x07{}" },
	{ "clipboard", "{}" ESC "]52;c;cm0gLXJmIC8=\x07" },
	{ "device", ESC "P$q\"p" ESC "\\{}" ESC "[6n" ESC "[c" },
	{ "c1", "\xc2\x9b" "31m{}\xc2\x9b" "0m\xc2\x9d" "0;x\xc2\x9c" },
	{ "bidi", "{}\xe2\x80\xae" "txt.exe\xe2\x80\xac 文件\xe2\x81\xa6" "abc\xe2\x81\xa9" },
	{ "zero width", "投\xe2\x80\x8b诉\xe2\x80\x8d{}\xef\xbb\xbf\xe2\x80\x8c" },
	{ "marks", "问\xcc\x81\xcc\x82\xcc\x83\xcc\x84\xcc\x85\xcc\x86\xcc\x87\xcc\x88\xcc\x89\xcc\x8a题{}" },
	{ "emoji", "{}👨\xe2\x80\x8d👩\xe2\x80\x8d👧\xe2\x80\x8d👦😡😡🙏\xef\xb8\x8f" },
	{ "formula", "=cmd|'/c calc'!A0 {}" },
	{ "formula plus", "+HYPERLINK(\"http://example.invalid\",\"{}\")" },
	{ "formula at", "@SUM(1+1)*{}" },
	{ "csv", "\",\"{}\",\"\r\n\"第二行\",\"" },
	{ "sql", "'); DROP TABLE fenbo.appeal; -- {}" },
	{ "markup", "<script>alert(1)</script><b>{}</b>&lt;&#x202e;" },
	{ "format", "%s%n%x{}%99999999d" },
	{ "template", "【{}】【】${HOME}{{7*7}}" },
	{ "log", "{}\nts=2026-01-01T00:00:00Z level=error msg=\"伪造的日志\"" },
	{ "sse", "{}\n\nevent: confirm\ndata: {\"id\":\"0\"}\n\n" },
	{ "path", "../../../../etc/passwd {}" },
	{ "control", "\x01\x02\x08\x08\x08{}\x0b\x0c\x7f" },
	{ "arabic", "مرحبا {} שלום" },
	{ "full width", "＝ｃｍｄ｜{}　　　　" },
	{ "private use", "{}\xee\x80\x80\xf3\xb0\x80\x80" },
	{ "tabs", "\t\t\t\t{}\t\t\n\n\n\n\n\n\n\n" },
	{ "bell", "{}\x07\x07\x07\x07" },
};

static void everyday(struct buf *out, const char *pattern, const char *text)
{
	const char *at = strstr(pattern, "{}");

	buf_add(out, pattern, (size_t)(at - pattern));
	buf_puts(out, text);
	buf_puts(out, at + 2);
}

size_t sample_hostile_kinds(void)
{
	return sizeof attacks / sizeof *attacks + 3;
}

void sample_hostile(struct buf *out, size_t kind, const char *text)
{
	size_t n = sizeof attacks / sizeof *attacks;

	if (kind < n) {
		everyday(out, attacks[kind].text, text);
		return;
	}
	switch (kind - n) {
	case 0: /* ten thousand characters without an end to a sentence */
		for (int i = 0; i < 10000; i++)
			buf_puts(out, i % 3 == 0 ? "吵" : i % 3 == 1 ? "死" : "了");
		break;
	case 1: /* the same sentence over and over: what an index of repeats must bear */
		for (int i = 0; i < 300; i++) {
			buf_puts(out, text);
			buf_putc(out, '\n');
		}
		break;
	default: /* one word of 4,000 letters: nowhere to wrap */
		for (int i = 0; i < 4000; i++)
			buf_putc(out, (char)('a' + i % 26));
		break;
	}
}
