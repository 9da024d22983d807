# Tables made from the Unicode Character Database (Debian package unicode-data). Included by the Makefile.
UNICODE  ?= /usr/share/unicode
# Debian ships the larger files compressed, other systems plain. Each script fails on an empty input, as a pipe would not.
unicat    = $(if $(wildcard $(UNICODE)/$(1).bz2),bzcat $(UNICODE)/$(1).bz2,cat $(UNICODE)/$(1))
uniawk    = awk -f core/base/gen/hex.awk -f $<

UNIGEN   := $(BUILD)/gen/width.inc $(BUILD)/gen/fold.inc $(BUILD)/gen/pinyin.inc
GEN      += $(UNIGEN)
$(UNIGEN): core/base/gen/hex.awk core/base/gen/rules.mk | $(BUILD)/gen

$(BUILD)/gen/width.inc: core/base/gen/width.awk
	$(Q)$(uniawk) $(UNICODE)/UnicodeData.txt $(UNICODE)/EastAsianWidth.txt >$@
$(BUILD)/gen/fold.inc: core/base/gen/fold.awk
	$(Q)$(call unicat,Unihan_Variants.txt) | $(uniawk) $(UNICODE)/UnicodeData.txt - >$@
$(BUILD)/gen/pinyin.inc: core/base/gen/pinyin.awk
	$(Q)$(call unicat,Unihan_Readings.txt) | $(uniawk) >$@
