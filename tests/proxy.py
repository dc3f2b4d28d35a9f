"""A TCP proxy that can refuse, or hang: what a network does to a service, without touching the service."""

import contextlib
import socket
import threading


class Proxy:
    """Passes connections on to an address of this machine, from a port of its own, until it is told otherwise."""

    def __init__(self, port: int):
        self.target, self.hanging, self.refusing = ("127.0.0.1", port), threading.Event(), False
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.refuse()

    def hang(self) -> None:
        """What is sent from now on stays on the way."""
        self.hanging.set()

    def refuse(self) -> None:
        """Ends every connection and takes no other."""
        self.refusing = True
        self.listener.close()
        for end in self.open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self.listener.accept()
                server = socket.create_connection(self.target)
                self.open += [client, server]
                for ends in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self.hanging.is_set():
                    return
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
