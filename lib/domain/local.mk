noinst_LIBRARIES += lib/domain/libdomain.a
lib_domain_libdomain_a_SOURCES =

EXTRA_DIST += lib/domain/.may_include
