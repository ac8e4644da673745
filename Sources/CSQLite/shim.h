#ifndef CSQLITE_SHIM_H
#define CSQLITE_SHIM_H
// What Swift cannot import: SQLITE_TRANSIENT, which is a cast, and functions with variable arguments.
#include <sqlite3.h>

static inline int csqlite_bind_text(sqlite3_stmt *s, int i, const char *p, int n) {
    return sqlite3_bind_text(s, i, p, n, SQLITE_TRANSIENT);
}
static inline int csqlite_bind_blob(sqlite3_stmt *s, int i, const void *p, int n) {
    return sqlite3_bind_blob(s, i, p, n, SQLITE_TRANSIENT);
}
/* The write-ahead log stays as it is when this connection closes. */
static inline int csqlite_keep_log_on_close(sqlite3 *db) {
    return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, (int *)0);
}
#endif
