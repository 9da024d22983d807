-- 0095 deal: how work is shared out. A room of dispatchers pulls: `next` gives whoever asks the most pressing free case, so whoever is quick gets more and
-- nobody waits for a plan. Two things a pull alone does not do are here:
--
--  * Nobody hoards. Who holds policy balance.most_held undecided cases is refused the next one (0041), with the reason; a chosen case can still be
--    claimed, because somebody who sees lives at stake must not be told to tidy up first.
--  * A supervisor can push: deal the most pressing free cases out to those who are on, each to whoever holds least and, among equals, has been
--    idle longest; or give one case to one person. Both are undone like any action.
SET ROLE fenbo_owner;

-- What `next` asks at every press is kept where one look-up finds it (the policy itself is a document of many thousand characters).
CREATE FUNCTION fenbo._shifts_spread(rev integer) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO fenbo.setting (name, value)
	SELECT 'most_held', coalesce(r.policy #>> '{balance,most_held}', '0') FROM fenbo.routing_revision r WHERE r.revision = rev
	ON CONFLICT (name) DO UPDATE SET value = excluded.value;
	PERFORM fenbo._turns_make();
END
$$;

-- Those who can be given cases of a desk: dispatchers of it with a live console who are on the turn (everybody of it with a console where nobody of it
-- is: a desk without crews, a shift that nobody was put down for).
CREATE FUNCTION fenbo._takers(of_desk text) RETURNS TABLE (account text, session uuid, held integer, idle_since timestamptz)
LANGUAGE plpgsql STABLE AS $$
DECLARE
	now_ timestamptz := fenbo.now_();
	x fenbo.shift_turn := fenbo._turn_at(now_);
	on_ text[] := ARRAY(SELECT r.account FROM fenbo._roster(x) r JOIN fenbo.account a ON a.name = r.account
		WHERE r.how IN ('crew', 'swap') AND a.role = 'dispatcher' AND coalesce(a.desk, 'centre') = of_desk);
	from_ timestamptz := coalesce(x.start_at, now_ - interval '4 hours');
BEGIN
	RETURN QUERY
	WITH p AS (
		SELECT DISTINCT ON (s.account) s.account, s.id, s.started_at FROM fenbo.session s JOIN fenbo.account a ON a.name = s.account
		WHERE s.ended_at IS NULL AND s.alive_until > now_ AND a.role = 'dispatcher' AND a.disabled_at IS NULL AND coalesce(a.desk, 'centre') = of_desk
			AND (s.account = ANY (on_) OR cardinality(on_) = 0)
		ORDER BY s.account, s.alive_until DESC),
	h AS (SELECT q.owner, count(*)::integer AS n FROM fenbo.queue q WHERE q.session IS NOT NULL AND q.stage = 'triage' AND q.lease_until > now_
		GROUP BY q.owner),
	d AS (SELECT * FROM fenbo._decided(ARRAY(SELECT p.account FROM p), from_, now_ + interval '1 second'))
	SELECT p.account, p.id, coalesce(h.n, 0), coalesce(d.last_at, greatest(p.started_at, from_))
	FROM p LEFT JOIN d ON d.account = p.account LEFT JOIN h ON h.owner = p.account;
END
$$;

-- Put the lease of somebody else's session on the locked case `o`.
CREATE FUNCTION fenbo._give(c fenbo.call, o fenbo.queue, to_ text, to_session uuid) RETURNS fenbo.done
LANGUAGE plpgsql AS $$
DECLARE
	q fenbo.queue := o;
BEGIN
	q.version := o.version + 1;
	q.session := to_session; q.owner := to_; q.lease_until := c.now + fenbo._lease();
	RETURN fenbo._write(c, o, q, 'assign', NULL, jsonb_strip_nulls(jsonb_build_object('to', to_, 'held_by', o.owner)));
END
$$;

-- Deal up to `most` of the desk's most pressing free cases out; with only_look say who would get which, and touch nothing. id NULL: a sentence why it
-- ends there. With ids and accounts exactly these cases go to exactly those people, as somebody was shown it: one that is not free any more, or
-- whose taker has gone or has his hands full, stays where it is, and its line says why (held NULL, and the message).
CREATE FUNCTION fenbo.shift_deal(most integer, only_look boolean, ids bigint[] DEFAULT NULL, accounts text[] DEFAULT NULL) RETURNS TABLE (id bigint, priority text, due_at timestamptz, title text,
	account text, person text, held integer, message text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._who_as('supervisor');
	c fenbo.call := ROW (w, fenbo._scope(w), fenbo.now_(), gen_random_uuid());
	room integer := coalesce(fenbo._get('most_held')::integer, 0);
	who text[];
	sessions uuid[];
	holds integer[];
	idle timestamptz[];
	best integer;
	q fenbo.queue;
	nos bigint[];
	said text;
BEGIN
	IF ids IS NOT NULL THEN most := cardinality(ids); END IF;
	IF cardinality(ids) IS DISTINCT FROM cardinality(accounts) THEN
		PERFORM fenbo._fail('invalid', 'accounts', 'one account for each case is expected');
	ELSIF most IS NULL OR most NOT BETWEEN 1 AND 500 THEN
		PERFORM fenbo._fail('invalid', 'count', 'a number of cases from 1 to 500 is expected');
	END IF;
	SELECT array_agg(t.account ORDER BY t.account), array_agg(t.session ORDER BY t.account), array_agg(t.held ORDER BY t.account),
		array_agg(t.idle_since ORDER BY t.account) INTO who, sessions, holds, idle FROM fenbo._takers(coalesce(w.desk, 'centre')) t;
	IF ids IS NOT NULL THEN
		FOR i IN 1 .. most LOOP
			SELECT * INTO q FROM fenbo.queue t WHERE t.no = ids[i] AND t.desk = coalesce(w.desk, 'centre') AND t.stage = 'triage' AND t.session IS NULL
				AND t.flags & 257 = 0 FOR UPDATE SKIP LOCKED;
			best := array_position(who, accounts[i]);
			said := CASE WHEN q.no IS NULL THEN 'the case is not free any more'
				WHEN best IS NULL THEN format('%s has no console open at this desk', fenbo._person(accounts[i]))
				WHEN room > 0 AND holds[best] >= room THEN format('%s holds %s cases already', fenbo._person(accounts[i]), holds[best]) END;
			IF said IS NULL THEN
				PERFORM fenbo._give(c, q, who[best], sessions[best]);
				holds[best] := holds[best] + 1;
			END IF;
			RETURN QUERY SELECT ids[i], q.priority::text, q.due_at, q.title, accounts[i], fenbo._person(accounts[i]), CASE WHEN said IS NULL THEN holds[best] END, said;
		END LOOP;
		RETURN;
	END IF;
	IF who IS NULL THEN
		PERFORM fenbo._fail('impossible', 'shift', 'nobody who is on has a console open');
	END IF;
	nos := CASE WHEN only_look THEN ARRAY(SELECT t.no FROM fenbo.queue t WHERE t.desk = coalesce(w.desk, 'centre') AND t.stage = 'triage' AND t.session IS NULL
			AND t.flags & 257 = 0 ORDER BY t.priority, t.rank_at, t.no LIMIT most)
		ELSE ARRAY(SELECT t.no FROM fenbo.queue t WHERE t.desk = coalesce(w.desk, 'centre') AND t.stage = 'triage' AND t.session IS NULL
			AND t.flags & 257 = 0 ORDER BY t.priority, t.rank_at, t.no LIMIT most FOR UPDATE SKIP LOCKED) END;
	FOR q IN SELECT t.* FROM unnest(nos) WITH ORDINALITY n(no, place) JOIN fenbo.queue t ON t.no = n.no ORDER BY n.place LOOP
		SELECT i INTO best FROM generate_subscripts(who, 1) i WHERE room = 0 OR holds[i] < room ORDER BY holds[i], idle[i], who[i] LIMIT 1;
		IF best IS NULL THEN
			RETURN QUERY SELECT NULL::bigint, NULL, NULL::timestamptz, NULL, NULL, NULL, NULL::integer,
				format('everybody who is on holds %s cases already', room);
			RETURN;
		END IF;
		IF NOT only_look THEN
			PERFORM fenbo._give(c, q, who[best], sessions[best]);
		END IF;
		holds[best] := holds[best] + 1; idle[best] := c.now;
		RETURN QUERY SELECT q.no, q.priority::text, q.due_at, q.title, who[best], fenbo._person(who[best]), holds[best], NULL::text;
	END LOOP;
END
$$;

-- Give one case to one person who has a console open; from whoever holds it, too.
CREATE FUNCTION fenbo.shift_assign(id bigint, version integer, account text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '10s' AS $$
#variable_conflict use_column
DECLARE
	w fenbo.who := fenbo._who_as('supervisor');
	c fenbo.call := ROW (w, fenbo._scope(w), fenbo.now_(), NULL);
	q fenbo.queue := fenbo._case(shift_assign.id);
	s fenbo.session;
BEGIN
	IF NOT fenbo._in_scope(c.scope, q) IS TRUE THEN
		PERFORM fenbo._fail('not_found', 'id', 'there is no such case, or you may not see it');
	ELSIF shift_assign.version IS DISTINCT FROM q.version THEN
		PERFORM fenbo._fail_since(q, 'stale', 'version', 'the case has moved on');
	ELSIF q.stage <> 'triage' THEN
		PERFORM fenbo._fail_since(q, 'impossible', 'stage', format('%s is not possible: the case is %s', 'assign', q.stage));
	END IF;
	SELECT t.* INTO s FROM fenbo.session t JOIN fenbo.account a ON a.name = t.account
	WHERE t.account = shift_assign.account AND t.ended_at IS NULL AND t.alive_until > c.now AND a.role IN ('dispatcher', 'supervisor')
		AND coalesce(a.desk, 'centre') = q.desk ORDER BY t.alive_until DESC LIMIT 1;
	IF s.id IS NULL THEN
		PERFORM fenbo._fail('impossible', 'account', format('%s has no console open at this desk', fenbo._person(shift_assign.account)));
	ELSIF q.session = s.id THEN
		PERFORM fenbo._fail('impossible', 'account', format('%s holds the case', fenbo._person(s.account)));
	END IF;
	RETURN (fenbo._give(c, q, s.account, s.id)).version;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.shift_deal(integer, boolean, bigint[], text[]), fenbo.shift_assign(bigint, integer, text) TO fenbo_supervisor;

RESET ROLE;
