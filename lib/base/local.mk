noinst_LIBRARIES += lib/base/libbase.a
lib_base_libbase_a_SOURCES =

EXTRA_DIST += lib/base/.may_include
