# Named statements become lib/link/statements.[ch]; the schema becomes ctl/schema.c, part of moot.
# Both appear in the build folder. Files are taken in byte order of their names.
sql_query = $(sort $(wildcard $(srcdir)/sql/query/*.sql))
sql_schema = \
	$(sort $(wildcard $(srcdir)/sql/migrate/*.sql)) \
	$(sort $(wildcard $(srcdir)/sql/shape/*.sql)) \
	$(sort $(wildcard $(srcdir)/sql/func/*.sql))
sql_statements_awk = $(wildcard $(srcdir)/sql/statements.awk)
sql_embed_awk = $(wildcard $(srcdir)/sql/embed.awk)

BUILT_SOURCES += lib/link/statements.h lib/link/statements.c ctl/schema.c
CLEANFILES += lib/link/statements.h lib/link/statements.c ctl/schema.c

# awk reads standard input when it is given no file, hence /dev/null.
lib/link/statements.h: $(sql_query) $(sql_statements_awk)
	@$(MKDIR_P) lib/link
	$(AM_V_GEN)if test -n "$(sql_statements_awk)"; then \
		$(AWK) -f $(sql_statements_awk) -v mode=h $(sql_query) </dev/null >$@.tmp; \
	else : >$@.tmp; fi && mv -f $@.tmp $@

lib/link/statements.c: $(sql_query) $(sql_statements_awk)
	@$(MKDIR_P) lib/link
	$(AM_V_GEN)if test -n "$(sql_statements_awk)"; then \
		$(AWK) -f $(sql_statements_awk) -v mode=c $(sql_query) </dev/null >$@.tmp; \
	else : >$@.tmp; fi && mv -f $@.tmp $@

ctl/schema.c: $(sql_schema) $(sql_embed_awk)
	@$(MKDIR_P) ctl
	$(AM_V_GEN)if test -n "$(sql_embed_awk)"; then \
		$(AWK) -f $(sql_embed_awk) $(sql_schema) </dev/null >$@.tmp; \
	else : >$@.tmp; fi && mv -f $@.tmp $@
