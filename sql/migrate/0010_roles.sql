-- Finding members by the beginning of a name.

CREATE INDEX account_username_prefix_idx ON account (username text_pattern_ops);
CREATE INDEX account_display_prefix_idx ON account (lower(display_name) text_pattern_ops);
CREATE INDEX member_nickname_prefix_idx ON member (server_id, lower(nickname) text_pattern_ops) WHERE nickname IS NOT NULL;
