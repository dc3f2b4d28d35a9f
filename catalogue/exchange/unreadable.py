"""The sentence for a file that can't be read at all."""


class Unreadable(ValueError):
    """A file, or what follows in it, can't be read; the sentence says why and what to do."""
