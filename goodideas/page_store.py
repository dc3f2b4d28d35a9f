"""Where rendered pages are kept: Django's caches, with room for what is asked for often, and no fault but a miss."""

import logging
import threading
import time
from collections import OrderedDict

from django.core.cache import caches

#: Pages without parameters and pages with some have each their own room: of the latter there is no end.
PAGES, QUESTIONS = "pages", "questions"
#: So many keys are remembered of questions that were asked once.
REMEMBERED = 10_000
#: Seconds for which a cache that failed isn't asked again, and pages that a process keeps itself meanwhile.
PAUSE, OWN = 5.0, 200

log = logging.getLogger(__name__)


class PageStore:
    """Keeps answers under keys. Whatever is wrong with a shared cache, nobody sees a fault.

    While it is away a process keeps the latest pages itself: a key names all that a page is made from, so none is old.
    """

    def __init__(self):
        self._once, self._own = Latest(REMEMBERED), Latest(OWN)
        self._again_at = 0.0

    def get(self, key: str, room: str):
        return self._ask(room, lambda store: store.get(key))

    def set(self, key: str, value, room: str) -> None:
        """Keeps it; with parameters only when it is asked for a second time, so that a flood of them evicts nothing."""
        if room == PAGES or self._once.get(key):
            self._ask(room, lambda store: store.set(key, value))
        else:
            self._once.set(key, True)

    def _ask(self, room: str, question):
        if time.monotonic() >= self._again_at:
            try:
                return question(caches[room])
            except Exception as error:
                # A shared cache is another program on another machine, and each client of one has errors of its own.
                log.warning("The page cache doesn't answer, so pages are rendered: %s", error)
                self._again_at = time.monotonic() + PAUSE
        return question(self._own)


class Latest:
    """What was set last, so many keys of it."""

    def __init__(self, most: int):
        self.most = most
        self._kept: OrderedDict[str, object] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str):
        return self._kept.get(key)

    def set(self, key: str, value) -> None:
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > self.most:
                self._kept.popitem(last=False)
