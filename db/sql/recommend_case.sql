-- name: recommend_case
-- What the recommender reads of a case in triage.
-- params: $1 bigint number
-- result: no bigint, version int, text, title, address, channel, channel_place, duty_item, returned_by (newline between), corrected (the address, by a person)
SELECT no, version, text, title, address, channel, channel_place, duty_item, array_to_string(returned_by, E'\n'), corrected
FROM fenbo.recommend_case($1::bigint)
