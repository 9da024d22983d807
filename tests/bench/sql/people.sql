-- A dispatcher whose many consoles the benchmarks are, and a key for the channel they post through (hash of the key given as :hash).
CREATE ROLE bench_person LOGIN PASSWORD 'bench' CONNECTION LIMIT -1 IN ROLE fenbo_dispatcher;
INSERT INTO fenbo.account (name, role, person, desk) VALUES ('bench_person', 'dispatcher', 'bench', NULL);
INSERT INTO fenbo.channel (code, name) VALUES ('bench', 'bench') ON CONFLICT DO NOTHING;
INSERT INTO fenbo.api_key (name, hash, channel, rights, created_by)
VALUES ('bench', decode(:'hash', 'hex'), 'bench', '{intake,read,feed,act,noplace,metrics}', 'bench');
