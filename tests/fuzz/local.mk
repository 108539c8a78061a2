# A target is fuzz_NAME.c with LLVMFuzzerTestOneInput(). check_NAME runs corpus/NAME in make check;
# with --enable-fuzz there is also fuzz_NAME, and `make fuzz` runs each for FUZZ_SECONDS.
# A new target adds to the three lists and gives its LDADD twice.
FUZZ_DRIVER = tests/fuzz/driver.c tests/fuzz/fuzz.h
FUZZ_SECONDS = 60

fuzz_checks = \
	tests/fuzz/check_bus \
	tests/fuzz/check_cursor \
	tests/fuzz/check_http_head \
	tests/fuzz/check_json \
	tests/fuzz/check_jwt \
	tests/fuzz/check_markdown \
	tests/fuzz/check_snapshot \
	tests/fuzz/check_text \
	tests/fuzz/check_words \
	tests/fuzz/check_ws_frame
check_PROGRAMS += $(fuzz_checks)
TESTS += $(fuzz_checks)

tests_fuzz_check_cursor_SOURCES = tests/fuzz/fuzz_cursor.c $(FUZZ_DRIVER)
tests_fuzz_check_cursor_LDADD = $(WIRE_LIBS)
tests_fuzz_check_json_SOURCES = tests/fuzz/fuzz_json.c $(FUZZ_DRIVER)
tests_fuzz_check_json_LDADD = $(WIRE_LIBS)
tests_fuzz_check_jwt_SOURCES = tests/fuzz/fuzz_jwt.c $(FUZZ_DRIVER)
tests_fuzz_check_jwt_LDADD = $(WIRE_LIBS)
tests_fuzz_check_markdown_SOURCES = tests/fuzz/fuzz_markdown.c $(FUZZ_DRIVER)
tests_fuzz_check_markdown_LDADD = $(WIRE_LIBS)
tests_fuzz_check_snapshot_SOURCES = tests/fuzz/fuzz_snapshot.c push/snapshot.c $(FUZZ_DRIVER)
tests_fuzz_check_snapshot_LDADD = $(LINK_LIBS)
tests_fuzz_check_text_SOURCES = tests/fuzz/fuzz_text.c $(FUZZ_DRIVER)
tests_fuzz_check_text_LDADD = $(WIRE_LIBS)
tests_fuzz_check_words_SOURCES = tests/fuzz/fuzz_words.c $(FUZZ_DRIVER)
tests_fuzz_check_words_LDADD = $(WIRE_LIBS)
tests_fuzz_check_bus_SOURCES = tests/fuzz/fuzz_bus.c $(FUZZ_DRIVER)
tests_fuzz_check_bus_LDADD = $(WIRE_LIBS)
tests_fuzz_check_http_head_SOURCES = tests/fuzz/fuzz_http_head.c $(FUZZ_DRIVER)
tests_fuzz_check_http_head_LDADD = $(WIRE_LIBS)
tests_fuzz_check_ws_frame_SOURCES = tests/fuzz/fuzz_ws_frame.c $(FUZZ_DRIVER)
tests_fuzz_check_ws_frame_LDADD = $(WIRE_LIBS)

if FUZZ
fuzz_programs = \
	tests/fuzz/fuzz_bus \
	tests/fuzz/fuzz_cursor \
	tests/fuzz/fuzz_http_head \
	tests/fuzz/fuzz_json \
	tests/fuzz/fuzz_jwt \
	tests/fuzz/fuzz_markdown \
	tests/fuzz/fuzz_snapshot \
	tests/fuzz/fuzz_text \
	tests/fuzz/fuzz_words \
	tests/fuzz/fuzz_ws_frame
noinst_PROGRAMS += $(fuzz_programs)
FUZZ_LINK = $(AM_LDFLAGS) $(MOOT_FUZZ)

tests_fuzz_fuzz_cursor_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_cursor_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_json_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_jwt_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_jwt_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_markdown_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_markdown_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_snapshot_SOURCES = tests/fuzz/fuzz_snapshot.c push/snapshot.c
tests_fuzz_fuzz_snapshot_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_snapshot_LDADD = $(LINK_LIBS)
tests_fuzz_fuzz_text_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_text_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_words_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_words_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_bus_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_bus_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_http_head_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_http_head_LDADD = $(WIRE_LIBS)
tests_fuzz_fuzz_ws_frame_LDFLAGS = $(FUZZ_LINK)
tests_fuzz_fuzz_ws_frame_LDADD = $(WIRE_LIBS)

fuzz: $(fuzz_programs)
	$(SHELL) $(srcdir)/tests/fuzz/run.sh $(srcdir) $(FUZZ_SECONDS) $(fuzz_programs)
else
fuzz:
	@echo 'configure with --enable-fuzz --enable-asan CC=clang first' >&2; exit 1
endif
.PHONY: fuzz

EXTRA_DIST += tests/fuzz/run.sh
