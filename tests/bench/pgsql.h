/*
 * pgsql - as much of Postgres' wire protocol (version 3) as simple queries by trust need.
 */
#ifndef BENCH_PGSQL_H
#define BENCH_PGSQL_H

#include <stddef.h>

struct pgsql;

/* ref and data are views into the answer, valid until the callback returns. */
typedef void pgsql_row(
    void *ctx, const char *ref, size_t ref_len, const char *data, size_t data_len);

/* Ends the program when it cannot. */
struct pgsql *pgsql_open(const char *path, const char *user, const char *database);
/* Runs one query in a transaction of its own and waits until it is committed. Rows are kept until
 * then and given out by pgsql_rows(). Any error ends the program. */
void pgsql_run(struct pgsql *pg, const char *sql);
/* Gives each row of the last query, which must have two columns. */
void pgsql_rows(struct pgsql *pg, pgsql_row *row, void *ctx);
void pgsql_free(struct pgsql *pg);

#endif
