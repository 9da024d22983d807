-- name: db_snapshot
-- Opens the transaction of DB_TX_SNAPSHOT: everything read in it is of one moment.
-- params: none
-- result: none
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
