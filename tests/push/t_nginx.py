"""The same behind nginx, as it relays the stream."""
import json, os, shutil, subprocess

from client import Reader
from stack import equal, true, until
from t_order import cursor_after, two_people

CONF = """
daemon off; worker_processes 1; pid %(dir)s/nginx.pid; error_log %(dir)s/nginx.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path %(dir)s/t1; proxy_temp_path %(dir)s/t2; fastcgi_temp_path %(dir)s/t3;
    uwsgi_temp_path %(dir)s/t4; scgi_temp_path %(dir)s/t5;
    map $http_upgrade $moot_connection { "" ""; default upgrade; }
    upstream moot_push { server unix:%(push)s max_fails=0; }
    server {
        listen unix:%(dir)s/nginx.sock;
        location = /api/v1/stream {
            proxy_pass http://moot_push; proxy_http_version 1.1; proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $moot_connection;
            proxy_buffering off; proxy_buffer_size 1k; proxy_buffers 8 1k; proxy_busy_buffers_size 2k;
            proxy_read_timeout 75s; gzip off;
        }
    }
}
"""


class Front:
    """A daemon's address behind nginx, as a Reader wants it."""

    def __init__(self, st, push):
        self.stack, self.path = st, st.dir + "/nginx.sock"
        with open(st.dir + "/nginx.conf", "w") as f:
            f.write(CONF % {"dir": st.dir, "push": push.path})
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.proc = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", st.dir + "/nginx.conf",
                                      "-e", st.dir + "/nginx.log"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("nginx listens", lambda: os.path.exists(self.path))

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


def chunks(body):
    out = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        n = int(size, 16)
        out, body = out + body[:n], body[n + 2:]
    return out


def test_behind_nginx(st):
    if not (shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")):
        print("# no nginx here")
        return
    push = st.push_start(push_heartbeat=1)
    a, b, server, channel = two_people(st, "nginx")
    front = Front(st, push)
    try:
        ws = Reader(front, b, "ws")
        direct = Reader(push, b)
        raw = Reader(front, b, "sse", start=False)
        raw.s.settimeout(20)
        for i in range(30):
            a.post(channel, "n%d" % i)
        ws.expect_texts(["n%d" % i for i in range(30)])
        ws.frame(9, b"through")
        until("pong", lambda: b"through" in ws.pongs)
        got = b""
        while b'"content":"n29"' not in got:
            part = raw.s.recv(65536)
            true("SSE goes on", part)
            got += part
        true("chunked by nginx", b"Transfer-Encoding: chunked" in got)
        cursor = cursor_after(ws)
        ws.close()
        a.post(channel, "missed")
        again = Reader(front, b, "ws", query="?since=" + cursor)
        again.expect_texts(["missed"])
        st.call("session_end", b.id, b.session)
        equal("bye", again.expect_control("bye")[0]["code"], 4401)
        until("close frame", lambda: again.close_code == 4401)
        direct.expect_control("bye")
    finally:
        front.stop()
