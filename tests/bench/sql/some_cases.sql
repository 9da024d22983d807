SELECT no, version FROM fenbo.queue WHERE stage = 'triage' AND session IS NULL AND desk = 'centre' AND flags = 0 ORDER BY no LIMIT 400
