/* What leaves the house: signatures, letters out of hostile values, requests to gateways, who may be called. With `serve DIR` it is a receiver
 * for the end-to-end tests, with `certificate DIR` it makes one's certificate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <sys/stat.h>
#include <cmocka.h>
#include <jansson.h>
#include "core/base/clean.h"
#include "core/base/utf8.h"
#include "core/daemon/carrier_out.h"
#include "core/feed/answer.h"
#include "core/feed/gateway.h"
#include "core/feed/hmac.h"
#include "core/feed/letter.h"
#include "core/feed/receivers.h"
#include "tests/tools/receiver.h"

/* --- signatures: RFC 4231 ------------------------------------------------------------------------------------------ */

static void hex_of(const unsigned char *sum, char out[65])
{
	for (int i = 0; i < HMAC_BYTES; i++)
		sprintf(out + 2 * i, "%02x", sum[i]);
}

static void test_vectors(void **state)
{
	static const struct { const char *key; size_t key_len; const char *data; size_t len; const char *want; } v[] = {
		{ "\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b\x0b", 20, "Hi There", 8,
		  "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
		{ "Jefe", 4, "what do ya want for nothing?", 28, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	};
	unsigned char sum[HMAC_BYTES];
	char hex[65], big_key[131];

	(void)state;
	for (size_t i = 0; i < sizeof v / sizeof v[0]; i++) {
		assert_true(hmac_sha256(v[i].key, v[i].key_len, v[i].data, v[i].len, sum));
		hex_of(sum, hex);
		assert_string_equal(hex, v[i].want);
	}
	memset(big_key, 0xaa, sizeof big_key); /* test case 6: a key longer than a block */
	assert_true(hmac_sha256(big_key, sizeof big_key, "Test Using Larger Than Block-Size Key - Hash Key First", 54, sum));
	hex_of(sum, hex);
	assert_string_equal(hex, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

static void test_signature(void **state)
{
	char s[SIGNATURE_SIZE], other[SIGNATURE_SIZE];
	const char *body = "{\"kind\":\"dispatch\"}";

	(void)state;
	assert_true(hmac_sign("secret", 6, 1732280000, body, strlen(body), s));
	assert_memory_equal(s, "t=1732280000,v1=", 16);
	assert_int_equal(strlen(s), 16 + 64);
	assert_true(hmac_verify("secret", 6, 1732280100, 300, s, body, strlen(body)));
	assert_false(hmac_verify("secret", 6, 1732280301, 300, s, body, strlen(body))); /* too old */
	assert_false(hmac_verify("secret", 6, 1732279000, 300, s, body, strlen(body))); /* from the future */
	assert_false(hmac_verify("Secret", 6, 1732280100, 300, s, body, strlen(body)));
	assert_false(hmac_verify("secret", 6, 1732280100, 300, s, body, strlen(body) - 1));
	memcpy(other, s, sizeof s);
	other[11] = '1'; /* another time under the same sum */
	assert_false(hmac_verify("secret", 6, 1732280100, 300, other, body, strlen(body)));
	assert_false(hmac_verify("secret", 6, 1732280100, 300, "", body, strlen(body)));
	assert_false(hmac_verify("secret", 6, 1732280100, 300, "t=1732280000", body, strlen(body)));
}

/* --- letters -------------------------------------------------------------------------------------------------------- */

static const char *written(struct buf *b, const char *template, const char *fields, int parts)
{
	json_t *f = json_loads(fields, 0, NULL);

	assert_non_null(f);
	buf_reset(b);
	letter_write(b, template, f, parts);
	json_decref(f);
	return buf_text(b);
}

static void test_letters(void **state)
{
	struct buf b = { 0 };

	(void)state;
	assert_string_equal(written(&b, "您反映的“【title】”（【number】）已转【unit】", "{\"title\":\"路灯不亮\",\"number\":\"261122-000012-3\",\"unit\":\"城管局\"}", 0),
	    "您反映的“路灯不亮”（261122-000012-3）已转城管局");
	assert_string_equal(written(&b, "【a】【b】【c】", "{\"a\":\"1\"}", 0), "1");
	assert_string_equal(written(&b, "没有字段", "{}", 0), "没有字段");
	assert_string_equal(written(&b, "未完【a", "{\"a\":\"1\"}", 0), "未完【a");
	/* A value is one line, without fields, signatures, controls or directions of its own. */
	assert_string_equal(written(&b, "<【t】>", "{\"t\":\"【中国银行】转账\\n请点 \\u001b[31mhttp://x\\u202e\\u0007\",\"中国银行\":\"!\"}", 0), "<[中国银行]转账 请点 http://x>");
	assert_string_equal(written(&b, "<【t】>", "{\"t\":\"【number】\",\"number\":\"1\"}", 0), "<[number]>");
	assert_string_equal(written(&b, "<【t】>", "{\"t\":\"、。「」\"}", 0), "<、。「」>"); /* share a first byte with 【 */
	assert_string_equal(written(&b, "<【n】>", "{\"n\":7}", 0), "<>"); /* only texts are fields */
	buf_free(&b);
}

static void test_parts(void **state)
{
	struct buf b = { 0 }, fields = { 0 };
	struct sms_size z;

	(void)state;
	z = sms_measure("hello", 5);
	assert_true(z.gsm && z.places == 5 && z.parts == 1);
	z = sms_measure("{€}", strlen("{€}"));
	assert_true(z.gsm && z.places == 6);
	z = sms_measure("`", 1);
	assert_false(z.gsm);
	z = sms_measure("路灯", strlen("路灯"));
	assert_true(!z.gsm && z.places == 2 && z.parts == 1);
	z = sms_measure("\xF0\x9F\x92\xA1", 4);
	assert_int_equal(z.places, 2);
	z = sms_measure("", 0);
	assert_int_equal(z.parts, 0);
	for (int i = 0; i < 161; i++)
		buf_putc(&b, 'x');
	assert_int_equal(sms_measure(b.data, 160).parts, 1);
	assert_int_equal(sms_measure(b.data, 161).parts, 2);
	buf_puts(&fields, "{\"n\":\"261122-000012-3\",\"t\":\"");
	for (int i = 0; i < 300; i++)
		buf_puts(&fields, "字");
	buf_puts(&fields, "\"}");
	for (int parts = 1; parts <= 5; parts++) {
		written(&b, "【n】：【t】。请评价", buf_text(&fields), parts);
		z = sms_measure(buf_text(&b), b.len);
		assert_int_equal(z.parts, parts); /* full, not over */
		assert_true(z.places > (parts == 1 ? 69 : parts * 67 - 2) || parts == 5);
		assert_non_null(strstr(buf_text(&b), "261122-000012-3：字"));
		assert_non_null(strstr(buf_text(&b), parts < 5 ? "…。请评价" : "。请评价"));
		assert_true(utf8_valid(buf_text(&b), b.len));
	}
	/* A template longer than it may be is cut. */
	buf_reset(&fields);
	for (int i = 0; i < 100; i++)
		buf_puts(&fields, "长");
	written(&b, buf_text(&fields), "{}", 1);
	assert_int_equal(sms_measure(buf_text(&b), b.len).places, 70);
	buf_free(&fields);
	buf_free(&b);
}

/* --- gateways ------------------------------------------------------------------------------------------------------- */

static void test_gateway(void **state)
{
	static const struct gateway_message m = { "13800000001", "路灯&text=假\"}\\\n{key}", "k-1" };
	struct buf b = { 0 };
	json_t *j;

	(void)state;
	gateway_fill(&b, "phone={phone}&text={text}&key={key}", GATEWAY_QUERY, &m);
	assert_string_equal(buf_text(&b), "phone=13800000001&text=%E8%B7%AF%E7%81%AF%26text%3D%E5%81%87%22%7D%5C%0A%7Bkey%7D&key=k-1");
	buf_reset(&b);
	gateway_fill(&b, "{\"to\":[\"{phone}\"],\"msg\":{\"text\":\"{text}\"},\"id\":\"{key}\"}", GATEWAY_JSON, &m);
	j = json_loads(buf_text(&b), 0, NULL);
	assert_non_null(j);
	assert_string_equal(json_string_value(json_object_get(json_object_get(j, "msg"), "text")), m.text);
	assert_int_equal(json_object_size(j), 3);
	json_decref(j);
	buf_reset(&b);
	gateway_fill(&b, "X-Id: {key} {text}", GATEWAY_PLAIN, &m);
	assert_string_equal(buf_text(&b), "X-Id: k-1 {text}"); /* no message in a header */
	buf_free(&b);
}

/* --- who may be called ---------------------------------------------------------------------------------------------- */

static void test_receivers(void **state)
{
	static const char text[] = "# units\nhttps://zj.example/fenbo/ idempotent 0123456789abcdef\r\n\n  http://10.0.0.7:8080 once abcdefghijklmnop\n"
	    "https://zj.example/fenbo/deep once AAAAAAAAAAAAAAAAAAAA";
	static const struct { const char *url; int line; const char *path; } cases[] = {
		{ "https://zj.example/fenbo/x?a=b", 0, "/fenbo/x?a=b" }, { "https://ZJ.example:443/fenbo", 0, "/fenbo" },
		{ "https://zj.example/fenbo/deep/er", 2, "/fenbo/deep/er" }, { "https://zj.example/fenbo/deeper", 0, "/fenbo/deeper" },
		{ "http://10.0.0.7:8080/any", 1, "/any" }, { "http://10.0.0.7:8080?x=1", 1, "/?x=1" },
		{ "https://zj.example/fenbox", -1, NULL }, { "https://zj.example/", -1, NULL }, { "http://zj.example/fenbo/", -1, NULL },
		{ "https://zj.example:8443/fenbo/", -1, NULL }, { "https://zj.example.evil/fenbo/", -1, NULL }, { "https://zj.example@evil/fenbo/", -1, NULL },
		{ "https://evil/?https://zj.example/fenbo/", -1, NULL }, { "https://zj.example/fenbo/../admin", -1, NULL },
		{ "https://zj.example/fenbo/%2e%2E/admin", -1, NULL }, { "https://zj.example/fenbo/.%2e/admin", -1, NULL },
		{ "https://zj.example/fenbo/..%2Fadmin", -1, NULL }, { "https://zj.example/fenbo%2f..", -1, NULL }, { "https://zj.example/fenbo/%5c..%5Cx", -1, NULL },
		{ "https://zj.example/fenbo/?u=%2e%2e%2f", 0, "/fenbo/?u=%2e%2e%2f" }, { "https://zj.example/fenbo/%E4%B8%80", 0, "/fenbo/%E4%B8%80" },
		{ "https://zj.example/fenbo/#x", -1, NULL }, { "https://zj.example/fenbo/ x", -1, NULL }, { "https://zj.example/fenbo/\r\nX: y", -1, NULL },
		{ "http://10.0.0.7/", -1, NULL }, { "http://10.0.0.70:8080/", -1, NULL }, { "file:///etc/passwd", -1, NULL }, { "13800000001", -1, NULL }, { "", -1, NULL },
	};
	static const char *const bad[] = { "https://a.example/ idempotent", "ftp://a.example/ once 0123456789abcdef", "https://a.example/ twice 0123456789abcdef",
		"https://a.example/ once short", "https://a.example/?q once 0123456789abcdef", "https://a.example/ once 0123456789abcdef more" };
	struct receivers r;
	struct receiver_target t;
	struct err e;

	(void)state;
	assert_true(receivers_parse(text, strlen(text), &r, &e));
	assert_int_equal(r.count, 3);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		const struct receiver *found = receivers_find(&r, cases[i].url, &t);

		if ((found ? (int)(found - r.list) : -1) != cases[i].line)
			fail_msg("%s: line %d", cases[i].url, found ? (int)(found - r.list) : -1);
		if (found)
			assert_string_equal(t.path, cases[i].path);
	}
	assert_true(r.list[0].idempotent && !r.list[1].idempotent);
	receivers_free(&r);
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		assert_false(receivers_parse(bad[i], strlen(bad[i]), &r, &e));
		assert_string_equal(e.field, "line 1");
		assert_null(r.list);
	}
	assert_true(receivers_load("", &r, &e));
	assert_int_equal(r.count, 0);
	assert_false(receivers_load("/does/not/exist", &r, &e));
}

/* --- requests ------------------------------------------------------------------------------------------------------- */

static void test_requests(void **state)
{
	static const char lines[] = "https://zj.example/hook once 0123456789abcdef";
	struct out_conf conf = { .parts = 2, .deadline_ms = 1000, .gateway_base = "http://gw.example:80", .gateway_path = "/send",
		.gateway_body = "p={phone}&t={text}", .nheaders = 1, .headers = { "Authorization: Bearer gw" } };
	struct out_letter l = { .key = "k-1", .kind = "dispatch", .address = "https://zj.example/hook/1", .template = "新派件【title】",
		.fields = "{\"title\":\"路灯\"}", .payload = "{\"key\":\"k-1\",\"kind\":\"dispatch\"}" };
	struct out_request r;
	struct buf why = { 0 };
	struct err e;

	(void)state;
	assert_true(receivers_parse(lines, strlen(lines), &conf.receivers, &e));
	assert_int_equal(out_request_make(&conf, &l, INT64_C(1732280000) * USEC_S, &r, &why), OUT_SEND);
	assert_string_equal(buf_text(&r.body), "{\"key\":\"k-1\",\"kind\":\"dispatch\",\"text\":\"新派件路灯\"}");
	assert_string_equal(r.base, "https://zj.example:443");
	assert_string_equal(r.request.path, "/hook/1");
	assert_true(r.once && r.request.once && !strcmp(r.request.idempotency_key, "k-1"));
	assert_true(hmac_verify("0123456789abcdef", 16, 1732280000, 0, r.list[0] + strlen("Fenbo-Signature: "), buf_text(&r.body), r.body.len));
	assert_string_equal(r.list[1], "Fenbo-Event: dispatch");
	assert_null(r.list[2]);
	out_request_free(&r);
	l.address = "http://169.254.169.254/latest/meta-data";
	assert_int_equal(out_request_make(&conf, &l, 0, &r, &why), OUT_REFUSED);
	out_request_free(&r);
	l.address = "13800000001";
	assert_int_equal(out_request_make(&conf, &l, 0, &r, &why), OUT_SEND);
	assert_string_equal(buf_text(&r.body), "p=13800000001&t=%E6%96%B0%E6%B4%BE%E4%BB%B6%E8%B7%AF%E7%81%AF");
	assert_string_equal(r.list[0], "Authorization: Bearer gw");
	out_request_free(&r);
	conf.gateway_base[0] = '\0';
	assert_int_equal(out_request_make(&conf, &l, 0, &r, &why), OUT_UNADDRESSED);
	out_request_free(&r);
	buf_free(&why);
	out_conf_free(&conf);
}

/* Two values as long as they may be, of characters of four bytes: the message still fits, and no character is cut through. */
static void test_long_values(void **state)
{
	static const char lines[] = "https://zj.example/hook once 0123456789abcdef";
	struct out_conf conf = { .parts = 5, .gateway_base = "http://gw.example:80", .gateway_path = "/send?p={phone}", .gateway_body = "{\"t\":\"{text}\"}",
		.gateway_json = true };
	struct buf fields = { 0 }, why = { 0 };
	struct out_letter l = { .key = "k", .kind = "result", .address = "13800000001", .template = "【text】；【reason】。请评价", .payload = "{}" };
	struct out_request r;
	struct sms_size z;
	struct err e;
	const char *text;
	json_t *j;

	(void)state;
	assert_true(receivers_parse(lines, strlen(lines), &conf.receivers, &e));
	buf_puts(&fields, "{\"text\":\"");
	for (int i = 0; i < 2500; i++)
		buf_puts(&fields, "𠀀");
	buf_puts(&fields, "\",\"reason\":\"");
	for (int i = 0; i < 2500; i++)
		buf_puts(&fields, "、");
	buf_puts(&fields, "\"}");
	l.fields = buf_text(&fields);
	for (int i = 0; i < 2; i++) {
		l.address = i ? "https://zj.example/hook" : "13800000001";
		assert_int_equal(out_request_make(&conf, &l, 0, &r, &why), OUT_SEND);
		assert_non_null(j = json_loads(buf_text(&r.body), 0, NULL)); /* only valid UTF-8 is JSON */
		assert_non_null(text = json_string_value(json_object_get(j, i ? "text" : "t")));
		z = sms_measure(text, strlen(text));
		assert_true(i ? utf8_count(text, strlen(text)) == 2 * 2000 + strlen("；。请评价") / 3 : z.parts == 5);
		assert_non_null(strstr(text, "。请评价"));
		json_decref(j);
		out_request_free(&r);
	}
	buf_free(&fields);
	buf_free(&why);
	receivers_free(&conf.receivers);
}

/* What of the configuration is refused, and what a gateway's words mean. */
static void test_configuration(void **state)
{
	char path[] = "/tmp/fenbo-outgoing-XXXXXX", at[64], url[600], said[100];
	struct conf conf = { .sms_url = "http://gw.example/send", .sms_body = at, .sms_parts = 1, .sms_type = "json", .sms_method = "POST",
		.sms_accepted = "", .sms_again = "LIMIT_CONTROL|Throttling", .sms_headers = "", .outbox_receivers = "", .outbox_ca_file = "" };
	int fd = mkstemp(path);
	struct out_conf out;
	struct err e;

	(void)state;
	assert_true(fd >= 0 && dprintf(fd, "{\"p\":\"{phone}\",\"t\":\"{text}\"}\n") > 0);
	close(fd);
	snprintf(at, sizeof at, "@%s", path);
	assert_true(out_conf_load(&out, &conf, &e));
	assert_true(out_later(&out, "{\"Code\":\"isv.BUSINESS_LIMIT_CONTROL\"}"));
	assert_false(out_later(&out, "{\"Code\":\"isv.MOBILE_NUMBER_ILLEGAL\"}"));
	assert_false(out_later(&out, ""));
	snprintf(said, sizeof said, "illegal 8613800000001, id 13900000000123; 13800000001");
	out_hide("13800000001", said);
	assert_string_equal(said, "illegal 86138****0001, id 13900000000123; 138****0001");
	out_hide("+85291234567", said);
	snprintf(said, sizeof said, "+85291234567 https://zj.example/");
	out_hide("+85291234567", said);
	assert_string_equal(said, "+852****4567 https://zj.example/");
	out_hide("https://zj.example/", said);
	out_hide("", said);
	assert_string_equal(said, "+852****4567 https://zj.example/");
	out_conf_free(&out);
	chmod(path, 0644); /* the account's password may stand in it */
	assert_false(out_conf_load(&out, &conf, &e));
	assert_string_equal(e.field, "sms.body");
	unlink(path);
	conf.sms_type = "form";
	conf.sms_body = "{phone}{text}";
	snprintf(url, sizeof url, "http://gw.example/%0230d", 0);
	conf.sms_url = url;
	assert_true(out_conf_load(&out, &conf, &e));
	assert_string_equal(out.gateway_path, url + strlen("http://gw.example")); /* whole */
	out_conf_free(&out);
}

/* --- when to come again --------------------------------------------------------------------------------------------- */

static bool no_body(void *ctx, const char *bytes, size_t len)
{
	(void)ctx, (void)bytes, (void)len;
	return true;
}

static void test_retry_after(void **state)
{
	static const struct { const char *value; int least, most; } cases[] = {
		{ "120", 120, 120 }, { "0", 0, 0 }, { "999999", 86400, 86400 }, { "-5", 0, 0 }, { "soon", 0, 0 }, { "", 0, 0 },
		{ "Mon, 01 Jan 2001 00:00:00 GMT", 0, 0 }, { "Fri, 31 Dec 2100 23:59:59 GMT", 86400, 86400 }, { "Fri, 31 Xyz 2100 23:59:59 GMT", 0, 0 },
		{ "Fri, 31 anF 2100 23:59:59 GMT", 0, 0 },
	};
	char text[200], date[64];
	time_t soon = time(NULL) + 100;
	struct tm tm;

	(void)state;
	for (size_t i = 0; i <= sizeof cases / sizeof cases[0]; i++) {
		bool fresh = i == sizeof cases / sizeof cases[0];
		struct answer a;
		int n;

		gmtime_r(&soon, &tm);
		strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", &tm);
		n = snprintf(text, sizeof text, "HTTP/1.1 503 Busy\r\nRetry-After: %s\r\nContent-Length: 0\r\n\r\n", fresh ? date : cases[i].value);
		answer_init(&a, no_body, NULL);
		assert_true(answer_take(&a, text, (size_t)n));
		assert_int_equal(a.state, ANSWER_DONE);
		if (a.retry_after_s < (fresh ? 60 : cases[i].least) || a.retry_after_s > (fresh ? 101 : cases[i].most))
			fail_msg("%s: %d", fresh ? date : cases[i].value, a.retry_after_s);
		answer_free(&a);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors), cmocka_unit_test(test_signature), cmocka_unit_test(test_letters), cmocka_unit_test(test_parts),
		cmocka_unit_test(test_gateway), cmocka_unit_test(test_receivers), cmocka_unit_test(test_requests), cmocka_unit_test(test_long_values),
		cmocka_unit_test(test_configuration), cmocka_unit_test(test_retry_after),
	};

	if (argc == 3 && !strcmp(argv[1], "serve"))
		_exit(receiver_serve(argv[2])); /* connections that hang are nobody's leak */
	if (argc == 3 && !strcmp(argv[1], "certificate"))
		return receiver_certificate(argv[2]) ? 0 : 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
