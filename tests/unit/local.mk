# One program a module. Others add theirs in the same way from their own local.mk.
check_LIBRARIES += tests/unit/libunit.a
tests_unit_libunit_a_SOURCES = \
	tests/unit/support/fake_redis.c \
	tests/unit/support/fake_redis.h \
	tests/unit/support/patience.c \
	tests/unit/support/patience.h \
	tests/unit/support/unit.c \
	tests/unit/support/unit.h
UNIT_LIBS = tests/unit/libunit.a $(CHECK_LIBS)

unit_base_tests = \
	tests/unit/test_arena \
	tests/unit/test_buf \
	tests/unit/test_config \
	tests/unit/test_crypt \
	tests/unit/test_log \
	tests/unit/test_metric \
	tests/unit/test_small
unit_wire_tests = \
	tests/unit/test_csv \
	tests/unit/test_cursor \
	tests/unit/test_html \
	tests/unit/test_json \
	tests/unit/test_jwt \
	tests/unit/test_mail_text \
	tests/unit/test_markdown \
	tests/unit/test_no_memory \
	tests/unit/test_text \
	tests/unit/test_totp \
	tests/unit/test_words

check_PROGRAMS += $(unit_base_tests) $(unit_wire_tests)
TESTS += $(unit_base_tests) $(unit_wire_tests)

tests_unit_test_arena_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_buf_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_config_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_crypt_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_log_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_metric_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_small_LDADD = $(UNIT_LIBS) $(BASE_LIBS)
tests_unit_test_csv_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_cursor_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_html_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_markdown_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_json_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_jwt_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_mail_text_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_no_memory_LDADD = $(WIRE_LIBS)
tests_unit_test_words_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_text_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_totp_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)

# The stream's codecs and structures.
unit_push_tests = \
	tests/unit/test_bus \
	tests/unit/test_compose \
	tests/unit/test_ends \
	tests/unit/test_flow \
	tests/unit/test_handover \
	tests/unit/test_handover_step \
	tests/unit/test_http_head \
	tests/unit/test_pool \
	tests/unit/test_presence \
	tests/unit/test_redis_sub \
	tests/unit/test_relay \
	tests/unit/test_ring \
	tests/unit/test_snapshot \
	tests/unit/test_state \
	tests/unit/test_stream \
	tests/unit/test_typing \
	tests/unit/test_walk \
	tests/unit/test_wheel \
	tests/unit/test_ws_frame
check_PROGRAMS += $(unit_push_tests)
TESTS += $(unit_push_tests)
tests_unit_test_bus_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_http_head_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
tests_unit_test_compose_SOURCES = tests/unit/test_compose.c push/chunk.c push/commit.c push/compose.c push/control.c push/extra.c \
	push/flow.c push/stream.c push/subs.c push/walk.c push/core/filter.c push/core/idmap.c push/core/pool.c push/core/readers.c \
	push/core/ring.c push/core/slab.c
tests_unit_test_compose_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_ends_SOURCES = tests/unit/test_ends.c push/ends.c push/core/pool.c push/core/slab.c
tests_unit_test_ends_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_flow_SOURCES = tests/unit/test_flow.c push/flow.c push/core/pool.c push/core/ring.c push/core/slab.c
tests_unit_test_flow_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_handover_SOURCES = tests/unit/test_handover.c push/handover.c push/handover_step.c push/core/pool.c \
	push/core/slab.c
tests_unit_test_handover_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_handover_step_SOURCES = tests/unit/test_handover_step.c push/handover_step.c
tests_unit_test_handover_step_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_pool_SOURCES = tests/unit/test_pool.c push/core/pool.c push/core/readers.c push/core/slab.c
tests_unit_test_pool_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_presence_SOURCES = tests/unit/test_presence.c push/core/idmap.c push/core/list.c push/presence.c push/presence_leave.c push/core/slab.c \
	push/core/pool.c push/watch_read.c
tests_unit_test_presence_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_redis_sub_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_relay_SOURCES = tests/unit/test_relay.c push/relay.c push/core/pool.c push/core/slab.c
tests_unit_test_relay_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_ring_SOURCES = tests/unit/test_ring.c push/core/filter.c push/core/idmap.c push/core/pool.c push/core/ring.c push/core/slab.c
tests_unit_test_ring_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_snapshot_SOURCES = tests/unit/test_snapshot.c push/snapshot.c
tests_unit_test_snapshot_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_state_SOURCES = tests/unit/test_state.c push/extra.c push/flow.c push/snapshot.c push/state_load.c push/state_save.c \
	push/stream.c push/subs.c push/core/filter.c push/core/idmap.c push/core/list.c push/core/pool.c push/core/readers.c \
	push/core/ring.c push/core/slab.c
tests_unit_test_state_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c push/extra.c push/flow.c push/stream.c push/subs.c push/core/filter.c \
	push/core/idmap.c push/core/pool.c push/core/readers.c push/core/ring.c push/core/slab.c
tests_unit_test_stream_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_typing_SOURCES = tests/unit/test_typing.c push/extra.c push/flow.c push/stream.c push/subs.c push/typing.c \
	push/core/filter.c push/core/idmap.c push/core/pool.c push/core/readers.c push/core/ring.c push/core/slab.c
tests_unit_test_typing_LDADD = $(UNIT_LIBS) $(DOMAIN_LIBS)
tests_unit_test_walk_SOURCES = tests/unit/test_walk.c push/extra.c push/flow.c push/subs.c push/walk.c push/core/filter.c \
	push/core/pool.c push/core/ring.c push/core/slab.c
tests_unit_test_walk_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_wheel_SOURCES = tests/unit/test_wheel.c push/wheel.c push/core/pool.c push/core/slab.c
tests_unit_test_wheel_LDADD = $(UNIT_LIBS) $(LINK_LIBS)
tests_unit_test_ws_frame_LDADD = $(UNIT_LIBS) $(WIRE_LIBS)
