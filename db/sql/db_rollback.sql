-- name: db_rollback
-- Ends the transaction of DB_TX_SNAPSHOT, whether it went well or not: it only read.
-- params: none
-- result: none
ROLLBACK
