"""The second listener, push_listen: TCP, for installations whose streams do not pass nginx."""
import os, socket

from client import Reader
from stack import BASE_URL, equal, true, until, until_head
from t_handover import fill, no_loss
from t_nginx import free_port
from t_order import two_people

KINDS = ("sse", "ws", "ndjson")     # no chunks: they are for a proxy


class Direct:
    """The daemon's TCP address, as a Reader wants it."""

    def __init__(self, st, port, address="127.0.0.1"):
        self.stack, self.path, self.tcp = st, None, (address, port)

    def ask(self, path, headers=""):
        with socket.create_connection(self.tcp, 10) as s:
            s.sendall(("GET %s HTTP/1.1\r\nHost: %s\r\n%s\r\n" % (path, BASE_URL.split("//")[1], headers)).encode())
            return until_head(s).decode()

    def is_open(self):
        with socket.socket() as s:
            return s.connect_ex(self.tcp) == 0


def start(st, **settings):
    port = free_port()
    return st.push_start(push_listen="127.0.0.1:%d" % port, **settings), Direct(st, port)


def test_streams_without_nginx(st):
    push, direct = start(st)
    a, b, server, channel = two_people(st, "direct")
    readers = [Reader(direct, b, k) for k in KINDS] + [Reader(push, b)]
    texts = ["m%d" % i for i in range(20)]
    for text in texts:
        a.post(channel, text)
    no_loss(readers, texts)
    # what only the socket answers, and what only a proxy on it may ask for
    for path in ("/health", "/metrics"):
        true(path, direct.ask(path).startswith("HTTP/1.1 404 "))
        true(path, push.request("GET %s HTTP/1.1\r\nHost: x\r\n\r\n" % path).startswith(b"HTTP/1.1 200 "))
    plain = Reader(direct, b, "chunked")
    true("no chunks", "Transfer-Encoding" not in plain.head)
    st.call("session_end", b.id, b.session)
    for r in readers + [plain]:
        equal("bye", r.expect_control("bye")[0]["code"], 4401)


def test_off_unless_it_is_configured(st):
    push = st.push_start()
    with open("/proc/%d/net/tcp" % push.proc.pid) as f:
        listening = {x.split()[9] for x in f.readlines()[1:] if x.split()[3] == "0A"}
    own = {os.readlink("/proc/%d/fd/%s" % (push.proc.pid, fd)) for fd in os.listdir("/proc/%d/fd" % push.proc.pid)}
    equal("nothing on TCP", {x for x in own if x.startswith("socket:") and x[8:-1] in listening}, set())


def test_a_page_of_another_site_gets_no_stream(st):
    push, direct = start(st)
    a = st.account("direct_origin")
    cookie = "Accept: application/x-ndjson\r\nCookie: moot_access=%s\r\n" % a.token()
    stream = "/api/v1/stream"
    true("own page", direct.ask(stream, cookie + "Sec-Fetch-Site: same-origin\r\n").startswith("HTTP/1.1 200 "))
    true("no proof", direct.ask(stream, cookie).startswith("HTTP/1.1 403 "))
    for foreign in ("Sec-Fetch-Site: cross-site", "Origin: https://elsewhere.example", "Sec-Fetch-Site: same-site"):
        out = direct.ask(stream, cookie + foreign + "\r\nX-Real-IP: 127.0.0.1\r\nX-Forwarded-For: 127.0.0.1\r\n")
        true(foreign + ": " + out, out.startswith("HTTP/1.1 403 "))
        true("no CORS", "Access-Control" not in out)
    true("nobody", direct.ask(stream, "Accept: application/x-ndjson\r\nX-Real-IP: 127.0.0.1\r\n").startswith("HTTP/1.1 401 "))


def test_a_slow_reader_on_tcp_gets_all(st):
    push, direct = start(st)
    a, b, server, channel = two_people(st, "directslow")
    slow = [Reader(direct, b, k, rcvbuf=4096) for k in KINDS]
    texts = ["%04d " % i + "x" * 1900 for i in range(200)]
    fill(push, slow, a, channel, texts)
    for r in slow:
        r.paused.clear()
    no_loss(slow, texts)


def test_peers_that_ask_for_nothing_leave_room(st):
    """Whoever reaches the port cannot keep out who comes by the web server."""
    push, direct = start(st, push_max_connections=40)
    a, b, server, channel = two_people(st, "directroom")
    before, silent = push.open_fds(), []
    try:
        for i in range(400):        # more than the limit and what is above it to be told so
            silent.append(socket.create_connection(direct.tcp))
            if i % 3 == 0:
                silent[-1].sendall(b"GET /api/v1/stream HTTP/1.1\r\nHost: ")
        until("some are let in", lambda: push.open_fds() >= before + 11)
        r = Reader(push, b)
        a.post(channel, "by the socket")
        no_loss([r], ["by the socket"])
        equal("no more than their share", push.open_fds(), before + 11 + 1)
    finally:
        for s in silent:
            s.close()
    late = Reader(direct, b)
    a.post(channel, "by the port")
    no_loss([r], ["by the socket", "by the port"])
    late.expect_texts(["by the port"])


def test_an_address_that_cannot_be_had(st):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        for at, why in (("127.0.0.1:%d" % taken.getsockname()[1], "Address already in use"),
                        ("localhost:8081", "is no address and port"), ("8081", "is no address and port"),
                        ("unix:/x", "is no address and port"), ("127.0.0.1:70000", "is no address and port")):
            push = st.push_start("refused", ready=False, push_listen=at)
            equal(at, push.proc.wait(10), 1)
            true(at + ": " + push.log()[-300:], why in push.log().splitlines()[-1])
            st.daemons.remove(push)


def test_it_is_handed_over(st):
    push, direct = start(st)
    a, b, server, channel = two_people(st, "directover")
    readers = [Reader(direct, b, k) for k in KINDS] + [Reader(push, b)]
    texts = []
    for i in range(3):
        texts.append("before %d" % i)
        a.post(channel, texts[-1])
        push.hand_over()
        readers.append(Reader(direct, b, query="?channel_id=%d" % channel))
    texts.append("last")
    a.post(channel, "last")
    no_loss(readers[:4], texts)
    for i, r in enumerate(readers[4:]):
        r.expect_texts(texts[i + 1:])


def configure(st, push, **settings):
    path = "%s/%s.conf" % (st.dir, push.name)
    with open(path) as f:
        kept = [x for x in f if x.split(" = ")[0] not in settings]
    with open(path, "w") as f:
        f.write("".join(kept) + "".join("%s = %s\n" % x for x in settings.items()))


def test_an_address_that_cannot_be_had_leaves_the_old_one(st):
    push, direct = start(st)
    a, b, server, channel = two_people(st, "directstays")
    readers = [Reader(direct, b), Reader(push, b)]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen(1)
        for at, why in (("nonsense", "is no address and port"),
                        ("127.0.0.1:%d" % taken.getsockname()[1], "Address already in use")):
            configure(st, push, push_listen=at)
            new = st.push_run(push.name, "--take-over")
            equal(at + " is refused", new.wait(30), 1)
            true(at + ": says why: " + push.log()[-500:], why in push.log())
            true("the old one goes on", push.proc.poll() is None)
            readers.append(Reader(direct, b))
    a.post(channel, "all the same")
    no_loss(readers, ["all the same"])


def test_a_new_address_comes_into_effect_by_a_hand_over(st):
    push = st.push_start()
    a, b, server, channel = two_people(st, "directmove")
    one, two = Direct(st, free_port()), Direct(st, free_port())
    readers, texts = [Reader(push, b)], []
    for open_now, shut in ((one, two), (two, one), (None, two)):
        configure(st, push, push_listen="127.0.0.1:%d" % open_now.tcp[1] if open_now else "")
        push.hand_over()
        true("the other is closed", not shut.is_open())
        if open_now:
            readers.append(Reader(open_now, b))
    a.post(channel, "to all, wherever they came in")
    no_loss(readers, ["to all, wherever they came in"])
