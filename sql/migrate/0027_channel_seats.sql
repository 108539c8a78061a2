-- Positions of channels were counted, so they told how many there are. Each is drawn by chance now, in the order that stands.
WITH placed AS (
	SELECT c.id, c.server_id, row_number() OVER (PARTITION BY c.server_id ORDER BY c.position, c.id) AS n
	FROM channel AS c WHERE c.server_id IS NOT NULL
), drawn AS MATERIALIZED (
	SELECT p.server_id, random() * 1e12 AS seat FROM placed AS p
), ranked AS (
	SELECT d.server_id, d.seat, row_number() OVER (PARTITION BY d.server_id ORDER BY d.seat) AS n FROM drawn AS d
)
UPDATE channel AS c SET position = r.seat
FROM placed AS p JOIN ranked AS r ON r.server_id = p.server_id AND r.n = p.n WHERE c.id = p.id;
COMMENT ON COLUMN channel.position IS
'Channels are listed by it, those of the same by their ids. Drawn by chance, or what the id says: see channel_seat()';
