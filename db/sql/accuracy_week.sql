-- name: accuracy_week
-- The past seven days, for the metrics.
-- params: none
-- result: decided bigint, right1 bigint, right3 bigint, returned bigint, ece real, flags bigint
SELECT decided, right1, right3, returned, ece, flags FROM fenbo.accuracy_week()
