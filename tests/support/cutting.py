"""A proxy on loopback that breaks connections off, as networks do."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress


class Cutter:
    """Passes bytes on, and cuts each of the next connections after so many bytes of the answer."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[int] = []
        self.connections = 0
        self.answers: list[bytearray] = []
        """What was passed on to the client, a connection each."""
        self._threads: list[threading.Thread] = []
        self._open: list[socket.socket] = []

    def serve(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open += [near, far]
            limit = self.cuts.pop(0) if self.cuts else -1
            self.answers.append(bytearray())
            for source, sink, most, seen in ((near, far, -1, bytearray()), (far, near, limit, self.answers[-1])):
                thread = threading.Thread(target=self._pass, args=(source, sink, most, seen))
                thread.start()
                self._threads.append(thread)

    def _pass(self, source: socket.socket, sink: socket.socket, most: int, seen: bytearray) -> None:
        with suppress(OSError):
            while piece := source.recv(4096):
                if most >= 0:
                    piece = piece[: most - len(seen)]
                seen += piece
                sink.sendall(piece)
                if 0 <= most <= len(seen):
                    break
        for one in (source, sink):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        for one in self._open:
            one.close()


@contextmanager
def cutting(port: int) -> Iterator[Cutter]:
    """Run a proxy in front of a port until the end of the block."""
    cutter = Cutter(port)
    accepting = threading.Thread(target=cutter.serve)
    accepting.start()
    try:
        yield cutter
    finally:
        cutter.close()
        accepting.join(10)
        assert not accepting.is_alive()
