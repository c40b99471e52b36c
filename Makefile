# make            build klerod, klero and libklero  -> build/release/
# make run        a service on 127.0.0.1:8080 with a county and a draw in it
# make web        build the pages                   -> web/dist/
# make test       all tests, sanitized              -> build/asan/
# make lint       format, layers, lengths, settings, both compilers
# make help       all targets
#
# Variables: MODE=release|debug|asan|tsan|cover|fuzz  V=1  CC  PREFIX  DESTDIR
#            ONCE=1 COUNTY=0 (run)  ONLY="THING..." (test-api, -web, -faults, -planted, bench)
#            ROUNDS (test-long)
#            FUZZ_S=seconds (fuzz)

# All cores, unless you say -j yourself.
ifeq ($(MAKELEVEL)$(filter clean,$(MAKECMDGOALS)),0)
MAKEFLAGS += -j$(shell nproc)
endif

MODE    ?= release
PREFIX  ?= /usr/local
FUZZ_S  ?= 60
ROUNDS  ?= 6
B       := build/$(MODE)
RELEASE := 0.1.0
VERSION := $(shell git describe --always --dirty 2>/dev/null || echo $(RELEASE))
ABI     := 0
PKGS    := jansson libsodium libcrypto gmp
# Not in Debian 12; where it is, it verifies BLS signatures in place of ours.
ifeq ($(shell pkg-config --exists libblst 2>/dev/null && echo yes),yes)
PKGS     += libblst
CPPFLAGS += -DKLERO_BLST
endif
DAEMON_PKGS := libmicrohttpd libmariadb libcurl liboath zlib libzip expat \
	libmagic

# --- flags ----------------------------------------------------------------
WARNINGS := -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes \
	-Wmissing-prototypes -Wwrite-strings -Wvla -Wundef -Wswitch-enum \
	-Wformat=2 -Wpointer-arith -Werror
CPPFLAGS += -D_GNU_SOURCE
CFLAGS_release := -O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
	-fstack-clash-protection -fcf-protection=full
CFLAGS_debug   := -O0
CFLAGS_asan    := -O1 -fsanitize=address,undefined -fno-sanitize-recover=all
CFLAGS_tsan    := -O1 -fsanitize=thread
CFLAGS_cover   := -O0 --coverage
CFLAGS_fuzz    := -O2 -fsanitize=fuzzer,address,undefined \
	-fno-sanitize-recover=all
LDFLAGS_release := -pie -Wl,-z,relro,-z,now,-z,noexecstack
ALL_CFLAGS  = -std=gnu17 -g -pthread -fPIC $(WARNINGS) $(CFLAGS_$(MODE)) $(CFLAGS)
ALL_LDFLAGS = $(CFLAGS_$(MODE)) -pthread $(LDFLAGS)

# --- what there is --------------------------------------------------------
LIB     := $(wildcard lib/*.c)
DAEMON  := $(filter-out service/main_cli.c,$(wildcard service/*.c \
	service/resources/*.c service/jobs/*.c))
# The command knows every kind of object, too: klero fsck.
CLI     := service/main_cli.c $(wildcard service/commands/*.c) \
	$(filter-out service/main_daemon.c,$(DAEMON))
UNIT    := $(wildcard tests/unit/test_*.c)
BESIDE  := $(wildcard tests/service/test_*.c)
# Of the faults, those that make test has time for: not the minutes of drip,
# close and clean.
FAULTS_SHORT := history oracle snapshot backup cut kill mariadbd fsck \
	gate oom syscall disk clock
BENCH   := $(wildcard tests/bench/*.c)
WRITERS := $(wildcard tests/node/*.c)
FUZZ    := $(wildcard tests/fuzz/fuzz_*.c)
BLST    := klero $(addprefix tests/unit/test_,bls beacon pack_beacon)
FAULTS  := $(patsubst tests/faults/%.test.mjs,%,$(wildcard tests/faults/*.test.mjs))
SOURCES := $(wildcard $(foreach dir,lib service service/* tests/*,$(dir)/*.[ch]))
MIGRATIONS := $(sort $(wildcard migrations/[0-9]*.sql))
UNITS   := klerod.service klero-fsck.service klero-fsck.timer \
	klero-witness.service
PAGES   := $(shell find web/src web/public -type f) $(wildcard web/*.ts web/*.html) \
	web/tsconfig.json web/package.json
SCRIPTS := $(wildcard .ci/run ops/*.sh tests/*.sh tests/*/*.sh)
MODULES := $(wildcard ops/*.mjs tests/*/*.mjs)
objects = $(patsubst %.c,$(B)/%.o,$(1))
REPLAY  := $(if $(filter fuzz,$(MODE)),,$(B)/tests/fuzz/replay.o)

.PHONY: always all programs tests deps web run test test-web test-unit test-service test-api \
	test-faults test-long test-blst test-planted fuzz bench lint format install clean help
.PHONY: test-fuzz writers
.SECONDARY:
all: programs $(B)/libklero.a $(B)/libklero.so ## build klerod, klero and libklero (default)

# --- how to make it -------------------------------------------------------
ifneq ($(V),1)
say = @echo "  $(1) $@";
endif

# Each layer sees only the headers of the layers below it.
$(B)/lib/%: INCLUDES := -iquote lib
$(B)/service/%: INCLUDES := -iquote $(B) -iquote lib -iquote service -iquote service/commands -iquote service/resources -iquote service/jobs
$(B)/tests/%: INCLUDES := -iquote lib -iquote tests/unit
$(B)/tests/fuzz/%: INCLUDES := -iquote $(B) -iquote lib -iquote service -iquote service/resources -iquote service/jobs -iquote tests/unit
$(B)/tests/service/%: INCLUDES := -iquote $(B) -iquote lib -iquote service -iquote service/commands -iquote service/resources -iquote service/jobs -iquote tests/unit
$(B)/lib/% $(B)/tests/%: DEPS := $(PKGS)
$(B)/service/% $(B)/tests/service/% $(B)/tests/fuzz/%: DEPS := $(PKGS) $(DAEMON_PKGS)

# The schema a daemon was built for: SCHEMA_VERSION, SCHEMA_SHA256; every file.
$(B)/schema_version.h: migrations $(MIGRATIONS) Makefile
	@mkdir -p $(@D)
	$(call say,GEN)(cat $(lastword $(MIGRATIONS)) /dev/null | sha256sum | sed \
	    's/^\([0-9a-f]*\).*/#define SCHEMA_VERSION $(words $(MIGRATIONS))\n#define SCHEMA_SHA256 "\1"/'; \
	    sha256sum $(MIGRATIONS) | sed -n -e '1i #define SCHEMA_FILES(X) \\' \
	    -e 's,^\([0-9a-f]*\) .*/\(.*\),\tX("\2"\, "\1") \\,p'; echo) > $@
$(call objects,$(wildcard service/*.c service/commands/*.c tests/service/*.c)): | $(B)/schema_version.h

# VERSION, for those that tell it: written anew only when it is another.
$(B)/version.h: always
	@mkdir -p $(@D)
	@echo '#define VERSION "$(VERSION)"' | cmp -s - $@ || \
	    echo '#define VERSION "$(VERSION)"' > $@
$(call objects,$(shell grep -l '"version.h"' service/*.c service/*/*.c)): $(B)/version.h

# README.txt and verify.sh of the pack, as bytes for pack_helper.c.
define embed
@mkdir -p $(@D)
$(call say,GEN)(echo 'static const uint8_t $(basename $(@F))[] = {'; \
    od -An -v -tu1 $< | sed 's/^ *//; s/  */,/g; s/$$/,/'; echo '};') > $@
endef
$(B)/pack_readme.h: service/pack/README.txt Makefile
	$(embed)
$(B)/pack_verify.h: service/pack/verify.sh Makefile
	$(embed)
$(B)/service/pack_helper.o: $(B)/pack_readme.h $(B)/pack_verify.h

$(B)/%.o: %.c Makefile
	@mkdir -p $(@D)
	$(call say,CC )$(CC) $(INCLUDES) $(CPPFLAGS) $(ALL_CFLAGS) \
	    $(shell pkg-config --cflags $(DEPS) | sed 's/-I/-isystem /g') \
	    -MMD -MP -c $< -o $@

$(B)/libklero.a: $(call objects,$(LIB))
	$(call say,AR )rm -f $@ && $(AR) rcs $@ $^
$(B)/libklero.so: $(call objects,$(LIB))
	$(call say,LD )$(CC) $(ALL_LDFLAGS) -shared -Wl,-soname,libklero.so.$(ABI) \
	    $^ -o $@ $(shell pkg-config --libs $(PKGS))
$(B)/klerod: $(call objects,$(DAEMON)) $(B)/libklero.a
$(B)/klero: $(call objects,$(CLI)) $(B)/libklero.a
$(B)/klerod $(B)/klero: LINK := $(PKGS) $(DAEMON_PKGS)
$(B)/tests/fuzz/%: LINK := $(PKGS) $(DAEMON_PKGS)
$(B)/tests/bench/%: DEPS := $(PKGS) $(DAEMON_PKGS)
$(B)/tests/bench/%: LINK := $(PKGS) $(DAEMON_PKGS)
$(B)/tests/unit/% $(B)/tests/node/%: LINK := $(PKGS) cmocka
$(B)/tests/service/test_config: LDFLAGS += -Wl,--wrap=getline,--wrap=__getdelim
$(B)/tests/service/test_market_kept: LDFLAGS += -Wl,--wrap=log_read_head,--wrap=db_query,--wrap=db_next,--wrap=db_finish
$(B)/tests/unit/test_memory $(B)/tests/unit/test_search: LDFLAGS += -Wl,--wrap=realloc,--wrap=calloc
$(B)/tests/unit/test_tally: LDFLAGS += -Wl,--wrap=calloc
$(B)/tests/service/%: LINK := $(PKGS) $(DAEMON_PKGS) cmocka
$(B)/klerod $(B)/klero:
	$(call say,LD )$(CC) $(ALL_LDFLAGS) $(LDFLAGS_$(MODE)) $^ -o $@ \
	    $(shell pkg-config --libs $(LINK))

$(B)/tests/service/%: $(B)/tests/service/%.o $(filter-out %/main_daemon.o,$(call objects,$(DAEMON))) $(B)/libklero.a
	$(call say,LD )$(CC) $(ALL_LDFLAGS) $^ -o $@ $(shell pkg-config --libs $(LINK))
# Of the service only what a fuzzer asks for; libFuzzer brings its own main.
$(B)/libservice.a: $(filter-out %/main_daemon.o,$(call objects,$(DAEMON)))
	$(call say,AR )rm -f $@ && $(AR) rcs $@ $^
$(B)/tests/fuzz/%: $(B)/tests/fuzz/%.o $(REPLAY) $(B)/libservice.a $(B)/libklero.a
	$(call say,LD )$(CC) $(ALL_LDFLAGS) $^ -o $@ $(shell pkg-config --libs $(LINK))
# What these test is beside a command.
COMMAND_TESTS := $(patsubst %.c,$(B)/%,$(wildcard tests/service/test_fsck*.c \
	tests/service/test_witness_*.c))
$(COMMAND_TESTS): %: %.o $(filter-out %/main_cli.o,$(call objects,$(CLI))) $(B)/libklero.a
	$(call say,LD )$(CC) $(ALL_LDFLAGS) $^ -o $@ $(shell pkg-config --libs $(LINK))
$(B)/tests/%: $(B)/tests/%.o $(B)/libklero.a
	$(call say,LD )$(CC) $(ALL_LDFLAGS) $^ -o $@ $(shell pkg-config --libs $(LINK))

# To be preloaded: see tests/faults/oom.test.mjs.
$(B)/tests/faults/%.so: tests/faults/%.c Makefile
	@mkdir -p $(@D)
	$(call say,LD )$(CC) $(CPPFLAGS) -std=gnu17 -O2 -g -fPIC -shared $(WARNINGS) $< -o $@

# --- the pages ------------------------------------------------------------
web: web/dist/verify-lib.mjs ## build the pages: web/dist
web/dist/verify-lib.mjs: web/node_modules/.package-lock.json $(PAGES)
	$(call say,WEB)npm run --prefix web --silent build >/dev/null && touch $@
web/node_modules/.package-lock.json: web/package-lock.json
	$(call say,NPM)npm ci --prefix web --no-audit --no-fund --ignore-scripts \
	    --loglevel=error && touch $@

# --- running --------------------------------------------------------------
deps: ## install the Debian packages to build, run and test
	@ops/bootstrap.sh
run: ## serve a county on 127.0.0.1:8080 and play a draw; ONCE=1 stops after it, COUNTY=0, BEACON=quicknet
	@ONCE=$(ONCE) COUNTY=$(COUNTY) BEACON=$(BEACON) ops/run.sh

# --- checks ---------------------------------------------------------------
test: ## all tests under the address and UB sanitizers, and a count
	@ops/bootstrap.sh build test
	@$(MAKE) MODE=asan programs tests web
	@FAULTS="$(FAULTS_SHORT)" tests/run.sh build/asan unit service fuzz api,node faults,web
test-unit test-service test-fuzz: tests ## the lib; parts of the service; the fuzzers' vectors
	@tests/run.sh $(B) $(@:test-%=%)
test-api: programs ## the daemon against a private MariaDB; ONLY="draw log"
	@tests/run.sh $(B) api $(ONLY)
test-web: programs web ## the pages in a real browser; ONLY="draw"
	@tests/run.sh $(B) web $(ONLY)
test-faults: programs ## faults, a short selection; ONLY="close"
	@tests/run.sh $(B) faults $(ONLY)
test-long: ## all faults, and what chance plays a part in, ROUNDS times
	@ops/bootstrap.sh build test
	@$(MAKE) MODE=asan programs tests
	@$(MAKE) MODE=release programs writers
	@KLERO_FAULTS=long tests/run.sh build/asan faults $(filter-out close,$(FAULTS))
	@KLERO_FAULTS=long tests/run.sh build/release faults close
	@for round in $$(seq $(ROUNDS)); do \
	    tests/run.sh build/asan service api draw_restart || exit 1; done
	@KLERO_COUNTY=1 tests/run.sh build/release api county
	@KLERO_PACKS=10000 KLERO_ALTERED=300 KLERO_LIMITS=1 tests/run.sh build/release node
	@$(MAKE) test-blst
test-blst: ## the beacon's signatures, by libblst in place of our own
	@npm ci --prefix tests --no-audit --no-fund --ignore-scripts --loglevel=error
	@tests/tools/blst.sh build/libblst
	@PKG_CONFIG_PATH=$(CURDIR)/build/libblst $(MAKE) B=build/blst MODE=asan \
	    $(BLST:%=build/blst/%)
	@for program in $(filter tests/%,$(BLST)); do build/blst/$$program || exit 1; done
	@KLERO_BUILD=$(CURDIR)/build/blst node --test tests/node/bls.test.mjs
test-planted: ## plant each bug of tests/faults/planted: its test must find it
	@ops/bootstrap.sh build test
	@$(MAKE) MODE=asan programs tests
	@tests/faults/planted.sh $(addprefix tests/faults/planted/,$(ONLY:%=%.patch))
programs: $(B)/klerod $(B)/klero
writers: $(WRITERS:%.c=$(B)/%)
tests: writers $(UNIT:%.c=$(B)/%) $(BESIDE:%.c=$(B)/%) $(FUZZ:%.c=$(B)/%)
fuzz: ## one minute per parser, from the seeds in tests/vectors
	$(MAKE) MODE=fuzz CC=clang $(FUZZ:%.c=build/fuzz/%)
	for f in $(FUZZ:%.c=build/fuzz/%); do \
	    mkdir -p $$f.corpus && $$f -max_total_time=$(FUZZ_S) -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=$$f. $$f.corpus tests/vectors || exit 1; done
.PHONY: test-tsan test-clang coverage
test-tsan: ## as test, under the thread sanitizer; all takes four times as long
	@ops/bootstrap.sh build test
	@$(MAKE) MODE=tsan programs tests
	@KLERO_SLOWER=4 TSAN_OPTIONS=halt_on_error=1 \
	    tests/run.sh build/tsan unit service fuzz api
test-clang: ## as test, built by clang with its sanitizers
	@ops/bootstrap.sh build test lint
	@$(MAKE) B=build/clang-asan CC=clang MODE=asan programs tests
	@tests/run.sh build/clang-asan unit service fuzz api,node
coverage: ## what the unit tests reach of lib; fails below tests/coverage.mjs
	@ops/bootstrap.sh build test
	@$(MAKE) MODE=cover $(UNIT:%.c=build/cover/%)
	@find build/cover -name '*.gcda' -delete
	@tests/run.sh build/cover unit
	@node tests/coverage.mjs build/cover
bench: ## ratios measured inside one run, and one table; ONLY="page"
	@ops/bootstrap.sh build run bench
	@$(MAKE) MODE=release programs $(BENCH:%.c=build/release/%)
	@KLERO_BUILD=$(abspath build/release) node tests/bench/bench.mjs $(ONLY)
lint: $(B)/libklero.a $(B)/klerod web/node_modules/.package-lock.json ## format, layers, lengths, settings, both compilers
	@clang-format --dry-run --Werror $(SOURCES)
	@tests/lint/layers.sh $(B)/libklero.a
	@tests/lint/lengths.awk $(SOURCES)
	@tests/lint/tree.sh
	@tests/lint/tables.sh
	@tests/lint/planted.sh
	@node tests/lint/words.mjs
	@npm run --prefix web --silent check
	@$(B)/klerod --print-config | diff ops/klerod.conf -
	@for script in $(MODULES); do node --check $$script || exit 1; done
	@if command -v shellcheck >/dev/null; then shellcheck -S warning $(SCRIPTS); fi
	@$(MAKE) B=build/clang CC=clang all tests
	@echo "lint: clean"
format: ## rewrite the sources in the house format
	clang-format -i $(SOURCES)

# --- the rest -------------------------------------------------------------
install: all web ## install under DESTDIR/PREFIX
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/bin $(B)/klerod $(B)/klero
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/include/klero \
	    $(filter-out %_private.h,$(wildcard lib/*.h))
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/lib $(B)/libklero.a
	install -D -m 755 $(B)/libklero.so \
	    $(DESTDIR)$(PREFIX)/lib/libklero.so.$(RELEASE)
	ln -sf libklero.so.$(RELEASE) $(DESTDIR)$(PREFIX)/lib/libklero.so.$(ABI)
	ln -sf libklero.so.$(ABI) $(DESTDIR)$(PREFIX)/lib/libklero.so
	mkdir -p $(DESTDIR)$(PREFIX)/lib/pkgconfig
	sed 's,@PREFIX@,$(PREFIX),;s,@VERSION@,$(RELEASE),;s,@PRIVATE@,$(filter-out jansson,$(PKGS)),' \
	    lib/klero.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/klero.pc
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/klero/migrations $(MIGRATIONS)
	install -D -m 755 -t $(DESTDIR)$(PREFIX)/share/klero/ops ops/database.sh
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/klero/ops ops/accounts.sql \
	    ops/grants.sql ops/my.cnf ops/klerod.conf ops/nginx.conf ops/README.md
	install -D -m 644 -t $(DESTDIR)$(PREFIX)/share/klero/ops/data ops/data/*
	cd web/dist && find . -type f -exec install -D -m 644 {} \
	    $(DESTDIR)$(PREFIX)/share/klero/web/{} \;
	mkdir -p $(DESTDIR)$(PREFIX)/lib/systemd/system
	for unit in $(UNITS); do sed 's,@PREFIX@,$(PREFIX),g' ops/$$unit \
	    > $(DESTDIR)$(PREFIX)/lib/systemd/system/$$unit || exit 1; done
	@test -n "$(DESTDIR)" || ldconfig 2>/dev/null || true
clean: ## remove everything built
	rm -rf build web/dist
help: ## list the targets
	@sed -n 's/^\([a-z-]*\)[^#=]*:[^=].*## /\1\t/p' Makefile | expand -t 14

-include $(shell find build -name '*.d' 2>/dev/null)
