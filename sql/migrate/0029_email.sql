-- An address counts once somebody has shown that mail to it reaches him.

ALTER TABLE account ADD email_unverified text
	CONSTRAINT account_email_unverified_check CHECK (char_length(email_unverified) <= 254);
COMMENT ON COLUMN account.email IS 'Verified: a link sent there was opened. Signs in, and takes a new password';
COMMENT ON COLUMN account.email_unverified IS
'Given, not verified: takes part in nothing and keeps nobody from it. Where no mail is sent it signs in, the oldest account first';
CREATE INDEX account_email_unverified_idx ON account (lower(email_unverified COLLATE "C")) WHERE email_unverified IS NOT NULL;

-- nobody has shown anything yet
UPDATE account SET email_unverified = email, email = NULL WHERE email IS NOT NULL;
