-- The record: sound after work of every kind; whatever is done to it behind the functions' back is found. Only the
-- superuser can try.
SELECT fenbo.intake(sha256('hot'), test.rows(20, 'a'));
SELECT no AS a1 FROM fenbo.appeal WHERE external_id = 'a1' \gset
SELECT no AS a2 FROM fenbo.appeal WHERE external_id = 'a2' \gset
SET SESSION AUTHORIZATION t_disp;
SELECT fenbo.login('t');
SELECT fenbo.reveal(:a1, '回访');
SELECT * FROM fenbo.act('next', '{}', NULL);
SELECT fenbo.reveal(:a1, '再问');
RESET SESSION AUTHORIZATION;
SELECT fenbo.lead(), fenbo.maintain();
SELECT fenbo.intake(sha256('hot'), test.rows(5, 'b'));
SELECT fenbo.maintain();
SELECT test.ok(count(*) >= 2, 'sealed') FROM fenbo.event_digest;
SELECT test.eq(count(*), 0, 'sound') FROM fenbo.audit_verify();
SELECT test.eq(count(*), (SELECT count(*) FROM fenbo.event_digest), 'seals for export') FROM fenbo.audit_digests(0,
	1000);

-- Each tampering in a transaction that is taken back.
CREATE FUNCTION test.tamper(statement text, problem text) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	found text;
BEGIN
	BEGIN
		EXECUTE statement;
		SELECT string_agg(DISTINCT v.problem, ' ' ORDER BY v.problem) INTO found FROM fenbo.audit_verify() v;
		RAISE EXCEPTION USING ERRCODE = 'TST00', MESSAGE = coalesce(found, 'nothing');
	EXCEPTION WHEN SQLSTATE 'TST00' THEN
		found := SQLERRM;
	END;
	IF found <> problem THEN RAISE EXCEPTION 'not so: %: found %, want %', statement, found, problem; END IF;
	RETURN 'ok ' || problem || ' ' || statement;
END $$;
SELECT test.tamper(format('UPDATE fenbo.event SET actor = %L WHERE no = %s AND action = %L', 'somebody', :a1, 'create'),
	'changed');
SELECT test.tamper(format('UPDATE fenbo.event SET at = at + interval %L WHERE no = %s AND action = %L', '1 microsecond',
	:a1, 'create'), 'changed');
SELECT test.tamper(format('UPDATE fenbo.event SET after = after || %L WHERE no = %s', '{"unit":"x"}', :a2), 'changed');
SELECT test.tamper(format('UPDATE fenbo.event SET args = %L WHERE no = %s', '{}', :a2), 'changed');
SELECT test.tamper(format('DELETE FROM fenbo.event WHERE no = %s AND action = %L', :a1, 'create'), 'broken seal');
SELECT test.tamper(format('DELETE FROM fenbo.event WHERE id = (SELECT max(id) FROM fenbo.event WHERE no = %s)', :a1),
	'seal tail');
SELECT test.tamper(format('DELETE FROM fenbo.event WHERE no = %s', :a1), 'seal tail');
SELECT test.tamper('DELETE FROM fenbo.event WHERE no = 0', 'seal tail');
SELECT test.tamper(format('UPDATE fenbo.queue SET head = %L WHERE no = %s', '\x00', :a1), 'tail');
-- A case taken out without a trace.
SELECT test.tamper(format('DELETE FROM fenbo.event WHERE no = %1$s; DELETE FROM fenbo.queue WHERE no = %1$s; DELETE FROM fenbo.appeal WHERE no = %1$s', :a1), 'seal');
-- Somebody who knows how to hash: an event rewritten with a fitting hash, and the case's head with it. The seal does
-- not fit.
SELECT test.tamper(format('WITH e AS (UPDATE fenbo.event SET actor = %L, hash = fenbo._event_hash(prev, id, no, version, at, tx, action, %L, person, session, batch, before, after, args)
	WHERE no = %s RETURNING no, hash) UPDATE fenbo.queue q SET head = e.hash FROM e
		WHERE q.no = e.no', 'x', 'x', :a2), 'seal');
-- Two events of one case in each other's place.
SELECT test.tamper(format('UPDATE fenbo.event SET id = -id WHERE no = %1$s; UPDATE fenbo.event e SET id = (SELECT min(-x.id) + max(-x.id) FROM fenbo.event x WHERE x.no = %1$s AND x.id < 0) + id
	WHERE no = %1$s AND id < 0', :a1), 'changed seal tail');
-- Seals themselves.
SELECT test.tamper('UPDATE fenbo.event_digest SET events = events + 1 WHERE number = 1', 'seal');
SELECT test.tamper('DELETE FROM fenbo.event_digest WHERE number = 1', 'unsealed');
SELECT test.tamper('UPDATE fenbo.event_digest SET hash = sha256(hash) WHERE number = 1', 'seal unsealed');
SELECT test.tamper('DELETE FROM fenbo.event WHERE no = 0 AND id = (SELECT min(id) FROM fenbo.event WHERE no = 0)',
	'broken seal');
SELECT test.eq(count(*), 0, 'and sound again') FROM fenbo.audit_verify();
-- Nobody who can log in may write a table.
SELECT test.eq(count(*), 0, 'no table is anybody''s to touch') FROM pg_class c, pg_roles r
	WHERE c.relnamespace = 'fenbo'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'S')
	AND r.rolcanlogin AND NOT r.rolsuper AND r.rolname LIKE 't\_%'
	AND CASE WHEN c.relkind = 'S' THEN has_sequence_privilege(r.oid, c.oid, 'USAGE, UPDATE, SELECT')
		ELSE has_table_privilege(r.oid, c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER')
			OR c.relname <> 'queue_list' AND c.relname NOT LIKE 'accuracy\_%' AND c.relname NOT LIKE 'report\_%' AND has_table_privilege(r.oid, c.oid, 'SELECT') END;
