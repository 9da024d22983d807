# Tables made from the Unicode Character Database (Debian package unicode-data). Included by the Makefile.
UNICODE  ?= /usr/share/unicode
# Debian ships the larger files compressed, other systems plain.
unidata   = $(firstword $(wildcard $(UNICODE)/$(1).bz2 $(UNICODE)/$(1)))
unicat    = $(if $(filter %.bz2,$(1)),bzcat $(1),cat $(1))

UNIGEN   := $(BUILD)/gen/width.inc $(BUILD)/gen/fold.inc $(BUILD)/gen/pinyin.inc
GEN      += $(UNIGEN)
$(UNIGEN): core/base/gen/hex.awk core/base/gen/rules.mk | $(BUILD)/gen

$(BUILD)/gen/width.inc: core/base/gen/width.awk
	$(Q)awk -f core/base/gen/hex.awk -f $< $(UNICODE)/UnicodeData.txt $(UNICODE)/EastAsianWidth.txt >$@.new && mv $@.new $@
$(BUILD)/gen/fold.inc: core/base/gen/fold.awk
	$(Q)$(call unicat,$(call unidata,Unihan_Variants.txt)) | \
	  awk -f core/base/gen/hex.awk -f $< $(UNICODE)/UnicodeData.txt - >$@.new && mv $@.new $@
$(BUILD)/gen/pinyin.inc: core/base/gen/pinyin.awk
	$(Q)$(call unicat,$(call unidata,Unihan_Readings.txt)) | awk -f core/base/gen/hex.awk -f $< >$@.new && mv $@.new $@
