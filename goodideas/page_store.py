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
#: Seconds for which a cache that failed isn't asked again.
PAUSE = 5.0

log = logging.getLogger(__name__)


class PageStore:
    """Keeps answers under keys. Whatever is wrong with a shared cache, a page is rendered and nobody sees a fault."""

    def __init__(self):
        self._once: OrderedDict[str, None] = OrderedDict()
        self._lock = threading.Lock()
        self._again_at = 0.0

    def get(self, key: str, room: str):
        return self._ask(lambda: caches[room].get(key))

    def set(self, key: str, value, room: str) -> None:
        """Keeps it; with parameters only when it is asked for a second time, so that a flood of them evicts nothing."""
        if room == PAGES or self._asked_before(key):
            self._ask(lambda: caches[room].set(key, value))

    def _asked_before(self, key: str) -> bool:
        with self._lock:
            before = key in self._once
            self._once[key] = None
            self._once.move_to_end(key)
            if len(self._once) > REMEMBERED:
                self._once.popitem(last=False)
        return before

    def _ask(self, question):
        if time.monotonic() < self._again_at:
            return None
        try:
            return question()
        except Exception as error:
            # A shared cache is another program on another machine, and each client of one has errors of its own.
            log.warning("The page cache doesn't answer, so pages are rendered: %s", error)
            self._again_at = time.monotonic() + PAUSE
            return None
