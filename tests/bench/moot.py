"""Moot as it is installed: Postgres, Redis, moot-api, moot-push and nginx with the shipped files."""
import base64, glob, hashlib, hmac, json, os, re, socket, struct, subprocess, time

import host
from host import HERE, TOP, program, until
import stack

CONTENT = "On the way to the harbour we passed the old mill again, and this time the door stood open."
SSE = "GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\nAuthorization: Bearer %s\r\n"
WS = ("GET /api/v1/stream HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n")
SUBSCRIPTIONS = 20      # the account's own stream, a server, and 18 channels


class Moot(stack.Stack):
    """One cluster for the whole run; daemon and nginx are started anew for each measurement."""

    def __init__(self, port):
        super().__init__(os.path.join(os.environ["MOOT_BENCH_BUILD"], "moot-push"))
        self.port, self.people, self.made, self.nginx, self.api = port, [], 0, None, []
        os.makedirs(self.dir + "/run", exist_ok=True)

    # ---- Postgres and Redis
    def pg_start(self):
        with open(self.dir + "/pg/postgresql.conf", "a") as f:
            f.write("shared_preload_libraries='pg_stat_statements'\npg_stat_statements.track=top\n"
                    "shared_buffers=256MB\nmax_wal_size=4GB\ncheckpoint_timeout=30min\n")
        super().pg_start()

    def pg_make(self):
        super().pg_make()
        self.sql_as("postgres", "moot", "CREATE EXTENSION pg_stat_statements")
        self.sql_as("postgres", "moot", "GRANT pg_read_all_stats TO moot")

    def pg_pid(self):
        with open(self.dir + "/pg/postmaster.pid") as f:
            return int(f.readline())

    def queries(self):
        """Statements of the push daemon so far: text -> calls."""
        rows = self.sql("SELECT s.query, sum(s.calls) FROM pg_stat_statements AS s JOIN pg_roles AS r "
                        "ON r.oid = s.userid WHERE r.rolname = 'moot_push' GROUP BY 1")
        return {re.sub(r"\s+", " ", q): int(n) for q, n in rows}

    # ---- people
    def populate(self, n):
        """Accounts, all members of one server with 18 channels; more are added when there are too few."""
        if not self.people:
            self.author = self.account("owner")
            self.server, self.channel = self.author.server("Bench")
            for i in range(SUBSCRIPTIONS - 3):
                self.author.channel(self.server, "c%d" % i)
        have = len(self.people)
        while have < n:
            k = min(1000, n - have)
            rows = self.sql(
                "WITH a AS (INSERT INTO account (username, display_name) SELECT 'reader_' || x, 'reader ' || x "
                "FROM generate_series(%d, %d) AS x RETURNING id), s AS (INSERT INTO session (account_id, seed) "
                "SELECT id, 'x' FROM a RETURNING id, account_id), m AS (INSERT INTO member (server_id, account_id, "
                "permissions) SELECT %d, id, 3 FROM a) SELECT account_id, id FROM s"
                % (self.made, self.made + k - 1, self.server))
            self.people += [(int(a), int(s)) for a, s in rows]
            have += k
            self.made += k

    def forget(self, n):
        """The first n are no members any more."""
        self.people = self.people[n:]

    def token(self, account, session):
        if not hasattr(self, "token_head"):
            head = {"alg": "HS256", "typ": "JWT", "kid": hashlib.sha256(self.key).hexdigest()[:16]}
            self.token_head = stack.b64(json.dumps(head, separators=(",", ":")).encode())
        now = int(time.time())
        body = '{"iss":"%s","aud":"moot","sub":"%d","sid":"%d","jti":"bench","iat":%d,"exp":%d,"use":"access"}' % (
            stack.BASE_URL, account, session, now, now + 3600)
        text = self.token_head + "." + stack.b64(body.encode())
        return text + "." + stack.b64(hmac.new(self.key, text.encode(), hashlib.sha256).digest())

    def tokens(self, n, each=1):
        """For n connections, `each` of them of one account."""
        self.populate((n + each - 1) // each)
        made = [self.token(*p) for p in self.people[:(n + each - 1) // each]]
        return [made[i // each] for i in range(n)]

    # ---- processes
    def daemon(self, **settings):
        settings.setdefault("push_max_connections", 19000)
        push = self.push_start(run_dir=self.dir + "/run", log_level="warn", **settings)
        self.push = push
        return push

    def metrics(self):
        """The counters all processes share (lib/base/metric.c): magic, layout, then a slot for each name."""
        with open(TOP + "/lib/base/metric.def") as f:
            names = re.findall(r"^X\((\w+)", f.read(), re.M)
        with open(self.dir + "/run/metrics", "rb") as f:
            data = f.read(16 + 8 * len(names))
        return dict(zip(names, struct.unpack_from("=%dq" % len(names), data, 16)))

    def api_start(self, n=2):
        conf = self.dir + "/api.conf"
        with open(conf, "w") as f:
            f.write("base_url = %s\ndatabase = host=%s dbname=moot user=moot_api\nredis = unix:%s\n"
                    "token_key_file = %s/token.key\nrun_dir = %s/run\nfiles_dir = %s\nlimits_scale = 100000\n"
                    "log_level = warn\nmax_requests = 0\n"
                    % (stack.BASE_URL, self.dir, self.redis_path, self.dir, self.dir, self.dir))
        s = socket.socket(socket.AF_UNIX)
        s.bind(self.dir + "/api.sock")
        os.chmod(self.dir + "/api.sock", 0o666)
        s.listen(512)
        log = open(self.dir + "/api.log", "ab")
        self.api = [subprocess.Popen([os.path.join(os.environ["MOOT_BENCH_BUILD"], "moot-api"), "-c", conf],
                                     stdin=s.fileno(), stdout=log, stderr=log) for _ in range(n)]
        s.close()

    def api_stop(self):
        for p in self.api:
            host.stop(p)
        self.api = []
        if os.path.exists(self.dir + "/api.sock"):
            os.unlink(self.dir + "/api.sock")

    def nginx_start(self, push_socket=None, workers=1):
        """The files of nginx/, as dev/up makes an instance of them; only paths and numbers differ."""
        root = self.dir + "/nginx"
        os.makedirs(root + "/snippets", exist_ok=True)
        os.makedirs(root + "/tmp", exist_ok=True)
        files = 20000
        for path in glob.glob(TOP + "/nginx/*.conf"):
            name = os.path.basename(path)
            if name == "lighttpd.conf":
                continue
            with open(path) as f:
                text = f.read()
            for pattern, to in (
                    (r"/run/moot/nginx\.pid", root + "/nginx.pid"),
                    (r"/run/moot/push\.sock", push_socket or self.push.path),
                    (r"/run/moot/push-b\.sock", self.dir + "/push-b.sock"),
                    (r"/run/moot/", self.dir + "/"),
                    (r"/usr/share/moot/htdocs", root), (r"/var/lib/moot/files/", root + "/"),
                    (r"/var/log/nginx/moot-error\.log", root + "/error.log"),
                    (r"access_log .*;", "access_log off;"),
                    (r"/var/lib/nginx/", root + "/tmp/"),
                    (r"(?m)^    listen \[::\].*\n", ""),
                    (r"(?m)^    listen 80 ", "    listen 127.0.0.1:%d " % self.port),
                    (r"worker_processes .*;", "worker_processes %d;" % workers),
                    (r"worker_rlimit_nofile .*;", "worker_rlimit_nofile %d;" % files),
                    (r"worker_connections .*;", "worker_connections %d;" % (files - 100))):
                text = re.sub(pattern, to, text)
            where = root + "/snippets/" if name.endswith(("fastcgi.conf", "stream.conf", "headers.conf")) else root + "/"
            with open(where + name, "w") as f:
                f.write(text)
        log = open(root + "/stderr.log", "ab")
        self.nginx = subprocess.Popen([host.nginx_program(), "-p", root, "-c", root + "/standalone.conf",
                                       "-e", root + "/error.log"], stdout=log, stderr=log)
        until("nginx listens", lambda: host_port_open(self.port))
        return self.nginx

    def nginx_stop(self):
        if self.nginx:
            host.stop(self.nginx)
        self.nginx = None

    def front(self):
        return "127.0.0.1:%d" % self.port

    def rest(self):
        """Between two measurements: no daemon, no nginx."""
        self.nginx_stop()
        for d in list(self.daemons):
            problem = d.stop()
            if problem:
                print("# " + problem)

    # ---- publishing
    def message_sql(self, content=CONTENT):
        """Posts {n} messages in one transaction, by the function moot-api calls."""
        path = self.dir + "/message.sql"
        with open(path, "w") as f:
            f.write("SELECT m.ref, m.data FROM generate_series(0, {n} - 1) AS g CROSS JOIN LATERAL "
                    "message_create(%d, %d, '~' || lpad(({seq} + g)::text, 8, '0') || '~ %s', NULL, NULL, NULL) "
                    "AS m WHERE m.kind = 'event'" % (self.author.id, self.channel, content.replace("'", "''")))
        return path

    def publisher(self, shared, bus=True, **options):
        argv = [program("publish"), "--shared", shared.path, "--pg", self.dir + "/.s.PGSQL.5432",
                "--sql", self.message_sql(options.pop("content", CONTENT)), "--first", str(shared.next)]
        if bus:
            argv += ["--redis", "unix:" + self.redis_path]
        for k, v in options.items():
            argv += ["--" + k, str(v)]
        return Publisher(shared, argv)

    def poster(self, shared, **options):
        """Posts by HTTP, through nginx and moot-api: sent is when the request is written."""
        with open(self.dir + "/post.json", "w") as f:
            json.dump({"content": "~00000000~ " + CONTENT}, f)
        argv = [program("publish"), "--shared", shared.path, "--http", self.front(),
                "--path", "/api/v1/channels/%d/messages" % self.channel, "--body", self.dir + "/post.json",
                "--header", "Authorization: Bearer " + self.author.token(), "--first", str(shared.next)]
        for k, v in options.items():
            argv += ["--" + k, str(v)]
        return Publisher(shared, argv)

    def post_all(self, shared, **options):
        return self.publisher(shared, **options).wait()

    def example(self):
        """The bytes of one event with its number left open: what the peers are given to deliver."""
        rows = self.sql("SELECT m.data FROM message_create(%d, %d, '~00000000~ %s', NULL, NULL, NULL) AS m "
                        "WHERE m.kind = 'event'" % (self.author.id, self.channel, CONTENT))
        return rows[0][0].split("\n", 1)[1]

    def roles(self, nginx=True):
        r = {"daemon": self.push.proc}
        if nginx:
            r["nginx"] = self.nginx
        return host.Roles(**r)

    def stores(self):
        return host.Roles(postgres=self.pg_pid(), redis=self.procs["redis"])


class Publisher:
    def __init__(self, shared, argv):
        self.shared = shared
        self.proc = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)

    def wait(self):
        out = self.proc.communicate()[0]
        if self.proc.returncode:
            raise RuntimeError("the publisher ended with %d" % self.proc.returncode)
        got = json.loads(out)
        if got["refused"]:
            raise RuntimeError("the peer refused %d messages" % got["refused"])
        self.shared.next = got["first"] + got["published"]
        return got


def host_port_open(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0
