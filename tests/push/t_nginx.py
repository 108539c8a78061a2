"""The same behind nginx, as it relays the stream."""
import json, os, shutil, socket, subprocess

from client import Reader
from stack import Skipped, equal, true, until
from t_order import cursor_after, two_people

CONF = """
daemon off; worker_processes 1; pid %(dir)s/nginx.pid; error_log %(dir)s/nginx.log warn;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path %(dir)s/t1; proxy_temp_path %(dir)s/t2; fastcgi_temp_path %(dir)s/t3;
    uwsgi_temp_path %(dir)s/t4; scgi_temp_path %(dir)s/t5;
    map $http_upgrade $moot_connection { "" ""; default upgrade; }
    upstream moot_push { %(servers)s }
    server {
        listen unix:%(dir)s/nginx.sock;
        listen 127.0.0.1:%(port)d;
        location = /api/v1/stream {
            proxy_pass http://moot_push; proxy_http_version 1.1; proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $moot_connection;
            proxy_read_timeout 75s; gzip off;
            if ($http_upgrade) { rewrite ^ /socket last; }
            proxy_set_header X-Stream-Chunked 1; proxy_buffering on; proxy_buffer_size 1k; proxy_buffers 2 32k;
            proxy_busy_buffers_size 32k; proxy_max_temp_file_size 0; postpone_output 0;
        }
        location = /socket {
            rewrite ^ /api/v1/stream break;
            proxy_pass http://moot_push; proxy_http_version 1.1; proxy_set_header Host $http_host;
            proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $moot_connection;
            proxy_read_timeout 75s; gzip off;
            proxy_buffering off; proxy_buffer_size 16k; proxy_buffers 2 16k; proxy_busy_buffers_size 16k;
        }
    }
}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Front:
    """A daemon's address behind nginx, as a Reader wants it."""

    def __init__(self, st, *nodes):
        self.stack, self.path = st, st.dir + "/nginx.sock"
        with open(st.dir + "/nginx.conf", "w") as f:
            self.port = free_port()
            f.write(CONF % {"dir": st.dir, "port": self.port, "servers": " ".join(
                "server unix:%s max_fails=0;" % node.path for node in nodes)})
        if os.path.exists(self.path):
            os.unlink(self.path)
        self.proc = subprocess.Popen([shutil.which("nginx") or "/usr/sbin/nginx", "-c", st.dir + "/nginx.conf",
                                      "-e", st.dir + "/nginx.log"],
                                     stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until("nginx listens", self.answers)

    def answers(self):
        with socket.socket(socket.AF_UNIX) as s:
            return s.connect_ex(self.path) == 0

    def stop(self):
        self.proc.terminate()
        self.proc.wait()


def test_behind_nginx(st):
    if not (shutil.which("nginx") or os.path.exists("/usr/sbin/nginx")):
        raise Skipped("no nginx here")
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


def test_an_event_is_passed_on_whatever_buffers_it_lies_across(st):
    """nginx reads the first bytes into 1k and the rest into 32k, and counts a chunk as complete by a rule of its own
    (push/chunk.h). No heartbeat comes meanwhile to push on what it holds back."""
    push = st.push_start(push_heartbeat=25, push_connections_per_user=1000)
    a, b, server, channel = two_people(st, "across")
    front = Front(st, push)
    try:
        probe = Reader(front, b)
        a.post(channel, "x")
        probe.expect_texts(["x"])
        around = len(json.dumps(probe.events[-1], separators=(",", ":"))) + len("data: \n\n") - 1
        for size in list(range(1000, 1032)) + [2048, 5000]:
            r = Reader(front, b)
            text = "%d " % size + "x" * (size - around - len("%d " % size))
            a.post(channel, text)
            r.expect_texts([text], seconds=5)
            r.close()
        # two in one flush, the second across the buffers, on a stream that had neither before
        r = Reader(front, b)
        texts = [c * (700 - around) for c in "yz"]
        st.sql("BEGIN")
        for text in texts:
            a.post(channel, text, publish=False)
        st.sql("COMMIT")
        r.expect_texts(texts, seconds=5)
        # more than all of its buffers, and what comes after
        long = ["%03d " % i + "m" * 3000 for i in range(60)]
        st.sql("BEGIN")
        for text in long:
            a.post(channel, text, publish=False)
        st.sql("COMMIT")
        r.expect_texts(texts + long, seconds=5)
        a.post(channel, "last")
        r.expect_texts(texts + long + ["last"], seconds=5)
    finally:
        front.stop()


NODE = """
const ws = new WebSocket(process.argv[1], { headers: { authorization: "Bearer " + process.argv[2] } });
ws.onmessage = (m) => console.log(m.data);
ws.onclose = (e) => { console.log(JSON.stringify({ closed: e.code, clean: e.wasClean })); };
ws.onerror = (e) => console.log(JSON.stringify({ error: String(e.error ?? e.message) }));
process.stdin.on("data", (d) => ws.send(String(d).trim()));
"""


def test_an_independent_websocket_client(st):
    node = shutil.which("node")
    if not node or subprocess.run([node, "--experimental-websocket", "-e", "WebSocket"],
                                  stderr=subprocess.DEVNULL).returncode:
        raise Skipped("no node with a WebSocket here")
    push = st.push_start()
    a, b, server, channel = two_people(st, "node")
    front = Front(st, push)
    url = "ws://127.0.0.1:%d/api/v1/stream" % front.port
    client = subprocess.Popen([node, "--experimental-websocket", "--no-warnings", "-e", NODE, url, b.token()],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        def line():
            return json.loads(client.stdout.readline())
        equal("hello", line()["control"], "hello")
        texts = ["short", "m" * 200, "\u2603" * 4000, "{}"]
        for text in texts:
            a.post(channel, text)
            equal("message of %d" % len(text), line()["data"]["content"], text)
        client.stdin.write(b'{"op":"signal"}\n')
        client.stdin.flush()
        equal("answer", line(), {"control": "error", "code": "unsupported_op", "op": "signal"})
        st.call("session_end", b.id, b.session)
        event = line()
        while event.get("type") == "session.ended":
            event = line()
        equal("bye", event["code"], 4401)
        equal("closed", line(), {"closed": 4401, "clean": True})
    finally:
        client.kill()
        client.wait()
        front.stop()
