# The load generator's programs, libc is all they need. tests/bench/run runs them; make check only sees
# that they compile, and that the rest of it is found.
dist_check_SCRIPTS += tests/bench/test_starts.sh
TESTS += tests/bench/test_starts.sh
check_PROGRAMS += tests/bench/load tests/bench/publish tests/bench/writer

tests_bench_load_SOURCES = \
	tests/bench/conn.c \
	tests/bench/decode.c \
	tests/bench/load.c \
	tests/bench/load.h \
	tests/bench/scan.c \
	tests/bench/shared.c \
	tests/bench/shared.h \
	tests/bench/stats.c
tests_bench_publish_SOURCES = \
	tests/bench/pgsql.c \
	tests/bench/pgsql.h \
	tests/bench/publish.c \
	tests/bench/shared.c \
	tests/bench/shared.h
tests_bench_writer_SOURCES = \
	tests/bench/shared.c \
	tests/bench/shared.h \
	tests/bench/writer.c

bench-programs: tests/bench/load$(EXEEXT) tests/bench/publish$(EXEEXT) tests/bench/writer$(EXEEXT)
.PHONY: bench-programs
