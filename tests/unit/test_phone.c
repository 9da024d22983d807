/* Telephone numbers, however they are written, and their masking. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>
#include "core/base/buf.h"
#include "core/machine/phone.h"

static void
phone(const char *text, const char *digits, int start, int end)
{
	struct field_phone p;

	assert_true(field_phone(text, strlen(text), 0, &p));
	assert_string_equal(p.digits, digits);
	assert_int_equal(p.start, start);
	assert_int_equal(p.end, end);
}

static void
test_phones(void **state)
{
	static const char *const none[] = { "2611220000123", "12345", "138001380001", "第13800号", "", "abc", "1380013", "440306199001011234",
		"一", "一二三四五六七八九", "一三八0013八000", "12345678", "编号27891234", "帐号0400-76828508", "2017年12月28日", "一百三十八元", "第400章", "400 元", "一共800-1000元", "(2017)1234-5678号" };
	struct field_phone p;

	(void)state;
	phone("电话13800138000。", "13800138000", 2, 13);
	phone("１３８００１３８０００", "13800138000", 0, 11);
	phone("138-0013-8000", "13800138000", 0, 13);
	phone("138 0013 8000 谢谢", "13800138000", 0, 13);
	phone("座机0755-12345678转1", "075512345678", 2, 15);
	phone("+8613800138000", "8613800138000", 1, 14);
	phone("一三八零零一三八零零零", "13800138000", 0, 11);
	phone("电话幺三八〇〇幺三八〇〇〇。", "13800138000", 2, 13);
	phone("唯一13800138000", "13800138000", 2, 13);
	phone("办公电话：66253225，", "66253225", 5, 13);
	phone("聯繫電話 27891234", "27891234", 5, 13);
	phone("工单20171228066909，手机13900139000", "13900139000", 19, 30);
	phone("(0755)8456-7890转801", "075584567890", 1, 15);
	phone("（0755） 84567890", "075584567890", 1, 15);
	phone("0755-8456-7890", "075584567890", 0, 14);
	phone("010 6655 7788", "01066557788", 0, 13);
	phone("+86-755-8456-7890", "8675584567890", 1, 17);
	phone("+86 755 84567890", "8675584567890", 1, 16);
	phone("+86 138 0013 8000", "13800138000", 4, 17);
	phone("138 0013 8000 2018年", "13800138000", 0, 13);
	phone("１３８—００１３—８０００", "13800138000", 0, 13);
	phone("400-800-1234", "4008001234", 0, 12);
	phone("热线4008001234。", "4008001234", 2, 12);
	phone("电话壹叁捌零零壹叁捌零零零", "13800138000", 2, 13);
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		if (field_phone(none[i], strlen(none[i]), 0, &p))
			print_error("taken for a telephone: %s\n", none[i]);
		assert_false(field_phone(none[i], strlen(none[i]), 0, &p));
	}
}

static void
test_masking(void **state)
{
	static const char *const pairs[][2] = {
		{ "打13800138000找我", "打138****8000找我" },
		{ "１３８００１３８０００", "１３８****８０００" },
		{ "138-0013-8000", "138-****-8000" },
		{ "身份证44030619900101123X，车", "身份证4403***********23X，车" },
		{ "两个13800138000、13900139000", "两个138****8000、139****9000" },
		{ "(0755)8456-7890", "(075*)****-7890" },
		{ "400-800-1234", "400-***-1234" },
		{ "打壹叁捌零零壹叁捌零零零", "打壹叁捌****捌零零零" },
		{ "编号2611220000123", "编号2611220000123" },
		{ "\xff" "13800138000", "\xff" "138****8000" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf out = { 0 };

		field_mask(&out, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(buf_text(&out), pairs[i][1]);
		buf_free(&out);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = { cmocka_unit_test(test_phones), cmocka_unit_test(test_masking) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
