"""The peers, each started as its own documentation says, given the same bytes to deliver.

A system says where readers connect, what they ask, when they are ready, which processes count, and
how to publish: to Moot by Postgres and Redis, to the peers by HTTP on a unix socket.
"""
import json, os, socket, subprocess, tempfile

import host, moot
from host import HERE, Roles, until
from moot import Publisher, host_port_open

UPGRADE = ("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")

# As nginx/ does for Moot: small pools, the same listen options, no log.
NGINX = """
%(load)s
daemon off; worker_processes %(workers)d; worker_rlimit_nofile 20000; pid %(dir)s/nginx.pid;
error_log %(dir)s/nginx.log warn;
events { worker_connections 19900; }
http {
    access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on;
    client_body_temp_path %(dir)s/t1; proxy_temp_path %(dir)s/t2; fastcgi_temp_path %(dir)s/t3;
    uwsgi_temp_path %(dir)s/t4; scgi_temp_path %(dir)s/t5;
    connection_pool_size 256; request_pool_size 2k; client_header_buffer_size 2k;
    %(http)s
    server {
        listen 127.0.0.1:%(port)d backlog=4096 sndbuf=64k so_keepalive=60s:15s:4;
        %(front)s
    }
    %(server)s
}
"""
PROXY = """location / { proxy_pass http://%s; proxy_http_version 1.1; proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection "%s"; gzip off; proxy_buffering off;
            proxy_buffer_size 16k; proxy_buffers 2 16k; proxy_busy_buffers_size 16k; proxy_read_timeout 75s; }"""


class System:
    """What a row measures: between start() and stop() it can be read and published to."""
    name = None
    ready = hello = lines = None
    controls = False
    with_nginx = False
    speaks_http = True      # answers another request before the stream's, too

    def __init__(self, bench):
        self.bench = bench

    def load(self, shared, n, controls=False):
        return host.Load(self.bench.dir, shared, self.address(), n, self.head, self.lines_for(n), self.ready,
                         self.hello, controls, self.with_nginx and self.speaks_http)

    def lines_for(self, n):
        return None

    def stop(self):
        pass


class MootSystem(System):
    head, ready = moot.SSE, "event: hello"

    def __init__(self, bench, nginx=True, ws=False, name="moot", workers=1, **settings):
        super().__init__(bench)
        self.name, self.with_nginx, self.workers, self.settings = name, nginx, workers, settings
        if ws:
            self.head, self.ready = moot.WS, '"control":"hello"'

    def start(self):
        m = self.bench.moot
        self.push = m.daemon(**self.settings)
        if self.with_nginx:
            m.nginx_start(workers=self.workers)

    def address(self):
        return self.bench.moot.front() if self.with_nginx else "unix:" + self.push.path

    def lines_for(self, n):
        return self.bench.moot.tokens(n)

    def roles(self):
        return self.bench.moot.roles(self.with_nginx)

    def publisher(self, shared, **options):
        return self.bench.moot.publisher(shared, **options)

    def stop(self):
        self.bench.moot.rest()


class MootDirect(MootSystem):
    """The daemon's own TCP listener, once it has one."""

    def __init__(self, bench):
        super().__init__(bench, nginx=False, name="moot direct", push_listen="127.0.0.1:%d" % (bench.port + 2))

    @staticmethod
    def exists():
        with open(os.path.join(host.TOP, "lib/base/config.def")) as f:
            return "X_STR(push_listen," in f.read()

    def address(self):
        return "127.0.0.1:%d" % (self.bench.port + 2)


class Peer(System):
    """A peer has a folder of its own, whose unix socket takes what is to be published."""
    path = "/pub"
    front = http = server = loaded = ""

    def begin(self):
        self.dir = tempfile.mkdtemp(prefix="peer.", dir=self.bench.dir)
        os.chmod(self.dir, 0o777)
        self.procs = {}
        self.pub = self.dir + "/pub.sock"
        self.port = self.bench.port + 1

    def spawn(self, role, *argv):
        log = open(self.dir + "/" + role + ".log", "ab")
        self.procs[role] = subprocess.Popen(argv, stdout=log, stderr=log, cwd=self.dir)

    def nginx(self, port):
        conf = self.dir + "/nginx.conf"
        with open(conf, "w") as f:
            f.write(NGINX % {"dir": self.dir, "port": port, "workers": 1, "load": self.loaded, "http": self.http,
                             "front": self.front, "server": self.server})
        self.spawn("nginx", host.nginx_program(), "-c", conf, "-p", self.dir, "-e", self.dir + "/nginx.log")
        until("nginx listens", lambda: host_port_open(port))

    def redis(self):
        """nchan wants TCP; Socket.IO gets the same."""
        port = self.bench.port + 3
        self.spawn("redis", "redis-server", "--port", str(port), "--bind", "127.0.0.1", "--save", "",
                   "--dir", self.dir)
        until("redis listens", lambda: host_port_open(port))
        return "redis://127.0.0.1:%d" % port

    def node(self, script, port, *more):
        self.spawn("node", "node", "%s/peers/%s" % (HERE, script), str(port), self.pub, *more)
        until("%s listens" % script, lambda: host_port_open(port) and os.path.exists(self.pub))

    def takes_messages(self):
        """Posts one; nchan says 503 until it has its Redis."""
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(2)
            if s.connect_ex(self.pub) != 0:
                return False
            s.sendall(b"POST %s HTTP/1.1\r\nHost: bench\r\nContent-Length: 1\r\n\r\nx" % self.path.encode())
            return s.recv(64).startswith(b"HTTP/1.1 2")

    def address(self):
        return "127.0.0.1:%d" % self.port

    def roles(self):
        return Roles(**{k: p for k, p in self.procs.items() if k != "redis"})

    def publisher(self, shared, **options):
        argv = [host.program("publish"), "--shared", shared.path, "--http", "unix:" + self.pub, "--path", self.path,
                "--body", self.bench.body, "--first", str(shared.next)]
        for k, v in options.items():
            argv += ["--" + k, str(v)]
        return Publisher(shared, argv)

    def stop(self):
        for p in self.procs.values():
            host.stop(p)


class Nchan(Peer):
    with_nginx = True
    loaded = "load_module /usr/lib/nginx/modules/ngx_nchan_module.so;"
    head = "GET /sub HTTP/1.1\r\nHost: bench\r\nAccept: text/event-stream\r\n"

    def __init__(self, bench, redis=False, ws=False):
        super().__init__(bench)
        self.with_redis = redis
        self.name = "nchan" + (" redis" if redis else "") + (" ws" if ws else "")
        if ws:
            self.head = "GET /sub HTTP/1.1\r\nHost: bench\r\n" + UPGRADE

    def start(self):
        self.begin()
        use = ""
        self.http = "nchan_shared_memory_size 512M;"
        if self.with_redis:
            self.http += " upstream store { nchan_redis_server %s; }" % self.redis()
            use = "nchan_redis_pass store;"
        common = "nchan_channel_id bench; nchan_message_buffer_length 256; nchan_message_timeout 60s; " + use
        self.front = "location = /sub { nchan_subscriber; nchan_subscriber_first_message newest; %s }" % common
        self.server = ("server { listen unix:%s; keepalive_timeout 3600s; location = /pub { nchan_publisher; %s } }"
                       % (self.pub, common))
        self.nginx(self.port)
        until("nchan has its store", self.takes_messages)


class SocketIO(Peer):
    """With its Redis adapter, behind nginx."""
    name, hello, ready = "socket.io", "40", '40{"sid"'
    with_nginx = True
    head = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: bench\r\n" + UPGRADE

    def start(self):
        self.begin()
        inner = self.bench.port + 4
        self.node("socketio.mjs", inner, self.redis())
        self.http = 'map $http_upgrade $up { default upgrade; "" ""; }'
        self.front = PROXY % ("127.0.0.1:%d" % inner, "$up")
        self.nginx(self.port)


class Ws(Peer):
    """The ws library, read directly."""
    name = "ws"
    head = "GET / HTTP/1.1\r\nHost: bench\r\n" + UPGRADE

    def start(self):
        self.begin()
        self.node("ws.mjs", self.port)


class Writer(Peer):
    """The bare writer: the floor."""
    speaks_http = False
    head = "GET / HTTP/1.1\r\nHost: bench\r\n"

    def __init__(self, bench, nginx=False):
        super().__init__(bench)
        self.with_nginx = nginx
        self.name = "bare writer behind nginx" if nginx else "bare writer"

    def start(self):
        self.begin()
        self.proc = None

    def load(self, shared, n, controls=False):
        where = "unix:%s/writer.sock" % self.dir if self.with_nginx else str(self.port)
        with open(self.dir + "/event", "w") as f, open(self.bench.body) as body:
            f.write("data: %s\n\n" % body.read())
        self.proc = subprocess.Popen([host.program("writer"), shared.path, where, self.dir + "/event"],
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.procs["writer"] = self.proc
        if self.with_nginx:
            until("the writer listens", lambda: os.path.exists(self.dir + "/writer.sock"))
            os.chmod(self.dir + "/writer.sock", 0o666)
            self.front = PROXY % ("unix:%s/writer.sock" % self.dir, "")
            self.nginx(self.port)
        else:
            until("the writer listens", lambda: host_port_open(self.port))
        return super().load(shared, n, controls)

    def publisher(self, shared, **o):
        self.proc.stdin.write("%d %d %d %d %d\n" % (o.get("rate", 0), o.get("batch", 1), o["ms"], shared.next,
                                                    o.get("window", 0)))
        self.proc.stdin.flush()
        return WriterRun(self.proc, shared)


class WriterRun:
    def __init__(self, proc, shared):
        self.proc, self.shared = proc, shared

    def wait(self):
        got = json.loads(self.proc.stdout.readline())
        self.shared.next = got["first"] + got["published"]
        return got
