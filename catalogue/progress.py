"""A line on the terminal that says how far something is."""

WIDTH = 30


class Bar:
    """Written over and over in one line; into a file or a pipe nothing is written."""

    def __init__(self, stream):
        self.stream = stream
        self.seen = stream.isatty()

    def show(self, what: str, done: int, total: int = 0) -> None:
        """`total` is 0 where it isn't known."""
        if not self.seen:
            return
        full = WIDTH * done // total if total else 0
        bar = f" [{'#' * full}{' ' * (WIDTH - full)}] {done:,} of {total:,}" if total else f" {done:,}"
        self.stream.write(f"\r{what + bar:<79}", ending="")
        self.stream.flush()

    def end(self) -> None:
        if self.seen:
            self.stream.write("")
