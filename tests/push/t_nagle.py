"""The files of nginx/ as they are installed: no event is kept back, nor waits for the acknowledgement of the one before
it (RFC 896).

Whether it waits is a property of nginx's own end of the connection. Measured it would be 40 ms and more, on a machine
that is idle, and only sometimes; so the option is looked at, in a copy of nginx's descriptor.
"""
import base64, ctypes, errno, os, re, shutil, socket, ssl, subprocess

from stack import TOP, Failed, Skipped, equal, true, until, until_head
from t_nginx import free_port
from t_order import two_people

SNIPPETS = ("moot-fastcgi.conf", "moot-stream.conf", "moot-security-headers.conf", "moot-app-headers.conf")
PIDFD_GETFD = 438


class Site:
    """nginx with the shipped files; only paths and addresses are others."""

    def __init__(self, st, push):
        self.root, self.ports = st.dir + "/site", {"plain": free_port(), "tls": free_port()}
        os.makedirs(self.root + "/snippets")
        os.makedirs(self.root + "/tmp")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=moot.test", "-keyout", self.root + "/key.pem", "-out",
                        self.root + "/cert.pem"], check=True, stderr=subprocess.DEVNULL)
        listen = ("    listen 127.0.0.1:%d backlog=4096 sndbuf=64k so_keepalive=60s:15s:4;\n"
                  "    listen 127.0.0.1:%d ssl http2 backlog=4096 sndbuf=64k so_keepalive=60s:15s:4;\n"
                  "    ssl_certificate %s/cert.pem; ssl_certificate_key %s/key.pem;\n"
                  % (self.ports["plain"], self.ports["tls"], self.root, self.root))
        for name in ("standalone.conf", "moot-http.conf", "moot-site.conf") + SNIPPETS:
            with open(TOP + "/nginx/" + name) as f:
                text = f.read()
            for pattern, by in ((r"/run/moot/nginx\.pid", self.root + "/nginx.pid"), (r"/run/moot/push\.sock", push.path),
                                (r"/run/moot/", self.root + "/"), (r"/var/log/nginx/[a-z-]*\.log", self.root + "/log"),
                                (r"/var/lib/nginx/", self.root + "/tmp/"), (r"/usr/share/moot/htdocs", self.root),
                                (r"(?m)^    listen \[::\].*\n", ""), (r"(?m)^    listen 80 .*\n", listen),
                                (r"worker_processes .*", "worker_processes 1;"), (r"worker_rlimit_nofile .*", ""),
                                (r"worker_connections .*", "worker_connections 512;")):
                text = re.sub(pattern, lambda _: by, text)
            if name == "standalone.conf" and st.root:
                text = "user root;\n" + text    # whose descriptors may be looked at
            with open("%s/%s%s" % (self.root, "snippets/" if name in SNIPPETS else "", name), "w") as f:
                f.write(text)
        self.proc = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-p", self.root, "-c",
                                      self.root + "/standalone.conf", "-e", self.root + "/log"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("nginx listens", self.listens)

    def listens(self):
        with socket.socket() as s:
            return s.connect_ex(("127.0.0.1", self.ports["tls"])) == 0

    def connect(self, tls):
        """(what to read from and write to, the address nginx knows it by)"""
        s = socket.create_connection(("127.0.0.1", self.ports["tls" if tls else "plain"]), 20)
        at = s.getsockname()
        if tls:
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            s = context.wrap_socket(s)
        return s, at

    def workers(self):
        with open("/proc/%d/task/%d/children" % (self.proc.pid, self.proc.pid)) as f:
            return [int(pid) for pid in f.read().split()]

    def its_end(self, peer):
        """A copy of the descriptor of nginx's end."""
        for pid in self.workers():
            pidfd = os.pidfd_open(pid)
            for name in os.listdir("/proc/%d/fd" % pid):
                try:
                    if not os.readlink("/proc/%d/fd/%s" % (pid, name)).startswith("socket:"):
                        continue
                except FileNotFoundError:
                    continue
                fd = LIBC.syscall(PIDFD_GETFD, pidfd, int(name), 0)
                if fd < 0 and ctypes.get_errno() in (errno.EPERM, errno.ENOSYS):
                    raise Skipped("descriptors of nginx cannot be looked at: " + os.strerror(ctypes.get_errno()))
                if fd < 0:
                    continue
                s = socket.socket(fileno=fd)
                if s.family == socket.AF_INET and is_peer(s, peer):
                    os.close(pidfd)
                    return s
                s.close()
            os.close(pidfd)
        return None

    def stop(self):
        self.proc.terminate()
        self.proc.wait()
        shutil.rmtree(self.root)


LIBC = ctypes.CDLL(None, use_errno=True)


def is_peer(s, peer):
    try:
        return s.getpeername() == peer
    except OSError:
        return False


KINDS = {"sse": "Accept: text/event-stream\r\n", "ndjson": "Accept: application/x-ndjson\r\n",
         "text": "Accept: text/plain\r\n",
         "ws": "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: "
               + base64.b64encode(bytes(16)).decode() + "\r\n"}


def through_http2(st, site, push, a, b, channel, kind):
    """With TLS, as browsers read; what curl has written is what came."""
    if not shutil.which("curl") or b"HTTP2" not in subprocess.run(["curl", "--version"], stdout=subprocess.PIPE).stdout:
        return
    out = site.root + "/out"
    with open(out, "wb") as f:
        curl = subprocess.Popen(["curl", "-skN", "--http2", "-H", KINDS[kind].strip(), "-H", "Authorization: Bearer "
                                 + b.token(), "https://127.0.0.1:%d/api/v1/stream" % site.ports["tls"]], stdout=f)

    def came():
        with open(out, "rb") as f:
            return f.read()
    try:
        until("HTTP/2 " + kind, lambda: push.health()["connections"] == 1)
        a.post(channel, "through HTTP/2, " + kind)
        until(lambda: "HTTP/2 passes it on: %r" % came(), lambda: b"through HTTP/2, " + kind.encode() in came())
    finally:
        curl.kill()
        curl.wait()
    until("gone", lambda: push.health()["connections"] == 0)


def test_nginx_keeps_no_event_back(st):
    if not (shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")) or not shutil.which("openssl"):
        raise Skipped("no nginx or openssl here")
    push = st.push_start(push_connections_per_user=100)
    a, b, server, channel = two_people(st, "nagle")
    site, late = Site(st, push), []
    try:
        for kind in ("sse", "ndjson"):
            through_http2(st, site, push, a, b, channel, kind)
        for tls in (False, True):
            for before in (0, 1, 3):        # requests on the same connection
                for kind, headers in KINDS.items():
                    s, at = site.connect(tls)
                    for _ in range(before):
                        s.sendall(b"HEAD /nothing.js HTTP/1.1\r\nHost: moot.test\r\n\r\n")
                        true("404", until_head(s).startswith(b"HTTP/1.1 404 "))
                    s.sendall(("GET /api/v1/stream HTTP/1.1\r\nHost: moot.test\r\nAuthorization: Bearer %s\r\n%s\r\n"
                               % (b.token(), headers)).encode())
                    what = "%s%s, %d before" % (kind, " with TLS" if tls else "", before)
                    # with TLS nginx keeps the head until something follows it, and as text nothing does so far
                    until(what, lambda: push.health()["connections"] == 1)
                    text, out = "for " + what, b""
                    a.post(channel, text)
                    s.settimeout(5)
                    while text.encode() not in out:
                        try:
                            part = s.recv(65536)
                        except TimeoutError:
                            raise Failed("%s: kept back by nginx; came so far: %r" % (what, out))
                        true("%s: goes on behind %r" % (what, out), part)
                        out += part
                    end = site.its_end(at)
                    true(what + ": it has an end", end)
                    if not end.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY):
                        late.append(what)
                    end.close()
                    s.close()
                    until("gone", lambda: push.health()["connections"] == 0)
    finally:
        site.stop()
    equal("streams that wait", late, [])
