-- Where somebody has written, so that what looks for his messages need not read everybody's.

ALTER TABLE read_state ADD first_wrote bigint, ADD last_wrote bigint;
COMMENT ON COLUMN read_state.first_wrote IS 'Number of his first message in the channel; NULL: he has written none there';
COMMENT ON COLUMN read_state.last_wrote IS 'Number of his newest one';
INSERT INTO read_state AS r (account_id, channel_id, read_seq, first_wrote, last_wrote)
SELECT m.author_id, m.channel_id, 0, min(m.seq), max(m.seq) FROM message AS m GROUP BY 1, 2
ON CONFLICT ON CONSTRAINT read_state_pkey DO UPDATE SET first_wrote = excluded.first_wrote, last_wrote = excluded.last_wrote;

-- one kind of job for what was two: some people's messages since some time each, in a server or everywhere
UPDATE job SET kind = 'delete_messages', data = json_build_object('server', data->>'server', 'channel', '0', 'below', '0',
	'who', json_build_object(data->>'account', coalesce(data->>'since', '0')))
WHERE kind IN ('erase', 'wipe');
