-- Pictures of people and servers.

CREATE TABLE picture (
	hash	text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{32}$'),
	used_at	timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE picture IS
'Pictures whose files lie in files_dir/avatar. The row is there before the files and goes with them, so whoever
holds its lock may write or remove them';
COMMENT ON COLUMN picture.hash IS 'Keyed digest of the files'' bytes: the same for the same picture, and told by nothing else';
CREATE INDEX picture_used_idx ON picture (used_at);
COMMENT ON COLUMN picture.used_at IS
'infinity: somebody uses it; else when somebody last came to or ceased to, of which others may be left; -infinity: not to be kept for anybody''s sake';

ALTER TABLE account ADD avatar text CONSTRAINT account_avatar_fkey REFERENCES picture;
ALTER TABLE server ADD icon text CONSTRAINT server_icon_fkey REFERENCES picture;
COMMENT ON COLUMN account.avatar IS 'His picture; NULL: none';
COMMENT ON COLUMN server.icon IS 'Its picture; NULL: none';
CREATE INDEX account_avatar_idx ON account (avatar) WHERE avatar IS NOT NULL;
CREATE INDEX server_icon_idx ON server (icon) WHERE icon IS NOT NULL;
