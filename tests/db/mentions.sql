-- Whom a text mentions: :cases is tests/mentions.json, which the rules of servers and the client read too.
INSERT INTO account (id, username, display_name) VALUES (100000000000000001, 'ma', 'a'), (100000000000000002, 'mb', 'b'), (1000000000000000003, 'mc', 'c');
SELECT t.server(100000000000000001, 'said') AS said \gset
SELECT t.join(:said, id, 'member') FROM account WHERE username IN ('mb', 'mc') \g /dev/null
INSERT INTO role (id, server_id, name, permissions, position, mentionable) VALUES (200000000000000001, :said, 'r', 0, 20, true), (200000000000000002, :said, 's', 0, 21, true);
SELECT id AS there FROM channel WHERE server_id = :said \gset
SELECT t.is('mentions of ' || to_json(c ->> 'text'), ARRAY(SELECT unnest(people) ORDER BY 1)::text || ARRAY(SELECT unnest(roles) ORDER BY 1)::text,
	ARRAY(SELECT x::bigint FROM json_array_elements_text(c -> 'people') AS x ORDER BY 1)::text || ARRAY(SELECT x::bigint FROM json_array_elements_text(c -> 'roles') AS x ORDER BY 1)::text)
FROM json_array_elements(:'cases') AS c, mentions_of(:there, perm('all'), c ->> 'text');
