-- name: picture_may(actor, server_id)
SELECT picture_may($1::bigint, $2::bigint);

-- name: picture_claim(hash)
INSERT INTO picture (hash) VALUES ($1::text) ON CONFLICT (hash) DO UPDATE SET used_at = greatest(picture.used_at, now());

-- name: avatar_set(actor, hash)
SELECT kind, ref, data FROM avatar_set($1::bigint, $2::text);

-- name: avatar_remove(account_id)
SELECT kind, ref, data FROM avatar_remove($1::bigint);

-- name: icon_set(actor, server_id, hash)
SELECT kind, ref, data FROM icon_set($1::bigint, $2::bigint, $3::text);

-- name: picture_adopt(hashes)
SELECT picture_adopt($1::text[]);

-- name: picture_drop(most)
SELECT picture_drop($1::int) AS hash;
