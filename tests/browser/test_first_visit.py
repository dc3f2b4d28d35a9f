"""What a first visit to each kind of page fetches, says and leaves behind."""

import gzip
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from django.conf import settings

from tests.browser.pages import EXAMPLES

pytestmark = pytest.mark.browser

KB = 1000
#: How far what is seen was moved by what came later (https://web.dev/articles/cls).
SHIFT = """() => new Promise(done => new PerformanceObserver(list => {
    done(list.getEntries().reduce((sum, entry) => sum + entry.value, 0))
}).observe({type: "layout-shift", buffered: true}) ?? setTimeout(() => done(0), 100))"""


@dataclass(frozen=True)
class Visit:
    example: object
    hosts: set
    #: By address: the kind of content, and what it weighs on the way. The test server compresses nothing, so this does.
    fetched: dict[str, tuple[str, int]]
    requests: int
    shift: float
    faults: list[str]
    cookies: list

    def weight(self, kind: str = "") -> int:
        return sum(weight for found, weight in self.fetched.values() if found.startswith(kind))


@pytest.fixture(scope="module", params=EXAMPLES, ids=str)
def visit(request, browser, browser_context_args):
    """A page opened once, with an empty cache, for all the tests below."""
    example = request.param
    context = browser.new_context(**browser_context_args)
    page = context.new_page()
    hosts, answers, said, cookies = set(), [], [], []
    page.on("request", lambda asked: hosts.add(urlsplit(asked.url).netloc))
    page.on("response", lambda answer: answers.append(answer))
    page.on("console", lambda message: said.append((message.type, message.text, message.location["url"])))
    page.on("pageerror", lambda error: said.append(("error", str(error), "")))
    example.open(page)
    page.wait_for_load_state("networkidle")
    fetched = {}
    for answer in answers:
        cookies += answer.header_values("set-cookie")
        fetched[answer.url] = weighed(answer.header_value("content-type"), answer.body())
    # The page and what it asked for. The little picture of the tab isn't among that: the browser asks for it by itself,
    # once for the whole site; it weighs all the same.
    shift = page.evaluate(SHIFT)
    requests = 1 + page.evaluate("performance.getEntriesByType('resource').length")
    for link in page.locator("link[rel=icon]").all():
        url = urljoin(page.url, link.get_attribute("href"))
        fetched.setdefault(url, weighed("image/svg+xml", page.request.get(url).body()))
    # Chromium reports a page's own status of 400 and more on the console; anything else there is a fault.
    own = f"Failed to load resource: the server responded with a status of {example.status} "
    faults = [text for kind, text, url in said if kind == "error" and not (url == page.url and text.startswith(own))]
    cookies += context.cookies()
    context.close()
    return Visit(example, hosts, fetched, requests, shift, faults, cookies)


def weighed(kind: str, body: bytes) -> tuple[str, int]:
    return kind, len(body) if kind.startswith("font/") else len(gzip.compress(body, 9))


def test_it_asks_no_other_host(visit, base_url):
    assert visit.hosts == {urlsplit(base_url).netloc}


def test_it_sets_no_cookie(visit):
    assert visit.cookies == []


def test_the_console_stays_silent_and_the_policy_unbroken(visit):
    assert visit.faults == []


def test_it_weighs_at_most_150_kb_of_which_15_are_styles(visit):
    assert visit.weight() <= 150 * KB, visit.fetched
    assert 0 < visit.weight("text/css") <= 15 * KB, visit.fetched


def test_it_takes_at_most_10_requests(visit):
    assert visit.requests <= 10, list(visit.fetched)


def test_its_scripts_weigh_at_most_4_kb(visit):
    assert visit.weight("text/javascript") <= 4 * KB, visit.fetched


def test_all_scripts_together_weigh_at_most_8_kb(base_url):
    scripts = Path(settings.BASE_DIR, "static", "js").glob("*.js")
    assert 0 < sum(len(gzip.compress(path.read_bytes(), 9)) for path in scripts) <= 8 * KB


def test_hardly_anything_moves_by_itself(visit):
    # What moves is text whose own font comes late; up to here it is called good (https://web.dev/articles/cls).
    assert visit.shift <= 0.1
