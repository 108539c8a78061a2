"""Stands between the two daemons of a hand-over, and kills or bends what it is told to."""
import array, os, signal, socket, struct, threading

from stack import until

# struct ctl_message of push/ctl.h
FORM = struct.Struct("=IIqqI32s84s")
HELLO, NO, STREAMS, GO, STATE, FDS, READY, COMMIT, ABORT = range(1, 10)


class Between:
    """Takes the daemon's control socket over. before(kind, data): called with each message before it is passed
    on; false keeps it back and ends the connection to the new one. after(kind): when it was."""

    def __init__(self, push, before, after=lambda kind: None):
        self.path, self.before, self.after = push.path + ".ctl", before, after
        self.seen, self.thread = [], None
        os.rename(self.path, self.path + ".real")
        self.listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.listener.bind(self.path)
        self.listener.listen(4)
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def end(self, keep=False):
        """keep: the name is a new daemon's."""
        self.listener.close()
        self.thread.join(10)
        if not keep:
            os.rename(self.path + ".real", self.path)
        elif os.path.exists(self.path + ".real"):
            os.unlink(self.path + ".real")

    def _pass(self, source, to):
        data, fds, flags, _ = socket.recv_fds(source, FORM.size + 1, 253)
        try:
            if not data:
                return False
            kind = FORM.unpack(data)[0]
            self.seen.append(kind)
            bent = self.before(kind, data)
            if not bent:
                return False
            socket.send_fds(to, [data if bent is True else bent], fds)
            self.after(kind)
            return True
        finally:
            for fd in fds:
                os.close(fd)

    def _run(self):
        new, _ = self.listener.accept()
        old = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        old.connect(self.path + ".real")
        done = threading.Event()

        def pump(source, to):
            try:
                while self._pass(source, to):
                    pass
            except OSError:
                pass
            done.set()
        for pair in ((new, old), (old, new)):
            threading.Thread(target=pump, args=pair, daemon=True).start()
        done.wait()
        for s in (new, old):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            s.close()
