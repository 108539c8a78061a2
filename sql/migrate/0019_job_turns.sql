-- Jobs take turns between those who cause them.

ALTER TABLE job ADD owner bigint NOT NULL DEFAULT 0, ADD given_back integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN job.owner IS 'The account that its work counts for: of a server its owner; 0: nobody, the installation itself';
COMMENT ON COLUMN job.given_back IS 'The attempt that last gave it back half done and in order; those after it have failed';
UPDATE job AS j SET owner = coalesce((j.data->>'account')::bigint, 0) WHERE j.kind IN ('export', 'rename', 'wipe');
UPDATE job AS j SET owner = s.owner_id FROM server AS s
WHERE s.id = (j.data->>'server')::bigint AND j.kind IN ('erase', 'purge', 'return');
UPDATE job AS j SET owner = s.owner_id FROM channel AS c JOIN server AS s ON s.id = c.server_id
WHERE c.id = (j.data->>'channel')::bigint AND j.kind = 'purge';
CREATE INDEX job_owner_idx ON job (owner, kind, id) WHERE failed_at IS NULL;

CREATE TABLE job_turn (
	owner	bigint PRIMARY KEY,
	at	timestamptz NOT NULL
);
COMMENT ON TABLE job_turn IS 'When a job of this owner was last taken; who has had none for an hour has no row';
