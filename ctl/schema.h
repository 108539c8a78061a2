/*
 * schema - the SQL this program was built with: migrations in the order of their numbers, then what
 * is repeatable. schema.c is made from sql/ by sql/embed.awk.
 */
#ifndef MOOT_CTL_SCHEMA_H
#define MOOT_CTL_SCHEMA_H

struct schema_file {
	const char *path;	/* "migrate/0001_core.sql", "shape/…", "func/…" */
	const char *text;
};

/* Ends with a row of NULLs. */
extern const struct schema_file schema_files[];

#endif
