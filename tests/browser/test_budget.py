"""What a first visit costs, with an empty cache. The test server compresses nothing, so the test does."""

import gzip
from urllib.parse import urljoin

import pytest

from tests.browser.pages import EXAMPLES

pytestmark = pytest.mark.browser

KB = 1000


@pytest.mark.parametrize("example", [example for example in EXAMPLES if not example.template], ids=str)
def test_first_visit_stays_within_the_budget(page, example):
    answers = {}
    page.on("response", lambda response: answers.setdefault(response.url, response))
    example.open(page)
    page.wait_for_load_state("networkidle")
    bodies = {
        url: (response.header_value("content-type"), response.body())
        for url, response in answers.items()
        if not 300 <= response.status < 400
    }
    # Playwright keeps the little picture of the tab to itself; a reader's browser fetches it all the same.
    for link in page.locator("link[rel=icon]").all():
        url = urljoin(page.url, link.get_attribute("href"))
        bodies.setdefault(url, ("image/svg+xml", page.request.get(url).body()))
    weights = {
        url: len(body) if kind.startswith("font/") else len(gzip.compress(body, 9))
        for url, (kind, body) in bodies.items()
    }
    css = {url: weights[url] for url, (kind, _body) in bodies.items() if kind.startswith("text/css")}
    assert sum(weights.values()) <= 150 * KB, weights
    assert sum(css.values()) <= 15 * KB, css
    assert len(weights) <= 10, list(weights)
    assert [url for url, (kind, _body) in bodies.items() if "javascript" in kind] == []
