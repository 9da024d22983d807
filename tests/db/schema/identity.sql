-- Accounts, sessions, leases, tickets.
SELECT test.fails($$SELECT fenbo.user_add('x', 'dispatcher', 'x', NULL, 1, 'password')$$, 'invalid',
	'never a password'),
	test.fails($$SELECT fenbo.user_add('x', 'dispatcher', 'x', NULL, 1, NULL)$$, 'missing'),
	test.fails($$SELECT fenbo.user_add('x', 'owner', 'x', NULL, 1, test.verifier())$$, 'invalid',
		'white list of roles'),
	test.fails($$SELECT fenbo.user_add('x', 'unit', 'x', NULL, 1, test.verifier())$$, 'missing',
		'a unit sits somewhere'),
	test.fails($$SELECT fenbo.user_add('x', 'dispatcher', 'x', 'cg1', 1, test.verifier())$$, 'invalid', 'no desk'),
	test.fails($$SELECT fenbo.user_add('x', 'dispatcher', 'x', 'nowhere', 1, test.verifier())$$, 'invalid'),
	test.fails($$SELECT fenbo.user_add('t_disp', 'admin', 'x', NULL, 1, test.verifier())$$, 'conflict',
		'no second of that name'),
	test.fails(format('SELECT fenbo.user_add(%L, %L, %L, NULL, 1, test.verifier())', n, 'admin', 'x'), 'invalid')
FROM unnest(ARRAY['postgres', 'fenbo_owner', 'fenbo_admin', 'pg_monitor', 'Robert', 'a b', 'x; DROP', '',
	repeat('a', 60)]) n;
CREATE ROLE t_other CREATEDB;
SELECT test.fails($$SELECT fenbo.user_add('t_other', 'dispatcher', 'x', NULL, 1, test.verifier())$$, 'conflict',
	'a role that is not ours');
DROP ROLE t_other;
CREATE ROLE t_other IN ROLE pg_monitor;
SELECT test.fails($$SELECT fenbo.user_add('t_other', 'dispatcher', 'x', NULL, 1, test.verifier())$$, 'conflict',
	'nor one with other groups');
DROP ROLE t_other;
-- In one group exactly; limits of its own; no right to make anything.
SELECT test.eq(string_agg(g.rolname, ','), 'fenbo_dispatcher', 'one group') FROM pg_auth_members m
	JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = 't_disp'::regrole;
SELECT test.ok(rolcanlogin AND NOT rolsuper AND NOT rolcreaterole AND NOT rolcreatedb AND NOT rolreplication
	AND NOT rolbypassrls, 'plain'),
	test.ok(rolconfig::text ~ 'lock_timeout=2s' AND rolconfig::text ~ 'statement_timeout=15s'
		AND rolconfig::text ~ 'idle_in_transaction', 'limits') FROM pg_roles WHERE rolname = 't_disp';
SELECT test.eq(rolpassword, test.verifier(), 'the verifier as it came') FROM pg_authid WHERE rolname = 't_disp';
SET SESSION AUTHORIZATION t_admin;
SELECT fenbo.user_role('t_disp2', 'supervisor');
SELECT test.eq(role, 'supervisor', 'another role') FROM fenbo.user_list() WHERE name = 't_disp2';
SELECT test.fails($$SELECT fenbo.user_role('t_disp2', 'unit')$$, 'missing', 'a unit needs a desk');
SELECT test.fails($$SELECT fenbo.user_role('nobody', 'admin')$$, 'not_found');
SELECT test.fails($$SELECT fenbo.user_disable('t_admin')$$, 'conflict', 'not oneself');
SELECT test.fails($$SELECT fenbo._account_put('t_disp', 'admin', '', NULL, 1, NULL, false)$$, '42501',
	'the inner door is shut');
RESET SESSION AUTHORIZATION;
SELECT test.eq(string_agg(g.rolname, ','), 'fenbo_supervisor', 'the old group is left') FROM pg_auth_members m
	JOIN pg_roles g ON g.oid = m.roleid WHERE m.member = 't_disp2'::regrole;

-- A session, its leases, its end.
SELECT fenbo.intake(sha256('hot'), test.rows(4, 'a'));
SET SESSION AUTHORIZATION t_disp;
SELECT test.fails('SELECT * FROM fenbo.renew()', 'gone', 'nothing to renew yet');
SELECT session AS s1, test.eq(role, 'dispatcher', 'role'), test.eq(desk, 'centre', 'desk'),
	test.eq(person, '张三', 'person'), test.eq(time_zone, 'Asia/Shanghai', 'zone'),
	test.eq(lease_s, 45, 'lease'), test.eq(revision, 1, 'revision'), test.eq(centre, '试点分拨中心', 'centre'),
		test.eq(crew, 1, 'crew') FROM fenbo.login('test') \gset
SELECT test.eq(count(*), 2, 'claims') FROM fenbo.act('claim', (SELECT array_agg(no ORDER BY no)
	FROM (SELECT no FROM fenbo.queue_list ORDER BY no LIMIT 2) x), (SELECT array_agg(version ORDER BY no)
	FROM (SELECT no, version FROM fenbo.queue_list ORDER BY no LIMIT 2) x)) WHERE ok;
SELECT test.eq(leases, 2, 'renewed at once') FROM fenbo.renew();
SELECT test.eq(fenbo.show(no) #>> '{citizen,masked}', 'false', 'whoever holds a case sees who called')
	FROM fenbo.queue_list WHERE owner = 't_disp';
-- Somebody else's session is not mine, whatever the setting says.
SET SESSION AUTHORIZATION t_sup;
SELECT set_config('fenbo.session', :'s1', false);
SELECT test.fails('SELECT * FROM fenbo.renew()', 'gone', 'not mine');
SELECT test.ok(session <> :'s1', 'cannot be resumed by another') FROM fenbo.login('test', :'s1');
-- Within the lease it can be resumed; after it, it is swept, with an event for each case.
RESET SESSION AUTHORIZATION;
SELECT test.fails('SELECT fenbo.sweep()', 'conflict', 'only the leader sweeps');
SELECT test.ok(fenbo.lead(), 'leads'), test.ok(fenbo.lead(), 'still');
SELECT dblink_connect('other', :'url');
SELECT test.eq(l, false, 'one leader') FROM dblink('other', 'SELECT fenbo.lead()') r(l boolean);
SELECT test.eq(fenbo.sweep(), 0, 'nothing to sweep');
INSERT INTO fenbo.setting VALUES ('test_clock_offset', '40 seconds');
SELECT test.eq(fenbo.sweep(), 0, 'alive');
SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(session, :'s1', 'resumed with its claims') FROM fenbo.login('test', :'s1');
RESET SESSION AUTHORIZATION;
UPDATE fenbo.setting SET value = '80 seconds' WHERE name = 'test_clock_offset';
SELECT test.eq(fenbo.sweep(), 0, 'the lease was renewed with it');
UPDATE fenbo.setting SET value = '86 seconds' WHERE name = 'test_clock_offset';
SELECT test.eq(fenbo.sweep(), 2, 'expired'), test.eq(fenbo.sweep(), 0, 'once');
SELECT test.eq(count(*), 2, 'every screen learns of it') FROM fenbo.event WHERE action = 'expire' AND actor = 'system'
	AND after ->> 'owner' IS NULL AND version = 3;
SELECT test.eq(count(*), 0, 'free again') FROM fenbo.queue WHERE session IS NOT NULL OR owner IS NOT NULL
	OR lease_until IS NOT NULL;
SET SESSION AUTHORIZATION t_disp;
SELECT test.fails('SELECT * FROM fenbo.renew()', 'gone', 'told that it has ended');
SELECT test.ok(session <> :'s1', 'a new one') FROM fenbo.login('test', :'s1');
SELECT count(*) FROM fenbo.act('claim', (SELECT array_agg(no ORDER BY no) FROM (SELECT no FROM fenbo.queue_list
	ORDER BY no LIMIT 3) x), (SELECT array_agg(version ORDER BY no) FROM (SELECT no, version FROM fenbo.queue_list
	ORDER BY no LIMIT 3) x));
SELECT test.eq(fenbo.logout(true), 0, 'kept');
SELECT test.eq(count(*), 3, 'claims stay') FROM fenbo.queue_list WHERE owner = 't_disp';
RESET SESSION AUTHORIZATION;
SELECT id AS s2 FROM fenbo.session WHERE account = 't_disp' AND ended_at IS NULL \gset
SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(session, :'s2', 'and are mine when I am back') FROM fenbo.login('test', :'s2');
SELECT test.eq(fenbo.logout(false), 3, 'given back');
SELECT test.eq(count(*), 0, 'at once') FROM fenbo.queue_list WHERE owner IS NOT NULL;

-- Tickets: a minute, the scope of who asked, void with the account.
SET SESSION AUTHORIZATION t_unit;
SELECT fenbo.feed_ticket() AS ticket \gset
SET SESSION AUTHORIZATION t_feed;
SELECT test.eq(account, 't_unit', 'whose'), test.eq(units, '{cg1}', 'scope'), test.ok(NOT whole, 'not all')
	FROM fenbo.ticket_check(:'ticket');
SELECT test.eq(count(*), 0, 'guessed') FROM fenbo.ticket_check('x');
RESET SESSION AUTHORIZATION;
UPDATE fenbo.setting SET value = '147 seconds' WHERE name = 'test_clock_offset';
SELECT test.eq(count(*), 0, 'run out') FROM fenbo.ticket_check(:'ticket');
DELETE FROM fenbo.setting WHERE name = 'test_clock_offset';

-- Disabled: leases back, no log-in, no group, refused at once on connections that are open.
SET SESSION AUTHORIZATION t_disp;
SELECT session AS s3 FROM fenbo.login('test') \gset
SELECT count(*) FROM fenbo.act('next', '{}', NULL);
RESET SESSION AUTHORIZATION;
SELECT fenbo.user_disable('t_disp');
SELECT test.eq(count(*), 0, 'leases went back') FROM fenbo.queue WHERE owner IS NOT NULL;
SELECT test.ok(NOT rolcanlogin, 'no log-in') FROM pg_roles WHERE rolname = 't_disp';
SELECT test.ok(rolpassword IS NULL, 'no password') FROM pg_authid WHERE rolname = 't_disp';
GRANT fenbo_dispatcher TO t_disp; -- even if somebody gave the group back by hand
SET SESSION AUTHORIZATION t_disp;
SELECT test.fails('SELECT * FROM fenbo.login(''x'')', 'forbidden'), test.fails('SELECT * FROM fenbo.queue_list',
	'forbidden'),
	test.fails($$SELECT * FROM fenbo.act('next', '{}', NULL)$$, 'forbidden'), test.fails('SELECT fenbo.feed_ticket()',
		'forbidden');
RESET SESSION AUTHORIZATION;
SELECT fenbo.user_add('t_disp', 'dispatcher', '张三', NULL, 2, test.verifier());
SET SESSION AUTHORIZATION t_disp;
SELECT test.eq(crew, 2, 'taken back in') FROM fenbo.login('x');
RESET SESSION AUTHORIZATION;

-- A role without an account is nobody, whatever group it was given.
CREATE ROLE t_nobody LOGIN IN ROLE fenbo_admin;
SET SESSION AUTHORIZATION t_nobody;
SELECT test.fails('SELECT fenbo.actor()', 'forbidden'), test.fails('SELECT * FROM fenbo.queue_list', 'forbidden'),
	test.fails('SELECT fenbo.key_list()', 'forbidden');
RESET SESSION AUTHORIZATION;
DROP ROLE t_nobody;
-- Keys.
SELECT test.fails($$SELECT fenbo.key_add('hot', 'hotline', NULL, '{intake}', 0, sha256('n'))$$, 'conflict'),
	test.fails($$SELECT fenbo.key_add('n', 'nowhere', NULL, '{intake}', 0, sha256('n'))$$, 'invalid'),
	test.fails($$SELECT fenbo.key_add('n', 'hotline', 'gas', '{intake}', 0, sha256('n'))$$, 'invalid',
		'one or the other'),
	test.fails($$SELECT fenbo.key_add('n', NULL, NULL, '{intake}', 0, sha256('n'))$$, 'missing'),
	test.fails($$SELECT fenbo.key_add('n', 'hotline', NULL, '{everything}', 0, sha256('n'))$$, 'invalid'),
	test.fails($$SELECT fenbo.key_add('n', 'hotline', NULL, '{}', 0, sha256('n'))$$, 'missing'),
	test.fails($$SELECT fenbo.key_add('n', 'hotline', NULL, '{intake}', 0, 'n')$$, 'invalid', 'a hash, not a key'),
	test.fails($$SELECT fenbo.key_revoke('nobody')$$, 'not_found');
SELECT test.eq(count(*), 0, 'the record is sound') FROM fenbo.audit_verify();
SELECT dblink_disconnect('other');
