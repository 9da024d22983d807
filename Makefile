# Fenbo: build, run, test, install. `make help` lists what can be asked for.
#
#   V=1                 show every command
#   SANITIZE=address    or undefined, or address,undefined: builds into its own directory
#   BUILD=dir           where everything built goes (default build/)
#   PREFIX, DESTDIR     for install

MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.2
PREFIX  ?= /usr/local
CC      := $(if $(filter default,$(origin CC)),gcc,$(CC))
Q       := $(if $(V),,@)
SANITIZE ?=
BUILD   ?= build$(if $(SANITIZE),-$(subst $(comma),-,$(SANITIZE)))
comma   := ,

# --- what is needed ------------------------------------------------------------------------------------------------
PKGS    := ncursesw libpq libevent libevent_openssl openssl jansson libxml-2.0
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef -Wvla -Werror
CFLAGS  ?= -O2 -g
# No contraction: what was learnt must be the same bit for bit on processors with and without fused multiply-add.
EXTRA   := -std=gnu11 -D_GNU_SOURCE $(WARN) -fno-common -fstack-protector-strong -ffp-contract=off \
           $(if $(SANITIZE),-fsanitize=$(SANITIZE) -fno-omit-frame-pointer -fno-sanitize-recover=all,-D_FORTIFY_SOURCE=2)
CPP     := -I. -I$(BUILD) -DFENBO_PREFIX='"$(PREFIX)"' -DFENBO_VERSION='"$(VERSION)"'
PC_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PC_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)
LINK    := $(if $(SANITIZE),-fsanitize=$(SANITIZE)) -Wl,--as-needed
LIBS    := $(PC_LIBS) -lcsv -liniparser -lm -lpthread

# --- the rooms -----------------------------------------------------------------------------------------------------
ROOMS   := core/base core/appeal core/machine conf core/feed db
SRC     := $(foreach r,$(ROOMS),$(wildcard $(r)/*.c))
TUI     := $(wildcard tui/*.c)
DAEMON  := $(wildcard core/daemon/*.c)
CTL     := $(wildcard core/ctl/*.c)
objs     = $(patsubst %.c,$(BUILD)/obj/%.o,$(1))
LIB     := $(BUILD)/libfenbo.a
PROGRAMS := $(BUILD)/fenbo $(BUILD)/fenbod $(BUILD)/fenboctl
MAIN    := tui/main.c core/daemon/main.c core/ctl/main.c
MO      := $(patsubst tui/po/%.po,$(BUILD)/locale/%/LC_MESSAGES/fenbo.mo,$(wildcard tui/po/*.po))

.PHONY: all help setup run up down check bench soak golden fuzz install uninstall clean lint
all: $(PROGRAMS) $(MO)

help:
	@sed -n 's/^#: //p' Makefile

#: make run        build, start a private database and daemon, feed samples, open the console
#: make up, down   the same without samples and console; stop it
#: make check      every test, on throw-away clusters and free ports
#: make bench      measure; results go to tests/bench/RESULTS.md
#: make soak       the long tests
#: make golden     write the golden screens anew (review the diff by eye)
#: make install    DESTDIR=… PREFIX=…; make uninstall takes it back
#: make lint       static analysis (cppcheck)

# --- generated -----------------------------------------------------------------------------------------------------
GEN     := $(BUILD)/gen/statements.inc $(BUILD)/gen/schema.inc
SQL     := $(sort $(wildcard db/sql/*.sql))
SCHEMA  := $(sort $(wildcard db/schema/*.sql))

# An SQL file becomes a C string, line by line; comments stay, so that the server's log shows whose statement it was.
$(BUILD)/gen/statements.inc: $(SQL) tests/tools/embed-sql.sh | $(BUILD)/gen
	$(Q)sh tests/tools/embed-sql.sh statements $(SQL) >$@
$(BUILD)/gen/schema.inc: $(SCHEMA) tests/tools/embed-sql.sh | $(BUILD)/gen
	$(Q)sh tests/tools/embed-sql.sh schema $(SCHEMA) >$@
$(BUILD)/gen:
	$(Q)mkdir -p $@
-include core/base/gen/rules.mk
$(GEN): Makefile

# --- objects -------------------------------------------------------------------------------------------------------
$(BUILD)/obj/%.o: %.c $(BUILD)/flags | $(GEN)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  CC    $<")
	$(Q)$(CC) $(EXTRA) $(CFLAGS) $(CPP) $(PC_CFLAGS) -MMD -MP -c $< -o $@

# Objects are made anew when the flags change.
$(BUILD)/flags: FORCE
	@mkdir -p $(BUILD)
	@echo '$(CC) $(EXTRA) $(CFLAGS) $(CPP)' | cmp -s - $@ || echo '$(CC) $(EXTRA) $(CFLAGS) $(CPP)' >$@
FORCE:

$(LIB): $(call objs,$(SRC))
	$(if $(Q),@echo "  AR    $@")
	$(Q)rm -f $@ && ar rcs $@ $^

define program
$$(BUILD)/$(1): $$(call objs,$(2)) $$(LIB)
	$$(if $$(Q),@echo "  LINK  $$@")
	$$(Q)$$(CC) $$(LINK) $$(CFLAGS) $$^ $$(LIBS) -o $$@
endef
$(eval $(call program,fenbo,$(TUI)))
$(eval $(call program,fenbod,$(DAEMON)))
$(eval $(call program,fenboctl,$(CTL)))

$(BUILD)/locale/%/LC_MESSAGES/fenbo.mo: tui/po/%.po
	@mkdir -p $(@D)
	$(Q)msgfmt --check-format -o $@ $<

# --- tests ---------------------------------------------------------------------------------------------------------
# A C test is one program per module and links everything but the three main files.
CTESTS  := $(wildcard tests/unit/test_*.c tests/feed/test_*.c tests/tui/test_*.c tests/db/test_*.c tests/race/test_*.c)
FUZZERS := $(wildcard tests/fuzz/fuzz_*.c)
BENCHES := $(wildcard tests/bench/*.c)
INSIDES := $(call objs,$(filter-out $(MAIN),$(TUI) $(DAEMON) $(CTL)))
SUPPORT := $(call objs,$(wildcard tests/tools/*.c))
PARTLIB := $(BUILD)/libparts.a

$(PARTLIB): $(INSIDES) $(SUPPORT)
	$(Q)rm -f $@ && ar rcs $@ $^
$(BUILD)/tests/bench/%: $(BUILD)/obj/tests/bench/%.o $(PARTLIB) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LINK) $(CFLAGS) $^ $(LIBS) -o $@
$(BUILD)/tests/fuzz/%: $(BUILD)/obj/tests/fuzz/%.o $(BUILD)/obj/tests/fuzz/replay.o $(PARTLIB) $(LIB)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LINK) $(CFLAGS) $^ $(LIBS) -o $@
$(BUILD)/tests/%: $(BUILD)/obj/tests/%.o $(PARTLIB) $(LIB)
	@mkdir -p $(@D)
	$(if $(Q),@echo "  TEST  $<")
	$(Q)$(CC) $(LINK) $(CFLAGS) $^ -lcmocka $(LIBS) -o $@
.SECONDARY:

TESTBINS := $(patsubst %.c,$(BUILD)/%,$(CTESTS) $(FUZZERS) tests/race/recount.c)

setup:
	$(Q)sh tests/tools/setup.sh build run
check: export FENBO_BUILD := $(abspath $(BUILD))
check:
	$(Q)sh tests/tools/setup.sh build run check
	$(Q)$(MAKE) BUILD=$(BUILD) SANITIZE=$(SANITIZE) all testbins
	$(Q)bash tests/tools/run-tests.sh
testbins: $(TESTBINS)
.PHONY: testbins

bench: export FENBO_BUILD := $(abspath $(BUILD))
bench:
	$(Q)sh tests/tools/setup.sh build run check bench
	$(Q)$(MAKE) BUILD=$(BUILD) all $(patsubst %.c,$(BUILD)/%,$(BENCHES))
	$(Q)bash tests/bench/run.sh
soak: export FENBO_BUILD := $(abspath $(BUILD))
soak:
	$(Q)$(MAKE) BUILD=$(BUILD) SANITIZE=$(SANITIZE) all testbins
	$(Q)FENBO_SOAK=1 bash tests/tools/run-tests.sh
golden: export FENBO_GOLDEN := write
golden: $(filter $(BUILD)/tests/tui/%,$(TESTBINS)) $(MO)
	$(Q)for t in $(filter $(BUILD)/tests/tui/%,$^); do $$t || exit 1; done
lint:
	$(Q)cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr --suppress=missingIncludeSystem \
	  --suppress=varFuncNullUB '-Djson_array_foreach(a,i,v)=for(i=0;(v=json_array_get(a,i));i++)' \
	  '-Djson_object_foreach(o,k,v)=for(k="";(v=json_object_get(o,k));)' \
	  --error-exitcode=1 -I. -I$(BUILD) core conf db tui

# --- run -----------------------------------------------------------------------------------------------------------
run up down: export FENBO_BUILD := $(abspath $(BUILD))
run: setup
	$(Q)$(MAKE) BUILD=$(BUILD) all
	$(Q)bash db/cluster/fenbo-run.sh
up: setup
	$(Q)$(MAKE) BUILD=$(BUILD) all
	$(Q)bash db/cluster/fenbo-up.sh
down:
	$(Q)bash db/cluster/fenbo-down.sh

# --- install -------------------------------------------------------------------------------------------------------
MAN     := $(wildcard man/*.[1-9])
SHIPPED := $(wildcard conf/*.ini conf/*.csv)
COMPLETION := bash-completion/completions/fenboctl zsh/site-functions/_fenboctl fish/vendor_completions.d/fenboctl.fish
install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/fenbo
	install -m 755 $(BUILD)/fenbo $(BUILD)/fenboctl $(BUILD)/fenbod $(DESTDIR)$(PREFIX)/bin/
	install -m 644 $(SHIPPED) $(DESTDIR)$(PREFIX)/share/fenbo/
	for m in $(MAN); do d=$(DESTDIR)$(PREFIX)/share/man/man$${m##*.}; install -d $$d && install -m 644 $$m $$d/ || exit 1; done
	for m in $(MO:$(BUILD)/locale/%=%); do d=$(DESTDIR)$(PREFIX)/share/locale/$${m%/*}; \
	  install -d $$d && install -m 644 $(BUILD)/locale/$$m $$d/ || exit 1; done
	for c in $(COMPLETION); do d=$(DESTDIR)$(PREFIX)/share/$$c; install -d $${d%/*} && \
	  $(BUILD)/fenboctl completion $$(echo $$c | sed 's/[-/].*//') >$$d && chmod 644 $$d || exit 1; done
uninstall:
	for p in fenbo fenboctl fenbod; do rm -f $(DESTDIR)$(PREFIX)/bin/$$p; done
	rm -rf $(DESTDIR)$(PREFIX)/share/fenbo
	for m in $(MAN); do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${m##*.}/$${m#man/}; done
	for m in $(MO:$(BUILD)/locale/%=%); do rm -f $(DESTDIR)$(PREFIX)/share/locale/$$m; done
	for c in $(COMPLETION); do rm -f $(DESTDIR)$(PREFIX)/share/$$c; done

clean:
	rm -rf $(BUILD)

-include $(shell find $(BUILD)/obj -name '*.d' 2>/dev/null)
