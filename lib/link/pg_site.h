/*
 * pg_site - what all connections of a process to Postgres say of the installation.
 */
#ifndef MOOT_LINK_PG_SITE_H
#define MOOT_LINK_PG_SITE_H

/* The path of base_url, "" or "/chat", for the addresses in what Postgres makes: of every
 * connection that is made from now on. */
void pg_site_path(const char *path);
/* For the parameter `options` of a connection: "-c moot.base_path=/chat" or "". */
const char *pg_site_options(void);

#endif
