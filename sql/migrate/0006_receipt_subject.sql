-- A stored receipt names whose it is, so that it can be found when he hides his.

COMMENT ON COLUMN event.subject IS 'With access: the account or session meant; else the message, or for a receipt the account, that the event is about, or 0';
UPDATE event SET subject = substring(body FROM '"user_id":"([0-9]{1,18}|[1-8][0-9]{18})"')::bigint
WHERE type = 'receipt.updated' AND subject = 0 AND body ~ '"user_id":"([0-9]{1,18}|[1-8][0-9]{18})"';
