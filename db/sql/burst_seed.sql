-- name: burst_seed
-- The cases of groups, and what persons took out of them, for a fenbod that begins to lead.
-- params: none
-- result: burst bigint, no bigint, received_at timestamptz, phone, taken boolean
SELECT burst, no, received_at, phone, taken FROM fenbo.burst_seed()
