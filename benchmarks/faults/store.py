"""A Redis of a drill's own: a process with nothing on its disk, on a port of its own."""

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.servers import free_port


@contextmanager
def store() -> Iterator[int]:
    """Its port, when it answers."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if not program:
        raise RuntimeError("This drill needs redis-server; install Debian's package of that name.")
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder]
        process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
        try:
            end = time.monotonic() + 10
            while not _answers(port):
                if time.monotonic() > end or process.poll() is not None:
                    raise RuntimeError("redis-server didn't start.")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
