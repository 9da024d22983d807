-- name: renew
-- All claims of this session, in one call.
-- params: none
-- result: leases, now
SELECT leases, now FROM fenbo.renew();
