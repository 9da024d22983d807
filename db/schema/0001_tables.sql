-- 0001 tables: what the centre knows. No role that can log in has any right on a table here; every change goes through the
-- functions of the later scripts, every read through their views and functions (DESIGN, sections 2 to 5).
-- Names that begin with an underscore are internal: nobody but their owner may call them.

SET ROLE fenbo_owner;

CREATE TYPE fenbo.stage    AS ENUM ('triage', 'dispatched', 'handling', 'resolved', 'closed', 'merged');
CREATE TYPE fenbo.priority AS ENUM ('urgent', 'fast', 'normal');

-- One row each: centre_name, time_zone, epoch, head0 (hash of the newest event that concerns no case), routing_revision;
-- test_clock and test_clock_offset only in databases made for testing. The time zone is fixed when the database is made:
-- a migrator may name centre and zone beforehand with the settings fenbo.centre_name and fenbo.time_zone.
CREATE TABLE fenbo.setting (
	name  text PRIMARY KEY,
	value text NOT NULL
);
INSERT INTO fenbo.setting VALUES
	('centre_name', coalesce(nullif(current_setting('fenbo.centre_name', true), ''), '市分拨中心')),
	('time_zone', (SELECT name FROM pg_timezone_names
		WHERE name = coalesce(nullif(current_setting('fenbo.time_zone', true), ''), 'Asia/Shanghai'))),
	('epoch', replace(gen_random_uuid()::text, '-', '')),
	('head0', ''),
	('routing_revision', '0');

-- Who may do what. `account` mirrors login roles of PostgreSQL; `unit` is the desk somebody sits at.
CREATE TABLE fenbo.unit (
	code     text PRIMARY KEY CHECK (code ~ '^[A-Za-z0-9_.-]{1,32}$'),
	name     text NOT NULL,
	short    text NOT NULL,                          -- what fits in a column: 住建局
	parent   text REFERENCES fenbo.unit,
	level    text NOT NULL CHECK (level IN ('city', 'district', 'street', 'community', 'grid', 'bureau')),
	function text,                                   -- for lead rules "urban management @ district"
	area     text,                                   -- place code this unit answers for; NULL = its parent's
	desk     boolean NOT NULL DEFAULT false,         -- dispatching to it fills that desk's triage queue
	active   boolean NOT NULL DEFAULT true,
	contact  text,                                   -- how the desk is reached
	head     text                                    -- how the head of the unit is reached
);

CREATE TABLE fenbo.account (
	name       text PRIMARY KEY,                     -- the PostgreSQL role
	role       text NOT NULL CHECK (role IN ('dispatcher', 'supervisor', 'admin', 'unit', 'feed')),
	person     text NOT NULL,                        -- shown on screens
	desk       text REFERENCES fenbo.unit,           -- unit: its subtree; dispatcher: a district desk, NULL = the centre
	crew       integer CHECK (crew BETWEEN 1 AND 99),
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL DEFAULT session_user,
	disabled_at timestamptz
);

-- A console at work. Leases belong to a session and live as long as it is renewed.
CREATE TABLE fenbo.session (
	id          uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	account     text NOT NULL REFERENCES fenbo.account,
	client      text NOT NULL,
	started_at  timestamptz NOT NULL,
	alive_until timestamptz NOT NULL,
	ended_at    timestamptz
);
CREATE INDEX session_alive ON fenbo.session (alive_until) WHERE ended_at IS NULL;

CREATE TABLE fenbo.channel (
	code   text PRIMARY KEY,
	name   text NOT NULL,
	place  text,                                     -- where its callers live unless they say otherwise
	active boolean NOT NULL DEFAULT true,
	citizen boolean NOT NULL DEFAULT true,           -- false: machines speak here; nobody to contact, nobody who rates
	contact text NOT NULL DEFAULT ''                 -- a URL that tells its citizens, instead of a short message
);

CREATE TABLE fenbo.api_key (
	id         integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	name       text NOT NULL UNIQUE,
	hash       bytea NOT NULL UNIQUE CHECK (length(hash) = 32),   -- sha256 of the key; the key itself is shown once
	channel    text REFERENCES fenbo.channel,
	unit       text REFERENCES fenbo.unit,
	rights     text[] NOT NULL,                      -- intake, read, feed, act, noplace, backdate, metrics
	rate       integer NOT NULL DEFAULT 0,           -- requests a minute, 0 = no limit
	created_at timestamptz NOT NULL DEFAULT now(),
	created_by text NOT NULL,
	revoked_at timestamptz
);

CREATE TABLE fenbo.feed_ticket (
	hash       bytea PRIMARY KEY,
	account    text NOT NULL REFERENCES fenbo.account,
	expires_at timestamptz NOT NULL
);

-- Routing: numbered revisions, each with the text it came from. The current one is also spread out in the tables that
-- are read at work (unit, channel, place and the rows of its number below).
CREATE TABLE fenbo.routing_revision (
	revision   integer PRIMARY KEY,
	applied_at timestamptz NOT NULL,
	applied_by text NOT NULL,
	note       text NOT NULL DEFAULT '',
	rolled_back_to integer REFERENCES fenbo.routing_revision,
	files      jsonb NOT NULL,                       -- {"routing.ini": text, "duty.csv": text, …}
	policy     jsonb NOT NULL                        -- routing.ini, parsed and typed
);

CREATE TABLE fenbo.duty_item (
	revision   integer NOT NULL REFERENCES fenbo.routing_revision,
	code       text NOT NULL,
	category   text NOT NULL,                        -- level 1
	class      text NOT NULL,                        -- level 2
	name       text NOT NULL,                        -- level 3
	definition text NOT NULL DEFAULT '',
	keywords   text[] NOT NULL DEFAULT '{}',
	priority   fenbo.priority NOT NULL DEFAULT 'normal',
	handle_days integer NOT NULL CHECK (handle_days BETWEEN 1 AND 365),  -- working days
	lead       text NOT NULL,                        -- unit code, or function@level
	assist     text[] NOT NULL DEFAULT '{}',
	steps      text[] NOT NULL DEFAULT '{}',         -- units or function@level that must follow one another
	PRIMARY KEY (revision, code)
);

-- function@level, resolved for each area: what the one resolver, fenbo._resolve, computed when the revision was applied.
CREATE TABLE fenbo.routing_resolved (
	revision integer NOT NULL REFERENCES fenbo.routing_revision,
	function text NOT NULL,
	level    text NOT NULL,
	area     text NOT NULL,                          -- place code
	unit     text NOT NULL REFERENCES fenbo.unit,
	PRIMARY KEY (revision, function, level, area)
);

CREATE TABLE fenbo.place (
	code    text PRIMARY KEY,                        -- national division code, or one of the city's own
	name    text NOT NULL,
	level   text NOT NULL CHECK (level IN ('city', 'district', 'street', 'community', 'landmark')),
	parent  text REFERENCES fenbo.place,
	aliases text[] NOT NULL DEFAULT '{}',
	lat     double precision,
	long    double precision,
	active  boolean NOT NULL DEFAULT true
);

CREATE TABLE fenbo.calendar_day (
	day     date PRIMARY KEY,
	working boolean NOT NULL,
	name    text NOT NULL DEFAULT ''
);

CREATE TABLE fenbo.knowledge (
	code     text PRIMARY KEY,
	title    text NOT NULL,
	keywords text[] NOT NULL DEFAULT '{}',
	template text NOT NULL,                          -- fields to fill stand as 【name】
	active   boolean NOT NULL DEFAULT true
);

CREATE TABLE fenbo.reason (
	action text NOT NULL,                            -- override, return, end, escalate, merge …
	code   text NOT NULL,
	name   text NOT NULL,
	sort   integer NOT NULL,
	PRIMARY KEY (action, code)
);

-- Case numbers. Live numbers take serials 1–699999 of their day without a lock; back-dated imports take 700000–999999
-- from a counter of that day. A full range is an error, not somebody else's number.
CREATE SEQUENCE fenbo.case_serial CACHE 1;
CREATE TABLE fenbo.case_day (
	day      date PRIMARY KEY,
	base     bigint,                                 -- live serial = nextval(case_serial) - base
	imported integer NOT NULL DEFAULT 0
);

-- The appeal: what was said. Partitioned by month of number. `state` is {"row": the queue row just before it left the queue
-- (closed or merged), "clocks": [its clock rows]}, NULL while it is open; so queue and clock hold open cases only.
CREATE TABLE fenbo.appeal (
	no            bigint PRIMARY KEY,
	received_at   timestamptz NOT NULL,
	created_at    timestamptz NOT NULL,
	channel       text NOT NULL,
	external_id   text NOT NULL,
	title         text NOT NULL,
	own_title     text,                              -- the title as its channel gave it, never edited; NULL = made of the text, '' = erased
	text          text NOT NULL,
	type          text NOT NULL DEFAULT '',          -- consultation, complaint, suggestion, help, or what the channel said
	duty_item     text,                              -- picked by the citizen
	address       text NOT NULL DEFAULT '',
	lat           double precision,
	long          double precision,
	place         text,                              -- place code
	tags          text[] NOT NULL DEFAULT '{}',
	fields        jsonb,                             -- what the machine read, as spans of the text: core/machine/fields.h
	happened_at   timestamptz,                       -- when it happened, as far as it was told
	parent_no     bigint,                            -- split from
	stage         fenbo.stage,                       -- set when it leaves the queue: closed or merged
	outcome       text,
	unit          text,
	item          text,
	version       integer,
	closed_at     timestamptz,
	primary_no    bigint,                            -- merged into (its direct parent in the chain)
	head          bytea,
	state         jsonb
) PARTITION BY RANGE (no);
CREATE INDEX ON fenbo.appeal (primary_no) WHERE primary_no IS NOT NULL;
CREATE INDEX ON fenbo.appeal (parent_no) WHERE parent_no IS NOT NULL;
CREATE INDEX ON fenbo.appeal (place, no) WHERE place IS NOT NULL;

CREATE TABLE fenbo.citizen (
	no        bigint PRIMARY KEY,
	name      text NOT NULL DEFAULT '',
	phone     text NOT NULL DEFAULT '',
	identity  text NOT NULL DEFAULT '',
	salt      bytea NOT NULL,
	erased_at timestamptz
) PARTITION BY RANGE (no);
CREATE INDEX ON fenbo.citizen (phone) WHERE phone <> '';

CREATE TABLE fenbo.intake_key (
	channel     text NOT NULL,
	external_id text NOT NULL,
	no          bigint NOT NULL,
	PRIMARY KEY (channel, external_id)
) PARTITION BY HASH (channel, external_id);

-- One narrow row for each open case, not partitioned: what consoles ask costs the same after ten years.
CREATE TABLE fenbo.queue (
	no          bigint PRIMARY KEY,
	version     integer NOT NULL,
	stage       fenbo.stage NOT NULL,
	priority    fenbo.priority NOT NULL,
	rank_at     timestamptz NOT NULL,                -- most pressing first: (priority, rank_at, no)
	desk        text NOT NULL,                       -- whose triage queue it stands or stood in
	unit        text,                                -- lead unit, once dispatched
	item        text,
	assist      text[] NOT NULL DEFAULT '{}',
	received_at timestamptz NOT NULL,
	due_at      timestamptz,                         -- of the running clock named in `clock`
	clock       text,
	session     uuid,                                -- the lease
	owner       text,
	lease_until timestamptz,
	parent_no   bigint,
	parts_open  integer NOT NULL DEFAULT 0,
	chased      integer NOT NULL DEFAULT 0,
	returned    integer NOT NULL DEFAULT 0,
	redo        integer NOT NULL DEFAULT 0,
	repeats     integer NOT NULL DEFAULT 0,          -- cases merged into this one
	flags       integer NOT NULL DEFAULT 0,          -- core/appeal/stage.h, FLAG_TABLE
	returned_by text,
	return_reason text,
	rec         bigint,                              -- the recommendation that stands
	top_unit    text,
	top_p       real,
	channel     text NOT NULL,
	title       text NOT NULL,                       -- at most 60 characters, for lists
	place       text NOT NULL DEFAULT '',            -- place code
	place_name  text NOT NULL DEFAULT '',
	burst       bigint,                              -- the group of one incident it was gathered into
	passed      text[] NOT NULL DEFAULT '{}',        -- units above that passed it down, topmost first: the way back
	steps       text[] NOT NULL DEFAULT '{}',        -- units that follow one another, where the duty item says so
	step        integer NOT NULL DEFAULT 0,          -- whose turn it is, from 1; 0 = no steps
	paused_until timestamptz,                        -- when the clocks run on by themselves; NULL = they are not paused
	head        bytea NOT NULL                       -- hash of its newest event
) WITH (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);
CREATE INDEX queue_order ON fenbo.queue (priority, rank_at, no);
CREATE INDEX queue_free ON fenbo.queue (desk, priority, rank_at, no) WHERE stage = 'triage' AND session IS NULL;
CREATE INDEX queue_session ON fenbo.queue (session) WHERE session IS NOT NULL;
CREATE INDEX queue_unit ON fenbo.queue (unit) WHERE unit IS NOT NULL;
CREATE INDEX queue_parent ON fenbo.queue (parent_no) WHERE parent_no IS NOT NULL;
CREATE INDEX queue_paused ON fenbo.queue (paused_until) WHERE paused_until IS NOT NULL;

CREATE TABLE fenbo.clock (
	no           bigint NOT NULL,
	kind         text NOT NULL CHECK (kind IN ('dispatch', 'contact', 'handle', 'rate', 'rule')),
	started_at   timestamptz NOT NULL,
	limit_s      integer NOT NULL,
	calendar     text NOT NULL CHECK (calendar IN ('always', 'working')),
	due_at       timestamptz NOT NULL,
	paused_since timestamptz,
	paused_s     bigint NOT NULL DEFAULT 0,          -- what `pauses` took in its calendar
	stopped_at   timestamptz,
	breached_at  timestamptz,                        -- the due time that passed while it ran
	ladder       integer,                            -- whose rungs it climbs (0080)
	rung         integer NOT NULL DEFAULT 0,         -- how many of them are behind it
	next_rung_at timestamptz,                        -- when there is next something to do, while it runs
	extended_s   bigint NOT NULL DEFAULT 0,
	pauses       tstzmultirange NOT NULL DEFAULT '{}',
	calendar_no  integer NOT NULL DEFAULT 0,         -- the working_calendar it was counted with; 0 when every second counts
	PRIMARY KEY (no, kind)
) WITH (fillfactor = 80);
CREATE INDEX clock_calendar ON fenbo.clock (calendar_no, no) WHERE calendar = 'working' AND stopped_at IS NULL;

-- The record. Append-only, hashed case by case; read in the order (tx, id) by the feed.
CREATE TABLE fenbo.event (
	id      bigint NOT NULL,                         -- sequence event_id
	no      bigint NOT NULL,                         -- 0 for what concerns no case (a user added, a revision applied)
	version integer NOT NULL,
	at      timestamptz NOT NULL,
	tx      xid8 NOT NULL DEFAULT pg_current_xact_id(),
	action  text NOT NULL,
	actor   text NOT NULL,                           -- account, or key:NAME
	person  text NOT NULL DEFAULT '',                -- for a key: whom it acts for
	session uuid,
	batch   uuid,                                    -- one bulk action
	before  jsonb,                                   -- queue row and clocks as they were; no personal data
	after   jsonb NOT NULL,                          -- the summary of DESIGN section 8 (feed), less title and place
	args    jsonb NOT NULL DEFAULT '{}',             -- arguments; texts only as salted commitments
	prev    bytea NOT NULL,
	hash    bytea NOT NULL
) PARTITION BY RANGE (at);
CREATE SEQUENCE fenbo.event_id CACHE 1;
CREATE INDEX ON fenbo.event (no, id);            -- the order of one case's chain: ids are drawn under its row lock
CREATE INDEX ON fenbo.event (tx, id);

-- Seals over the log: each covers the events of (from, to] in the order (tx, id) and the seal before it.
CREATE TABLE fenbo.event_digest (
	number  bigint PRIMARY KEY,
	at      timestamptz NOT NULL,
	from_tx xid8 NOT NULL,
	from_id bigint NOT NULL,
	to_tx   xid8 NOT NULL,
	to_id   bigint NOT NULL,
	events  integer NOT NULL,
	prev    bytea NOT NULL,
	hash    bytea NOT NULL
);

-- How far back the feed can be read: (tx, id) of the newest event that is too old. One row.
CREATE TABLE fenbo.feed_floor (
	one boolean PRIMARY KEY DEFAULT true CHECK (one),
	tx  xid8 NOT NULL,
	id  bigint NOT NULL,
	at  timestamptz NOT NULL
);
INSERT INTO fenbo.feed_floor VALUES (true, '0', 0, '-infinity');

-- Texts that people wrote about a case: notes, reasons, answers, results. Kept apart so that they can be erased; the event
-- holds sha256(salt || text).
CREATE TABLE fenbo.remark (
	no      bigint NOT NULL,
	version integer NOT NULL,
	kind    text NOT NULL,
	text    text NOT NULL,
	salt    bytea NOT NULL,
	seal    text,                                    -- the commitment in the event, once the text was changed by an erasure
	PRIMARY KEY (no, version, kind)
) PARTITION BY RANGE (no);

CREATE TABLE fenbo.recommendation (
	id    bigint NOT NULL,                           -- sequence recommendation_id
	no    bigint NOT NULL,
	at    timestamptz NOT NULL,
	model text NOT NULL,
	novel boolean NOT NULL DEFAULT false,
	units jsonb NOT NULL,                            -- [{unit, item, p, reasons:[{kind, text, start, end}]}]
	PRIMARY KEY (no, id)
) PARTITION BY RANGE (no);
CREATE SEQUENCE fenbo.recommendation_id;

CREATE TABLE fenbo.repeat_candidate (
	no     bigint NOT NULL,
	other  bigint NOT NULL,
	score  real NOT NULL,
	reason text NOT NULL,
	PRIMARY KEY (no, other)
) PARTITION BY RANGE (no);

-- Cases that the machine found to belong to an earlier one: its number is quoted, or the same came up again after it was closed. Few, so
-- one table for all months.
CREATE TABLE fenbo.link (
	no     bigint NOT NULL,
	other  bigint NOT NULL,
	kind   text NOT NULL CHECK (kind IN ('quoted', 'relapse')),
	reason text NOT NULL DEFAULT '',
	at     timestamptz NOT NULL,
	PRIMARY KEY (no, other, kind)
);
CREATE INDEX ON fenbo.link (other);

CREATE TABLE fenbo.quarantine (
	id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	at         timestamptz NOT NULL,
	key        integer REFERENCES fenbo.api_key,
	channel    text,
	line       integer NOT NULL DEFAULT 0,
	raw        bytea NOT NULL,
	row        jsonb,                                -- the cleaned row, when SQL was the one that refused it
	field      text NOT NULL DEFAULT '',
	error      text NOT NULL,
	message    text NOT NULL,
	settled_at timestamptz,
	settled_by text,
	no         bigint                                -- the case it became; NULL when dropped
);
CREATE INDEX ON fenbo.quarantine (id) WHERE settled_at IS NULL;

-- What is told to the world outside; 0082 says what the states mean and carries it.
CREATE TABLE fenbo.outbox (
	id         bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	no         bigint NOT NULL,                      -- 0 for what concerns no case
	version    integer NOT NULL,                     -- of the case, by the action that tells it
	target     text NOT NULL,                        -- unit:CODE, head:CODE, district:CODE, citizen, leader or emergency
	kind       text NOT NULL,
	body       jsonb NOT NULL,                       -- no personal data
	key        uuid NOT NULL DEFAULT gen_random_uuid(),  -- the receiver's idempotency key, the same at every try
	server     text,                                 -- where it was to go when last looked at: https://host:port, or sms
	state      text NOT NULL DEFAULT 'waiting'
		CHECK (state IN ('waiting', 'sending', 'sent', 'parked', 'dead', 'unaddressed', 'cancelled')),
	hold_until timestamptz NOT NULL,                 -- 10 s for undo; urgent ones do not wait
	next_at    timestamptz,                          -- of the next try, when it is not the first
	tries      integer NOT NULL DEFAULT 0,
	forgiven   integer NOT NULL DEFAULT 0,           -- tries before a person had it sent again
	taken_at   timestamptz,
	settled_at timestamptz,                          -- when it came to rest
	sent_at    timestamptz,
	cancelled_at timestamptz,
	status     integer,                              -- HTTP status of the last try; NULL = no answer
	answer     text NOT NULL DEFAULT ''              -- what the last try came to: the answer's beginning, or why there was none
);

CREATE TABLE fenbo.idempotency (
	key     text NOT NULL,
	api_key integer NOT NULL REFERENCES fenbo.api_key,
	at      timestamptz NOT NULL,
	result  jsonb NOT NULL,
	PRIMARY KEY (api_key, key)
);

RESET ROLE;
