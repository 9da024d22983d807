/* Is this somebody's password? Asked by logging in with it, because only PostgreSQL knows: the console's lock. */
#ifndef FENBO_DB_PASSWORD_H
#define FENBO_DB_PASSWORD_H

/* The same connection string with this password in the place of any other source of one. Malloc'ed, and the caller wipes it
 * (explicit_bzero) before freeing; NULL when conninfo cannot be read. */
char *db_conninfo_password(const char *conninfo, const char *password);

#endif
