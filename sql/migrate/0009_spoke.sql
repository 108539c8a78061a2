-- In a conversation with strangers nobody is shown before he has said something there.

ALTER TABLE channel_member ADD COLUMN spoke boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN channel_member.spoke IS 'Of a conversation: has posted there, so the others see whether he is there and how far he has read';

UPDATE channel_member AS m SET spoke = true
FROM channel AS c
WHERE c.id = m.channel_id AND c.server_id IS NULL
AND EXISTS (SELECT FROM message AS x WHERE x.channel_id = m.channel_id AND x.author_id = m.account_id);
