-- What intake writes, gone. The rest of the database stays.
TRUNCATE fenbo.queue, fenbo.clock, fenbo.appeal, fenbo.citizen, fenbo.intake_key, fenbo.event, fenbo.recommendation, fenbo.repeat_candidate, fenbo.quarantine
