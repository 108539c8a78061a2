# Named statements become lib/link/statements.[ch]; the schema becomes ctl/schema.c, part of moot.
# Both appear in the build folder. Files are taken in byte order of their names.
sql_migrate = $(sort $(wildcard $(srcdir)/sql/migrate/*.sql))
sql_query = $(sort $(wildcard $(srcdir)/sql/query/*.sql))
sql_schema = $(sql_migrate) \
	$(sort $(wildcard $(srcdir)/sql/shape/*.sql)) \
	$(sort $(wildcard $(srcdir)/sql/func/*.sql))
sql_statements_awk = $(srcdir)/sql/statements.awk
sql_embed_awk = $(srcdir)/sql/embed.awk

EXTRA_DIST += sql/statements.awk sql/embed.awk
BUILT_SOURCES += lib/link/statements.h lib/link/statements.c ctl/schema.c
CLEANFILES += lib/link/statements.h lib/link/statements.c ctl/schema.c

# The migrations are only counted: their highest number becomes SCHEMA_VERSION.
lib/link/statements.h: $(sql_migrate) $(sql_query) $(sql_statements_awk)
	@$(MKDIR_P) lib/link
	$(AM_V_GEN)$(AWK) -f $(sql_statements_awk) -v mode=h $(sql_migrate) $(sql_query) >$@.tmp \
		&& mv -f $@.tmp $@

lib/link/statements.c: $(sql_migrate) $(sql_query) $(sql_statements_awk)
	@$(MKDIR_P) lib/link
	$(AM_V_GEN)$(AWK) -f $(sql_statements_awk) -v mode=c $(sql_migrate) $(sql_query) >$@.tmp \
		&& mv -f $@.tmp $@

ctl/schema.c: $(sql_schema) $(sql_embed_awk)
	@$(MKDIR_P) ctl
	$(AM_V_GEN)$(AWK) -f $(sql_embed_awk) $(sql_schema) >$@.tmp && mv -f $@.tmp $@
