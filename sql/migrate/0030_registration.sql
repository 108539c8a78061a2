-- Accounts that wait: for their address to be verified, for an administrator's word.

ALTER TABLE account ADD waits_for text CONSTRAINT account_waits_check
	CHECK (waits_for IS NULL OR waits_for IN ('verify', 'verify_approve', 'approve') AND disabled_at IS NOT NULL),
	ADD registration_note text CONSTRAINT account_registration_note_check CHECK (char_length(registration_note) <= 500);
COMMENT ON COLUMN account.waits_for IS
'Why a new account is disabled: until its address is verified, an administrator approves it, or first the one and then the other';
COMMENT ON COLUMN account.registration_note IS 'What somebody who waits wrote to the administrators';
CREATE INDEX account_waits_idx ON account (id) WHERE waits_for IS NOT NULL;

COMMENT ON COLUMN job.given_back IS
'So many attempts were no failures: all up to the one that last gave it back half done and in order, and those that put it off';
