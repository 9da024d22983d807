-- 0062 repeat_texts: a case that another fenbod took in comes over the event log with its title only; its text is read here, so that repeats
-- of it are found as well as those of one's own.
SET ROLE fenbo_owner;

-- The cases of these numbers as repeats_seed gives them; numbers that do not exist give no row.
CREATE FUNCTION fenbo.repeats_texts(nos bigint[]) RETURNS TABLE (no bigint, received_at timestamptz, text text, title text,
	place text, item text, open boolean, merged boolean, phone text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, fenbo, pg_temp SET jit = off AS $$
	SELECT a.no, a.received_at, a.text, a.title, coalesce(nullif(q.place, ''), a.place, ''), coalesce(q.item, a.item, a.duty_item, fenbo._item_said(a.no), ''), q.no IS NOT NULL,
		coalesce(a.stage = 'merged', false), coalesce(fenbo._phone_digits(c.phone), '')
	FROM unnest(nos) n JOIN fenbo.appeal a ON a.no = n LEFT JOIN fenbo.queue q ON q.no = a.no LEFT JOIN fenbo.citizen c ON c.no = a.no
$$;
GRANT EXECUTE ON FUNCTION fenbo.repeats_texts(bigint[]) TO fenbo_feed;

RESET ROLE;
