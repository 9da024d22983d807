-- 0070 lessons: what decisions teach, as one numbered log. Every fenbod applies its steps in the order of seq and so knows the same. Written
-- only by who leads, out of the event log, in the order (tx, id) in which that is read below the oldest transaction still running.
--
-- That order is safe but not each case's own, so a step is never made of one event alone. For each event that may matter, what stands of
-- its case by then is worked out from all its events read so far, in the order of the case's chain (_stands), and the log is brought to
-- say that: what no longer stands is forgotten, what stands is learnt. So an older decision that is read after a newer one teaches
-- nothing, and how the reading is cut into batches makes no difference: the same event log gives the same lessons.
--
--  * What teaches: every dispatch to a unit, whoever's desk it was made at: confirm, override, parallel, an end that goes beside a dispatch,
--    reassign, rule. Not: answers, ends, merges (they name no unit; a merged case follows its primary's answer, and its text is no
--    evidence of where it belongs), splits (the parts are cases of their own, with texts of their own, and teach by their own
--    dispatches). A unit that is no longer active teaches all the same: what is recommended is the recommender's affair.
--  * Forgotten: what is undone; what the unit sends back; what a later decision replaces (a district's desk sends on what the centre
--    sent to it). A return leaves the dispatch to the desk standing that it goes back to.
--  * A decision that repeats what stands (the same unit and item again, after a reopening) is written with weight 0: it counts for accuracy
--    and teaches nothing more.
--  * A decision whose result was rated well weighs more by [weights] rating of the policy of that time, unless what it led to had to be done
--    again. A bad rating takes nothing away: that the work was poor does not say that it was somebody else's. A new weight is a new step:
--    the old one is forgotten, with the cause rated.
--  * No text and no title is kept here, so there is nothing personal to erase. Both are read from the appeal (`own_title`), where they do not
--    change, but that erasing takes the title: then what was learnt with it is forgotten and learnt again without.
SET ROLE fenbo_owner;

CREATE TABLE fenbo.lesson (
	seq       bigint PRIMARY KEY,                    -- dense, from 1
	at        timestamptz NOT NULL,                  -- of the event that made it so
	no        bigint NOT NULL,
	version   integer NOT NULL,                      -- the case's, by the decision learnt or forgotten
	kind      text NOT NULL CHECK (kind IN ('learn', 'forget')),
	of_seq    bigint REFERENCES fenbo.lesson,        -- forget: which step
	cause     text NOT NULL,                         -- learn: the action, or 'again'; forget: undo, return, later, erase
	unit      text NOT NULL,
	unit_name text NOT NULL,                         -- as it was called when it was decided
	item      text,
	item_name text,
	weight    real NOT NULL CHECK (weight BETWEEN 0 AND 4),
	place     text NOT NULL,                         -- as the dispatcher saw the case
	channel   text NOT NULL,
	type      text NOT NULL,
	recommendation bigint,                           -- what the machine had said, and how right it was
	model     text,
	rank      integer CHECK (rank BETWEEN 0 AND 3),  -- of the unit among the three, 0 = not among them, NULL = nothing was recommended
	said_unit text,
	said_item text,
	said_p    real,
	actor     text NOT NULL,
	crew      integer,
	shift     text,
	CHECK ((kind = 'forget') = (of_seq IS NOT NULL))
);
CREATE UNIQUE INDEX lesson_of ON fenbo.lesson (of_seq) WHERE of_seq IS NOT NULL;
CREATE INDEX lesson_case ON fenbo.lesson (no, version) WHERE kind = 'learn';
CREATE INDEX lesson_at ON fenbo.lesson (at); -- of all kinds: as one of kind learn it would be read whole in place of lesson_case while the table is small
CREATE INDEX lesson_forget ON fenbo.lesson (seq) WHERE kind = 'forget';

-- How far the event log has been read for lessons. One row.
CREATE TABLE fenbo.lesson_cursor (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	tx  xid8 NOT NULL,
	id  bigint NOT NULL,
	at  timestamptz NOT NULL
);
INSERT INTO fenbo.lesson_cursor VALUES (true, '0', 0, '-infinity');

-- Events that name a unit for a case.
CREATE FUNCTION fenbo._decides(e fenbo.event) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT e.action IN ('confirm', 'override', 'parallel', 'end', 'reassign', 'rule') AND e.args ? 'unit'
$$;
CREATE FUNCTION fenbo._matters(e fenbo.event) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
	SELECT e.no <> 0 AND (fenbo._decides(e) OR e.action IN ('return', 'undo', 'erase')
		OR e.action IN ('rate', 'visit') AND e.args ? 'rating')
$$;

-- The decision that stands of a case by what was read up to (tx, id): a row of NULLs for none. Each dispatch covers those before it; a
-- return takes the top one away, and with it what lies below, but for the dispatch to a desk that the case goes back to.
CREATE FUNCTION fenbo._stands(of_case bigint, to_tx xid8, to_id bigint) RETURNS fenbo.event
LANGUAGE plpgsql STABLE AS $$
DECLARE
	undone bigint[] := ARRAY(SELECT (u.args ->> 'undoes')::bigint FROM fenbo.event u
		WHERE u.no = of_case AND u.action = 'undo' AND (u.tx, u.id) <= (to_tx, to_id));
	e fenbo.event;
	stack fenbo.event[] := '{}';
BEGIN
	FOR e IN SELECT * FROM fenbo.event v WHERE v.no = of_case AND (v.tx, v.id) <= (to_tx, to_id) AND v.id <> ALL (undone) ORDER BY v.id LOOP
		IF e.action = 'return' THEN
			stack := trim_array(stack, least(1, cardinality(stack)));
			WHILE cardinality(stack) > 0 AND NOT stack[cardinality(stack)].args ? 'desk' LOOP
				stack := trim_array(stack, 1);
			END LOOP;
		ELSIF fenbo._decides(e) THEN
			stack := stack || e;
		END IF;
	END LOOP;
	RETURN stack[cardinality(stack)];
END
$$;

-- What a decision teaches, and what the machine had said: a lesson without its number.
CREATE FUNCTION fenbo._lesson(d fenbo.event) RETURNS fenbo.lesson
LANGUAGE plpgsql STABLE AS $$
DECLARE
	l fenbo.lesson;
	r fenbo.recommendation;
BEGIN
	l.at := d.at; l.no := d.no; l.version := d.version; l.kind := 'learn'; l.cause := d.action; l.weight := 1;
	l.unit := d.args ->> 'unit'; l.item := d.args ->> 'item';
	l.place := coalesce(d.args ->> 'place', ''); l.type := coalesce(d.args ->> 'type', ''); l.channel := coalesce(d.after ->> 'channel', '');
	l.recommendation := (d.args #>> '{machine,recommendation}')::bigint;
	SELECT * INTO r FROM fenbo.recommendation t WHERE t.no = d.no AND t.id = l.recommendation;
	l.model := r.model;
	IF jsonb_array_length(r.units) > 0 THEN
		l.said_unit := r.units #>> '{0,unit}'; l.said_item := r.units #>> '{0,item}'; l.said_p := (r.units #>> '{0,p}')::real;
		SELECT least(u.rank, 3) INTO l.rank FROM jsonb_array_elements(r.units) WITH ORDINALITY u(value, rank)
		WHERE u.value ->> 'unit' = l.unit ORDER BY u.rank LIMIT 1;
		l.rank := coalesce(l.rank, 0);
	END IF;
	l.actor := d.actor; l.shift := fenbo._shift(d.at);
	SELECT a.crew INTO l.crew FROM fenbo.account a WHERE a.name = d.actor;
	RETURN fenbo._called(l);
END
$$;

-- What unit and item were called in the routing revision that was in force then.
CREATE FUNCTION fenbo._called(l fenbo.lesson) RETURNS fenbo.lesson
LANGUAGE plpgsql STABLE AS $$
DECLARE
	rev integer := (SELECT max(r.revision) FROM fenbo.routing_revision r WHERE r.applied_at <= l.at);
BEGIN
	l.unit_name := coalesce((SELECT u ->> 'name' FROM fenbo.routing_part p, jsonb_array_elements(p.rows) u
		WHERE p.revision = rev AND p.part = 'units' AND u ->> 'code' = l.unit LIMIT 1),
		(SELECT u.name FROM fenbo.unit u WHERE u.code = l.unit), l.unit);
	l.item_name := CASE WHEN l.item IS NOT NULL THEN coalesce((SELECT i.name FROM fenbo.duty_item i WHERE i.revision = rev AND i.code = l.item), l.item) END;
	RETURN l;
END
$$;

-- How much more the decision `d` weighs for what citizens said of its result, by what was read up to (tx, id).
CREATE FUNCTION fenbo._praise(d fenbo.event, to_tx xid8, to_id bigint) RETURNS real
LANGUAGE plpgsql STABLE AS $$
DECLARE
	e record;
	more real := 0;
BEGIN
	FOR e IN SELECT v.at, (v.args ->> 'bad')::boolean AS bad FROM fenbo.event v WHERE v.no = d.no AND v.id > d.id AND (v.tx, v.id) <= (to_tx, to_id)
		AND v.action IN ('rate', 'visit') AND v.args ? 'rating' AND NOT EXISTS (SELECT FROM fenbo.event u WHERE u.no = v.no AND u.id > v.id
			AND u.action = 'undo' AND (u.args ->> 'undoes')::bigint = v.id AND (u.tx, u.id) <= (to_tx, to_id)) ORDER BY v.id
	LOOP
		IF e.bad THEN RETURN 0; END IF;
		IF more = 0 THEN
			more := coalesce((SELECT (r.policy #>> '{weights,rating}')::real FROM fenbo.routing_revision r WHERE r.applied_at <= e.at
				ORDER BY r.revision DESC LIMIT 1), 0);
		END IF;
	END LOOP;
	RETURN more;
END
$$;

CREATE FUNCTION fenbo._lesson_put(l fenbo.lesson) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
	l.seq := coalesce((SELECT max(t.seq) FROM fenbo.lesson t), 0) + 1;
	INSERT INTO fenbo.lesson SELECT (l).*;
END
$$;

-- Bring the log to say what stands of the case of `e` by the time that `e` was read.
CREATE FUNCTION fenbo._learn_from(e fenbo.event) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
	d fenbo.event := fenbo._stands(e.no, e.tx, e.id);
	anew boolean := e.action = 'erase' AND EXISTS (SELECT FROM fenbo.appeal a WHERE a.no = e.no AND a.own_title = '');
	l fenbo.lesson;
	old fenbo.lesson;
	f fenbo.lesson;
	there boolean := false;
	carried boolean := false;                        -- an earlier step teaches the same already
BEGIN
	IF d.id IS NOT NULL THEN
		l := fenbo._lesson(d);
		l.weight := l.weight + fenbo._praise(d, e.tx, e.id);
	END IF;
	FOR old IN SELECT * FROM fenbo.lesson t WHERE t.no = e.no AND t.kind = 'learn' ORDER BY t.seq LOOP
		CONTINUE WHEN EXISTS (SELECT FROM fenbo.lesson g WHERE g.of_seq = old.seq);
		IF d.id IS NOT NULL AND NOT anew THEN
			IF old.version = l.version AND old.weight IN (0, l.weight) THEN
				there := true;
				CONTINUE;
			ELSIF old.version <> l.version AND old.weight > 0 AND (old.unit, old.place, old.type) = (l.unit, l.place, l.type) AND old.item IS NOT DISTINCT FROM l.item THEN
				carried := true;
				CONTINUE;
			END IF;
		END IF;
		f := old;
		f.at := e.at; f.kind := 'forget'; f.of_seq := old.seq; f.actor := e.actor;
		f.cause := CASE WHEN old.version = l.version AND NOT anew THEN 'rated' WHEN e.action = 'undo' AND (e.args ->> 'version')::integer IS DISTINCT FROM old.version THEN 'later'
			WHEN e.action IN ('undo', 'return', 'erase') THEN e.action ELSE 'later' END;
		PERFORM fenbo._lesson_put(f);
	END LOOP;
	IF d.id IS NOT NULL AND NOT there THEN
		IF carried THEN l.weight := 0; END IF;
		IF EXISTS (SELECT FROM fenbo.lesson t WHERE t.no = l.no AND t.version = l.version AND t.kind = 'learn') THEN l.cause := 'again'; END IF;
		PERFORM fenbo._lesson_put(l);
	END IF;
END
$$;

-- Read at most `most` events on from where the last reading ended, and write what they teach. Returns how many were read: as many as asked
-- for means that there is more. conflict: this connection does not lead. No sequential scans: plans are kept for the session, and those made
-- while the log was short would read all of it for every decision.
CREATE FUNCTION fenbo.learn(most integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET lock_timeout = '2s' SET jit = off
	SET enable_seqscan = off AS $$
DECLARE
	c fenbo.lesson_cursor;
	xmin_ xid8;
	from_ timestamptz := '-infinity';
	e fenbo.event;
	n integer := 0;
BEGIN
	PERFORM fenbo._must_lead();
	SELECT * INTO c FROM fenbo.lesson_cursor FOR UPDATE;
	xmin_ := pg_snapshot_xmin(pg_current_snapshot());
	-- Times only narrow down the partitions, as in feed_read.
	IF NOT EXISTS (SELECT FROM fenbo.setting t WHERE t.name = 'test_clock' AND t.value = 'on') THEN
		from_ := c.at - interval '6 hours';
	END IF;
	FOR e IN SELECT * FROM fenbo.event x WHERE (x.tx, x.id) > (c.tx, c.id) AND x.tx < xmin_ AND x.at >= from_
		ORDER BY x.tx, x.id LIMIT least(greatest(most, 1), 10000)
	LOOP
		n := n + 1;
		c.tx := e.tx; c.id := e.id; c.at := greatest(c.at, e.at);
		IF fenbo._matters(e) THEN PERFORM fenbo._learn_from(e); END IF;
	END LOOP;
	IF n > 0 THEN
		UPDATE fenbo.lesson_cursor SET tx = c.tx, id = c.id, at = c.at;
	END IF;
	RETURN n;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.learn(integer) TO fenbo_feed;

-- Steps after this one, in their order. `forgotten`: the step that takes this one back, if there is one by now; it need not be learnt then,
-- and its text is not given, nor that of a step without weight. `seq` is what to ask on from.
CREATE FUNCTION fenbo.lessons(after bigint, most integer) RETURNS TABLE (seq bigint, kind text, of_seq bigint, forgotten bigint, no bigint,
	version integer, unit text, unit_name text, item text, item_name text, weight real, title text, place text, channel text, type text, text text, rank integer, at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
	RETURN QUERY
	SELECT l.seq, l.kind, l.of_seq, f.seq, l.no, l.version, l.unit, l.unit_name, l.item, l.item_name, l.weight, coalesce(a.own_title, ''), l.place, l.channel, l.type,
		coalesce(a.text, ''), l.rank, l.at
	FROM (SELECT t.* FROM fenbo.lesson t WHERE t.seq > after ORDER BY t.seq LIMIT least(greatest(most, 1), 10000)) l
	LEFT JOIN LATERAL (SELECT t.seq FROM fenbo.lesson t WHERE t.of_seq = l.seq OFFSET 0) f ON true
	LEFT JOIN LATERAL (SELECT t.own_title, t.text FROM fenbo.appeal t
		WHERE t.no = l.no AND l.kind = 'learn' AND l.weight > 0 AND f.seq IS NULL OFFSET 0) a ON true
	ORDER BY l.seq;
END
$$;
GRANT EXECUTE ON FUNCTION fenbo.lessons(bigint, integer) TO fenbo_feed, fenbo_admin;

RESET ROLE;
