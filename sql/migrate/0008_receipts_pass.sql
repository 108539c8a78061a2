-- Receipts have no number any more and are not stored: what was stored of them says no positions.

UPDATE event SET body = left(body, position(',"data":' IN body) + 7)
	|| '{"channel_id":"' || stream || '","user_id":"' || subject || '"}}'
WHERE type = 'receipt.updated' AND access = 0;
COMMENT ON COLUMN event.subject IS 'With access: the account or session meant; else the message that the event is about, or 0';
