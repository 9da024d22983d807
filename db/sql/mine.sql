-- name: mine
-- The line at the top of the screen: the shift that is on, whether the caller works it, until when that is true, what he has decided today and how much of it late.
-- params: none
-- result: shift text, own bool, ends_at timestamptz, handled int, late int
SELECT s.shift, s.own, s.ends_at, m.handled, m.late FROM fenbo.my_shift() s, fenbo.mine_today() m
