"""Readers of the stream: SSE, NDJSON, text and WebSocket over a unix socket, each with its thread."""
import base64, hashlib, json, os, socket, struct, threading, time

from stack import Failed, until

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
ACCEPT = {"sse": "text/event-stream", "ndjson": "application/x-ndjson", "text": "text/plain"}


class Pause:
    """Whether a reader leaves what comes unread."""

    def __init__(self):
        self._read = threading.Event()
        self._read.set()

    def set(self):
        self._read.clear()

    def clear(self):
        self._read.set()

    def wait_over(self):
        self._read.wait()


def unchunk(raw):
    """(body, rest that is no whole chunk yet) of a chunked body (RFC 9112 7.1)."""
    body = b""
    while b"\r\n" in raw:
        size, rest = raw.split(b"\r\n", 1)
        n = int(size, 16)
        if len(rest) < n + 2:
            break
        body, raw = body + rest[:n], rest[n + 2:]
    return body, raw


class Reader:
    """What came: events (envelopes), controls ((name, data, cursor)), lines (text format)."""

    def __init__(self, daemon, who=None, kind="sse", query="", last=None, token=None, headers="",
                 start=True, wait=True, rcvbuf=None):
        if kind == "chunked":       # as nginx asks for SSE
            kind, headers = "sse", "\r\n".join(x for x in (headers, "X-Stream-Chunked: 1") if x)
        self.daemon, self.kind = daemon, kind
        self.events, self.controls, self.lines = [], [], []
        self.status, self.head, self.cursor = None, "", None
        self.closed = False
        self.close_code = None
        self.pongs = []
        self.error = None
        self.paused = Pause()
        self.lock = threading.Condition()
        tcp = getattr(daemon, "tcp", None)
        self.s = socket.socket(socket.AF_INET if tcp else socket.AF_UNIX)
        if rcvbuf:
            self.s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.s.connect(tcp or daemon.path)
        token = token or (who.token() if who else None)
        lines = ["GET /api/v1/stream%s HTTP/1.1" % query, "Host: moot.test"]
        if token:
            lines.append("Authorization: Bearer " + token)
        if last is not None:
            lines.append("Last-Event-ID: " + last)
        if kind == "ws":
            self.key = base64.b64encode(os.urandom(16))
            lines += ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
                      "Sec-WebSocket-Key: " + self.key.decode()]
        else:
            lines.append("Accept: " + ACCEPT[kind])
        if headers:
            lines.append(headers)
        self.s.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.received_at = time.monotonic()
        daemon.stack.clients.append(self)
        self.thread = None
        if start:
            self.start()
            if wait:
                until(lambda: "hello: %s %s" % (self.head, self.controls), lambda: self.hello() or self.closed)

    def start(self):
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    # ---- what tests ask
    def hello(self):
        with self.lock:
            for name, data, _ in self.controls:
                if name == "hello":
                    return data
        return self.kind == "text" and self.head or None

    def control(self, name):
        with self.lock:
            return [data for n, data, _ in self.controls if n == name]

    def revs(self, stream):
        with self.lock:
            return [e["rev"] for e in self.events if e["stream"] == stream and "rev" in e]

    def types(self):
        with self.lock:
            return [e["type"] for e in self.events]

    def texts(self, channel=None):
        with self.lock:
            return [e["data"]["content"] for e in self.events if e["type"] == "message.created"
                    and (channel is None or e["stream"] == "channel:%d" % channel)]

    def expect_texts(self, wanted, channel=None, seconds=20):
        until(lambda: "%s: wanted %s, has %s, controls %s" % (self.kind, wanted, self.texts(channel),
                                                             self.controls),
              lambda: self.texts(channel) == wanted, seconds)

    def expect_control(self, name, seconds=20):
        return until(lambda: "%s of %s; error %s" % (name, self.controls, self.error),
                     lambda: self.control(name), seconds)

    def expect_closed(self, seconds=20):
        until("the stream ends", lambda: self.closed, seconds)

    def position(self):
        """The cursor as a client keeps it: of the last control message that had one."""
        with self.lock:
            return self.cursor

    # ---- reading
    def _recv(self):
        return self.s.recv(65536)

    def _run(self):
        try:
            buf = b""
            while b"\r\n\r\n" not in buf:
                part = self._recv()
                if not part:
                    break
                buf += part
            head, _, rest = buf.partition(b"\r\n\r\n")
            self.head = head.decode(errors="replace")
            self.status = int(head.split(b" ")[1]) if b" " in head else None
            self.rest = rest
            if self.kind == "ws" and self.status == 101:
                want = base64.b64encode(hashlib.sha1(self.key + GUID).digest())
                if want not in head:
                    raise Failed("wrong accept key")
            parse = self._parse_ws if self.kind == "ws" and self.status == 101 else self._parse_text
            plain = unchunk if "transfer-encoding: chunked" in self.head.lower() else lambda bytes: (bytes, b"")
            body, raw = plain(rest)
            rest = parse(body)
            while True:
                self.paused.wait_over()
                part = self._recv()
                if not part:
                    break
                body, raw = plain(raw + part)
                rest = parse(rest + body)
        except OSError as e:
            self.error = e
        except Exception as e:
            self.error = e
            self.daemon.stack.broken.append("%s stream: %r" % (self.kind, e))
        self.body = rest if "rest" in dir() else b""
        self.closed = True

    def _parse_text(self, buf):
        if self.status != 200:
            return buf
        sep = b"\n\n" if self.kind == "sse" else b"\n"
        while sep in buf:
            block, buf = buf.split(sep, 1)
            with self.lock:
                if self.kind == "sse":
                    self._sse(block.decode())
                elif self.kind == "text":
                    self.lines.append(block.decode())
                else:
                    self._object(json.loads(block))
        return buf

    def _sse(self, block):
        name, id, data = None, None, []
        for line in block.split("\n"):
            field, _, value = line.partition(": ")
            if field == "event":
                name = value
            elif field == "id":
                id = value
            elif field == "data":
                data.append(value)
            elif field != "retry":
                raise Failed("unexpected line %r" % line)
        data = json.loads("\n".join(data))
        if name is None:
            self.events.append(data)
        else:
            self.controls.append((name, data, id))
            self.cursor = id or self.cursor

    def _object(self, o):
        if "control" in o:
            self.controls.append((o.pop("control"), o, o.get("cursor")))
            self.cursor = o.get("cursor") or self.cursor
        else:
            self.events.append(o)

    def _parse_ws(self, buf):
        while len(buf) >= 2:
            if buf[0] & 0x70 or buf[1] & 0x80:
                raise Failed("reserved bit or mask from the server")
            n, at = buf[1] & 127, 2
            if n == 126:
                if len(buf) < 4:
                    break
                n, at = struct.unpack_from("!H", buf, 2)[0], 4
            elif n == 127:
                if len(buf) < 10:
                    break
                n, at = struct.unpack_from("!Q", buf, 2)[0], 10
            if len(buf) < at + n:
                break
            op, payload, buf = buf[0] & 15, buf[at:at + n], buf[at + n:]
            with self.lock:
                if op == 1:
                    self._object(json.loads(payload.decode()))
                elif op == 9:
                    self.frame(10, payload)
                elif op == 10:
                    self.pongs.append(payload)
                elif op == 8:
                    self.close_code = struct.unpack("!H", payload[:2])[0] if payload else 1005
                    try:
                        self.frame(8, payload[:2])
                    except OSError:
                        pass
                else:
                    raise Failed("opcode %d" % op)
        return buf

    # ---- speaking
    @staticmethod
    def encode(op, payload=b"", fin=True, mask=b"\x11\x22\x33\x44", rsv=0, length=None):
        n = len(payload) if length is None else length
        head = bytes([(0x80 if fin else 0) | rsv | op])
        m = 0x80 if mask else 0
        if n < 126:
            head += bytes([m | n])
        elif n < 65536:
            head += bytes([m | 126]) + struct.pack("!H", n)
        else:
            head += bytes([m | 127]) + struct.pack("!Q", n)
        if not mask:
            return head + payload
        return head + mask + bytes(b ^ mask[i & 3] for i, b in enumerate(payload))

    def frame(self, op, payload=b"", **how):
        self.s.sendall(self.encode(op, payload, **how))

    def say(self, o):
        self.frame(1, json.dumps(o).encode())

    def close(self):
        if self in self.daemon.stack.clients:
            self.daemon.stack.clients.remove(self)
        self.paused.clear()
        try:
            self.s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.s.close()
        if self.thread and self.thread is not threading.current_thread():
            self.thread.join(5)
