"""What "may this account do that in this channel" costs in a large server."""
import json, statistics

MEMBERS, CHANNELS, ROLES = 10000, 500, 50

# One server, put straight into the tables: ten roles a member, fifteen overrides a channel of roles and
# five of members, every fourth channel private, a hundred people in each of those.
WORLD = """
INSERT INTO account (id, username, display_name) SELECT 700000 + x, 'rule' || x, 'rule' FROM generate_series(1, %(members)d) AS x;
INSERT INTO server (id, name, owner_id, member_count) VALUES (710000, 'rules', 700001, %(members)d);
INSERT INTO role (server_id, kind, name, permissions, position) VALUES (710000, 'everyone', 'everyone', perm('role_everyone'), 0);
INSERT INTO role (id, server_id, name, permissions, position)
SELECT 720000 + x, 710000, 'r' || x, (x * 7919) %% 33554432, 800 - x FROM generate_series(1, %(roles)d) AS x;
INSERT INTO member (server_id, account_id, roles, permissions)
SELECT 710000, 700000 + x, ARRAY(SELECT 720001 + (x * 31 + y * 5) %% %(roles)d FROM generate_series(0, 9) AS y), 0
FROM generate_series(1, %(members)d) AS x;
INSERT INTO channel (id, server_id, kind, name, private, overridden, position)
SELECT 730000 + x, 710000, 'text', 'c' || x, x %% 4 = 0, true, x FROM generate_series(1, %(channels)d) AS x;
INSERT INTO channel_override (channel_id, target_id, is_role, allow, deny)
SELECT 730000 + c, 720001 + (c * 13 + r * 3) %% %(roles)d, true, CASE r %% 2 WHEN 0 THEN 5 ELSE 0 END, CASE r %% 2 WHEN 1 THEN 32 ELSE 0 END
FROM generate_series(1, %(channels)d) AS c, generate_series(1, 15) AS r ON CONFLICT DO NOTHING;
INSERT INTO channel_override (channel_id, target_id, is_role, deny)
SELECT 730000 + c, 700001 + (c * 17 + m * 101) %% %(members)d, false, 64
FROM generate_series(1, %(channels)d) AS c, generate_series(1, 5) AS m ON CONFLICT DO NOTHING;
INSERT INTO channel_member (channel_id, account_id)
SELECT 730000 + c, 700001 + (c * 29 + m * 97) %% %(members)d FROM generate_series(4, %(channels)d, 4) AS c, generate_series(1, 100) AS m
ON CONFLICT DO NOTHING;
"""
ASK = "SELECT channel_permissions(700001 + (%d * 7919) %% 10000, 730001 + (%d * 104729) %% 500)"


def explained(bench):
    """The two statements inside the function, by themselves: their plans."""
    rows = bench.moot.sql(
        "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT ch.server_id, m.permissions, cm.account_id IS NOT NULL FROM channel AS ch "
        "LEFT JOIN member AS m ON m.server_id = ch.server_id AND m.account_id = 700500 "
        "LEFT JOIN channel_member AS cm ON cm.channel_id = ch.id AND cm.account_id = 700500 "
        "WHERE ch.id = 730004 AND ch.deleted_at IS NULL")
    rows += bench.moot.sql(
        "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) SELECT bit_or(ov.deny), bit_or(ov.allow) FROM channel_override AS ov "
        "LEFT JOIN role AS r ON ov.is_role AND r.id = ov.target_id WHERE ov.channel_id = 730004 "
        "AND (ov.target_id = 700500 OR ov.target_id = ANY (ARRAY[720001, 720010, 720020]) OR r.kind = 'everyone')")
    return [r[0] for r in rows]


def row_permissions(bench):
    """channel_permissions() for one person and channel after the other, and a server's whole list at once."""
    moot = bench.moot
    if not moot.sql("SELECT 1 FROM server WHERE id = 710000"):
        for statement in (WORLD % {"members": MEMBERS, "channels": CHANNELS, "roles": ROLES}).split(";\n"):
            if statement.strip():
                moot.sql(statement)
        moot.sql("SELECT server_refresh(710000, NULL)")
        moot.sql("ANALYZE")
        for line in explained(bench):
            print("    " + line)
    n = bench.size(2000, 300)
    took = []
    for i in range(n):
        plan = moot.sql("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + ASK % (i, i))
        plan = json.loads(plan[0][0])[0]
        took.append(plan["Execution Time"])
    size = "%d members, %d channels, %d roles" % (MEMBERS, CHANNELS, ROLES)
    bench.put("permissions", "one permission answer, median", statistics.median(took), "ms", 1, note=size)
    bench.put("permissions", "one permission answer, p99", sorted(took)[len(took) * 99 // 100], "ms", None)
    lists = []
    for i in range(bench.size(50, 10)):
        plan = moot.sql("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT count(*) FROM access_of(ARRAY[%d])" % (700001 + i * 37))
        lists.append(json.loads(plan[0][0])[0]["Execution Time"])
    bench.put("permissions", "everything that one person sees of it", statistics.median(lists), "ms", None)
    refresh = []
    for i in range(3):
        moot.sql("UPDATE role SET permissions = permissions # 64 WHERE id = 720001")
        plan = moot.sql("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT server_refresh(710000, NULL)")
        refresh.append(json.loads(plan[0][0])[0]["Execution Time"])
    bench.put("permissions", "a role changed, all its members' masks anew", statistics.median(refresh), "ms", None)
