-- Delivered positions beside the read ones, and who keeps both to himself.

ALTER TABLE account ADD COLUMN receipts boolean NOT NULL DEFAULT true;
COMMENT ON COLUMN account.receipts IS
'Tells others how far he has read, and sees how far they have; false: neither of the two';

ALTER TABLE read_state ADD COLUMN delivered_seq bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN read_state.delivered_seq IS
'How far messages have reached a device of his; what is read counts as delivered, whatever stands here';
