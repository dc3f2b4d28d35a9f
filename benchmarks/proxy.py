"""A TCP proxy that can hang and refuse: what a network does to a service, without touching the service."""

import contextlib
import socket
import threading


class Proxy:
    """Passes connections on to a port of this machine, from a port of its own, until it is told otherwise."""

    def __init__(self, port: int):
        self.target, self.hanging = ("127.0.0.1", port), False
        self.open: list[socket.socket] = []
        self.listener, self.port = None, 0
        self._listen()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.refuse()

    def hang(self) -> None:
        """What is sent from now on stays on the way."""
        self.hanging = True

    def refuse(self) -> None:
        """Ends every connection and takes no other."""
        # Closing alone doesn't wake the thread that waits for a connection, and the port would stay open.
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self.open.clear()

    def mend(self) -> None:
        """Takes connections again, on the same port; those that hung are ended."""
        self.refuse()
        self.hanging = False
        self._listen()

    def _listen(self) -> None:
        self.listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, args=[self.listener], daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = listener.accept()
                server = socket.create_connection(self.target)
                self.open += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.hanging:
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
