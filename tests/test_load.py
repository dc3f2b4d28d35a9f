"""The judge of the benchmark of load isn't blind: each thing that may go wrong is a fault, and a sound run has none."""

import gzip
import itertools
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from benchmarks.load import GROWTH, MIB, Readers, Seen, faults
from benchmarks.visits import Titles, Visit, World, _called

SOUND = Seen(
    waits={"idea": [0.1, 0.2]},
    saved=1,
    thanked=1,
    # It fills its caches, and then breathes.
    memory=[(float(at), (300 + 2 * min(at, 20) + at % 3) * MIB) for at in range(61)],
    warm=20.0,
    workers=4,
)


def test_a_sound_run_has_no_fault():
    assert faults(SOUND) == []


@pytest.mark.parametrize(
    "values",
    [
        {"wrong": ["/: answered 500"]},
        {"refused": 1},
        {"asked_again": 1},
        {"died": 1},
        {"lost": ["The proposal was lost."]},
        {"memory": [(float(at), (300 + GROWTH * 4 * at / 30) * MIB) for at in range(61)]},
        {"saved": 0},
        {"thanked": 0},
        {"waits": {}},
    ],
    ids=lambda values: next(iter(values)),
)
def test_one_thing_that_goes_wrong_is_one_fault(values):
    assert len(faults(replace(SOUND, **values))) == 1


class Server(BaseHTTPRequestHandler):
    """Answers as a site shouldn't: each address has a fault of its own, but for the first."""

    page = b"<html><h1>Mentors</h1></html>"
    count = itertools.count()

    def do_GET(self):
        name = self.path.strip("/")
        if name == "refused":
            self.send_error(500)
        elif name == "closed":
            self.close_connection = True
        elif name == "false-304":
            self.answer(b"", 304, ETag='"another"')
        elif name == "cut":
            self.answer(gzip.compress(self.page)[:-12], Content_Encoding="gzip")
        elif name == "another":
            self.answer(self.page.replace(b"Mentors", b"Gardens"))
        elif name == "stale":
            self.answer(self.page, X_Catalogue_Edition="7; stale")
        elif name == "two-texts":
            self.answer(self.page + b" " * next(self.count), ETag='"one"')
        elif name == "older":
            self.answer(self.page, X_Catalogue_Edition="1000")
        else:
            self.answer(gzip.compress(self.page), Content_Encoding="gzip", ETag='"tag"', X_Catalogue_Edition="2000")

    def answer(self, content, status=200, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_told):
        pass


#: What is said of each address.
FAULTS = {
    "sound": None,
    "refused": "answered 500",
    "closed": "wasn't answered",
    "false-304": "304, and it isn't what was read",
    "cut": "it can't be read",
    "another": "its heading is 'Gardens', not 'Mentors'",
    "stale": "it is stale",
    "two-texts": "two different texts have one tag",
    "older": "edition 1000 after 2000",
}


class Site:
    """A catalogue of these addresses, asked for as they come."""

    def visit(self, chance):
        name = chance.choice(list(FAULTS))
        return Visit(name, f"/{name}/", lambda text: _called(text, "Mentors"))


def test_readers_see_what_is_wrong_with_an_answer():
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
        readers = Readers(server.server_address[1], Site(), rate=500)
        with readers:
            while sum(map(len, readers.waits.values())) < 250 and not readers.faults:
                readers.done.wait(0.01)
        server.shutdown()
    for name, fault in FAULTS.items():
        said = [one for one in readers.wrong if one.startswith(f"/{name}/")]
        assert bool(said) == bool(fault), name
        assert [one for one in said if fault not in one] == []


def test_a_title_may_be_shown_from_its_sending_and_has_to_be_from_its_saving():
    titles = Titles({1: "First"})
    before = titles.now(1)
    titles.sending(1, "Second")
    assert titles.since(1, titles.now(1)) == ["First", "Second"]
    titles.saved(1)
    assert titles.since(1, before) == ["First", "Second"]
    assert titles.since(1, titles.now(1)) == ["Second"]


def test_page_of_an_idea_has_to_be_its_own_and_of_its_time():
    world = World.__new__(World)
    world.titles = Titles({1: "First"})
    visit, whole = world.page_of(1, "first"), "<html><h1>First</h1><a href='/i/1/'></a></html>"
    assert visit.wrong(whole) == ""
    assert visit.wrong(whole.replace("/i/1/", "/i/2/")) == "it is another page"
    assert visit.wrong(whole.removesuffix("</html>")) == "it isn't a whole page"
    world.titles.sending(1, "Second")
    world.titles.saved(1)
    assert "First" in world.page_of(1, "first").wrong(whole)
