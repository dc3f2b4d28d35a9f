"""Proposing as a browser without scripts would: a form is read from its page, filled in and sent, step by step."""

from urllib.parse import urlsplit

from catalogue.languages import bare
from catalogue.models import Submission
from tests.desk import fields, send

WHAT = {"title": "Repair evenings", "summary": "They mend bicycles together.", "themes": ["work", "connect"]}
WHERE = {
    "city": "Ghent",
    "country": "BE",
    "organisation": "The Workshop",
    "partners": "Library\nSchool",
    "audiences": ["families"],
    "started": "2016",
}
DONE = {"challenge": "Nobody met anybody.", "done": "A shed was opened."}
RESULTS = {"practical": "Bicycles ride.", "successful": "Sixty people came, by the list at the door."}
LINKS = {"links": "https://example.org/report\nhttps://example.org/news"}
YOU = {"name": "Ana Example", "email": "ana@example.org", "named": "yes", "consent": "on"}
IDEA = {"what": WHAT, "where": WHERE, "done": DONE, "results": RESULTS, "links": LINKS, "you": YOU}

THERE = {"city": "Ghent", "country": "BE", "organisation": "The Workshop", "year": "2019", "state": "running"}
CHANGED = {"kept": "The evenings.", "changed": "The day, since ours is a school.", "evidence": "Forty came."}
ADAPTATION = {"there": THERE, "changed": CHANGED, "you": YOU}

WRONG = {"wrong": "The year is wrong.", "right": "It began in 2005."}
CORRECTION = {"wrong": WRONG, "you": {"name": "", "email": "ana@example.org"}}


def path(response) -> str:
    return urlsplit(response.url).path


def begin(client, address="/submit/", filled=WHAT, **more) -> Submission:
    """Sends the first step, and gives the submission that it made."""
    response = send(client, address, fields(client.get(address)), **filled | more)
    assert response.status_code == 303, response.content.decode()
    return Submission.objects.get(token=bare(path(response)).split("/")[2])


def fill_in(client, submission: Submission, steps: dict) -> None:
    """Sends each of these steps."""
    for name, filled in steps.items():
        address = f"/submit/{submission.token}/{name}/"
        response = send(client, address, fields(client.get(address)), **filled)
        assert response.status_code == 303, (name, response.content.decode())


def hand_in(client, steps=IDEA, address="/submit/", **more) -> Submission:
    """A whole submission, sent to the editors."""
    first, *rest = steps
    submission = begin(client, address, steps[first], **more)
    fill_in(client, submission, {name: steps[name] for name in rest})
    response = client.post(f"/submit/{submission.token}/check/")
    assert path(response) == submission.get_absolute_url()
    submission.refresh_from_db()
    return submission
