-- name: queue_facts
-- What a supervisor's queues say beside each of these cases; what a case has not is NULL.
-- params: $1 bigint[] numbers
-- result: no bigint, version int, returned_by text, return_reason text, ask text, days int, until timestamptz, ask_reason text, letters int,
-- letter_at timestamptz, instruction text, instruction_until timestamptz, complied boolean, rated int, rated_text text
SELECT no, version, returned_by, return_reason, ask, days, until, ask_reason, letters, letter_at, instruction, instruction_until, complied,
	rated, rated_text
FROM fenbo.queue_facts($1::bigint[])
