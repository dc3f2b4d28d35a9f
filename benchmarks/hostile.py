"""Whether strangers can break it: thousands of hostile requests to every address of the site, each answer judged.

    python -m benchmarks.hostile [--requests 10000] [--seed 1] [--schemathesis PROGRAM] [--output FILE]

A server by the production command, behind a proxy that speaks https, with the opening collection in a database of its
own: a temporary one on SQLite, or the one that DATABASE_URL names, where what is posted stays. A fault is any answer of
500 or more, a trace, a mark written back so that it could act, a header or a redirect that a stranger chose, a host's
name that was forged, a cookie for a reader, silence, an answer that took more than two seconds, or, but for the desk,
more than three times as long as an honest one: the dearest of a page of the same address, one that isn't there, a value
that means nothing, and a form sent there. Both are then asked again by turns, past the page cache; the quickest of each
count, and less than 30 ms isn't compared. Memory may grow by 50 MB over what the server has after an honest reader saw
every address. With --schemathesis that program tries /openapi.json, too.
"""

import argparse
import http.client
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.malice import FORGED, Malice, Request, Route

HOST = "ideas.example.org"
SITE = f"https://{HOST}"
#: Seconds; how many times an honest answer; seconds that are compared with nothing; bytes.
LONGEST, TIMES, UNCOMPARED, GROWTH = 2.0, 3, 0.03, 50_000_000
#: How often two are compared before the slower counts as slower.
TURNS = 5
PATIENCE = 10  # seconds until silence is a fault
TRACES = (
    b"Traceback (most recent call last)", b"site-packages", b"goodideas/settings", b"/catalogue/views/",
    b"OperationalError",
    b"DataError", b"ProgrammingError", b"UnicodeDecodeError", b"DoesNotExist", b"django.core", b"psycopg", b"sqlite3.",
    b"root:x:0:0", b"DJANGO_SETTINGS_MODULE", b"DEBUG = True",
)  # fmt: skip
#: What a browser reads as a document, where a mark may not stand bare.
ACTIVE = ("html", "xml", "svg")
#: oEmbed 1.0 wants it for a form of the answer that nobody has.
NOT_IMPLEMENTED = 501


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    seconds: float

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key.lower() == name), "")


@dataclass
class Outcome:
    """What was asked and what was found. Each fault is a sentence and the line that shows it."""

    requests: int = 0
    statuses: Counter = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    longest: float = 0
    #: The worst answer, in times of the honest one.
    times: float = 0
    compared: int = 0
    grown: int = 0
    #: Not an HTTP request in the server's eyes: it closed the line.
    hung_up: int = 0
    schemathesis: int = 0


def ask(port: int, raw: bytes) -> Answer | None:
    """Sends bytes, and reads the whole answer; None where the server hangs up without one."""
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as line:
        try:
            line.sendall(raw)
        except (BrokenPipeError, ConnectionResetError):
            # It refuses before it has read everything; what it says is still to be read.
            pass
        response = http.client.HTTPResponse(line, method="HEAD" if raw.startswith(b"HEAD ") else "GET")
        try:
            response.begin()
            body = response.read()
        except (ConnectionError, http.client.RemoteDisconnected):
            return None
        return Answer(response.status, response.getheaders(), body, time.perf_counter() - begun)


def get(target: str, **headers: str) -> bytes:
    lines = [f"GET {target} HTTP/1.1", f"Host: {HOST}", "X-Forwarded-Proto: https", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(target: str, form: str) -> bytes:
    head = get(target, Content_Type="application/x-www-form-urlencoded", Content_Length=str(len(form)))
    return b"POST" + head.removeprefix(b"GET") + form.encode()


def past_the_cache(raw: bytes) -> bytes:
    """The same, by somebody whose cookie says nothing: the page cache looks away."""
    return raw if b"\r\nCookie: " in raw else raw.replace(b"\r\n", b"\r\nCookie: sessionid=none\r\n", 1)


# What is wrong with an answer


def faults_of(request: Request, answer: Answer) -> list[str]:
    """Everything but the time."""
    found, kind = [], answer.header("content-type")
    if answer.status >= 500 and not (answer.status == NOT_IMPLEMENTED and b"/oembed" in request.target):
        found.append(f"answered {answer.status}")
    found += [f"the answer holds {trace.decode()!r}" for trace in TRACES if trace in answer.body]
    if any(name in kind for name in ACTIVE) and (acts := acting(request.mark, answer.body)):
        found.append(f"written back unescaped: {acts!r}")
    if not kind and answer.body:
        found.append("an answer without a type")
    if answer.body and answer.status < 400 and answer.header("x-content-type-options") != "nosniff":
        found.append("no nosniff")
    for name, value in answer.headers:
        if request.mark in name.lower() or (name.lower() == "set-cookie" and request.mark in value):
            found.append(f"a header that the request made: {name}: {value[:80]}")
        if name.lower() == "location" and (
            urlsplit(value).netloc not in ("", HOST) or re.match(r"[/\\]{2}|/\\", value)
        ):
            found.append(f"leads away: {value[:80]}")
        if name.lower() == "set-cookie" and "Max-Age=0" not in value and not on_the_desk(request):
            found.append(f"a cookie for a reader: {value[:80]}")
        if FORGED in value and request.forged:
            found.append(f"believed a forged host: {name}: {value[:80]}")
    if request.forged and FORGED.encode() in answer.body:
        found.append("believed a forged host")
    return found


def on_the_desk(request: Request) -> bool:
    return b"/admin" in request.target.lower()


def acting(mark: str, body: bytes) -> str:
    """Where a mark stands so that a browser would act on it; empty where it is nothing but text."""
    if mark.encode() not in body:
        return ""
    text = body.decode("utf-8", "replace")
    pattern = (
        rf"""<(?:svg/onload=|!--)?{mark}|["'] (?:onmouseover=["'])?{mark}|(?:href|src|action)="\s*"""
        rf"""(?:javascript:|//|/\\|https?:/*){mark}"""
    )
    found = re.search(pattern, text, re.IGNORECASE)
    return text[max(0, found.start() - 40) : found.end() + 20] if found else ""


# What an answer may take


class Honest:
    """What somebody honest would ask at the address of a hostile request, to know how long that takes."""

    def __init__(self, port: int, malice: Malice, values: dict[str, str]):
        self.port, self.malice, self.values = port, malice, values
        self.routes = {route.name: route for route in malice.routes}

    def compared(self, request: Request) -> float:
        """How many times as long a hostile request takes as the dearest honest one; all by turns, the best of each."""
        hostile, others = [past_the_cache(request.raw())], [past_the_cache(raw) for raw in self.requests(request)]
        took, usual = [PATIENCE], [[PATIENCE] for _other in others]
        for _turn in range(TURNS):
            for raw, seconds in zip(hostile + others, [took, *usual], strict=True):
                answer = ask(self.port, raw)
                seconds.append(answer.seconds if answer else PATIENCE)
            times = min(took) / max(min(seconds) for seconds in usual)
            # What is slow only while the machine has something else to do is slow no more at another turn.
            if min(took) < UNCOMPARED or times < TIMES:
                break
        return times if min(took) > UNCOMPARED else 0

    def requests(self, request: Request) -> list[bytes]:
        """A page of that address, plain and with what it can be asked; one that isn't there; a wrong value; a form."""
        asked = [get("/mentors-for-newcomer-engineers/"), get("/ideas/?q=mentors&theme=nothing")]
        if request.kind == "form":
            path = request.target.decode().partition("?")[0]
            return [
                *asked,
                get(path),
                post(path, "title=Mentors&summary=They+meet.&done=Nothing.&city=Ghent&email=a%40b"),
            ]
        if route := self.routes.get(request.route):
            path = route.path.format(*(self.malice.known.get(part, ["1"])[0] for part in route.parts))
            query = "&".join(f"{name}={self.values[name]}" for name in route.parameters if name in self.values)
            asked += [get(path), get(f"{path}?{query}")]
        return asked


# The drill


def tried(port: int, pid: int, malice: Malice, honest: Honest, requests: int) -> Outcome:
    """Asks all of them, one after the other, and judges each."""
    from benchmarks.client import private

    outcome = Outcome()
    for route in malice.routes:
        for language in malice.languages:
            path = route.path.format(*(malice.known.get(part, ["1"])[0] for part in route.parts))
            ask(port, get(language + path))
    idle = private(pid)
    for number in range(requests):
        request = malice.request(number)
        try:
            answer = ask(port, request.raw())
        except TimeoutError:
            outcome.faults.append(told(malice, request, port, f"silent for {PATIENCE} seconds"))
            continue
        except http.client.HTTPException as error:
            outcome.faults.append(told(malice, request, port, f"no HTTP: {error!r}"))
            continue
        outcome.requests += 1
        if answer is None:
            outcome.hung_up += 1
            continue
        outcome.statuses[answer.status] += 1
        outcome.longest = max(outcome.longest, answer.seconds)
        found = faults_of(request, answer)
        if answer.seconds > LONGEST:
            found.append(f"took {answer.seconds:.1f} s")
        if answer.seconds > UNCOMPARED and request.kind != "desk":
            outcome.compared += 1
            times = honest.compared(request)
            outcome.times = max(outcome.times, times)
            if times > TIMES:
                found.append(f"took {times:.1f} times as long as an honest one")
        outcome.faults += [told(malice, request, port, fault) for fault in found]
    time.sleep(1)
    outcome.grown = private(pid) - idle
    if outcome.grown > GROWTH:
        outcome.faults.append(f"Memory grew by {outcome.grown / 1e6:.0f} MB.")
    return outcome


def told(malice: Malice, request: Request, port: int, fault: str) -> str:
    where = f"seed {malice.seed}, request {request.number} ({request.kind}, {request.route})"
    return f"{fault}: {where}\n    {request.curl(port)}"


def schemathesis(program: str, port: int, seed: int, outcome: Outcome) -> None:
    """That program's own made-up requests, right and wrong ones, to everything that /openapi.json names."""
    # No 5xx is described but the 501 that oEmbed wants, so that any other is a status that isn't in the description.
    checks = "status_code_conformance,content_type_conformance,response_schema_conformance"
    command = [program, "run", f"http://127.0.0.1:{port}/openapi.json", "--url", f"http://127.0.0.1:{port}"]
    command += ["--checks", checks, "--seed", str(seed), "--max-response-time", str(LONGEST), "--max-examples", "30"]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command += ["--report", "json", "--report-json-path", str(report)]
        done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
        said = done.stdout[-4_000:] + done.stderr[-1_000:]
    found = re.search(r"(\d+) generated", said)
    outcome.schemathesis = int(found[1]) if found else 0
    if done.returncode or not outcome.schemathesis:
        outcome.faults.append(f"schemathesis ended with {done.returncode}:\n{said}")


def prepare(seed: int, folder: Path) -> tuple[Malice, dict[str, str]]:
    """The opening collection, and something of each kind that a stranger may try; gives malice and honest values."""
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.test import Client

    from benchmarks import malice
    from catalogue.admin.desk import desk
    from catalogue.models import City, Edition, Idea, Inquiry, Organisation, Submission, Topic
    from goodideas.urls import urlpatterns

    call_command("migrate", verbosity=0, interactive=False)
    call_command("seed", verbosity=0)
    call_command("dump", verbosity=0)
    ideas = list(Idea.objects.published().order_by("pk")[:12])
    with Edition.act(why="a drill of hostile requests"):
        withdrawn = Idea.objects.published().order_by("-pk").first() or ideas[0]
        withdrawn.withdraw(reason="Withdrawn for a drill.")
        draft = Idea.objects.create(title="A draft that nobody may see", status="draft", city=ideas[0].city)
    for kind, about in (("idea", None), ("adaptation", ideas[0]), ("correction", ideas[0])):
        answers = {"what": {"title": "Made up", "summary": "For a drill."}}
        Submission.objects.create(kind=kind, idea=about, title="Made up", answers=answers)
    led = next(idea for idea in ideas if idea.organisation)
    inquiry = Inquiry.objects.create(idea=led, organisation=led.organisation)
    User.objects.filter(username="drill").delete()
    client = Client()
    client.force_login(User.objects.create_superuser("drill", password=None))
    token = "d" * 32
    cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}"
    tokens = [submission.token for submission in Submission.objects.order_by("-pk")[:3]]
    slugs = [idea.slug for idea in ideas]
    known = {
        "slug": [*slugs, withdrawn.slug, draft.slug, *City.objects.values_list("slug", flat=True)[:3],
                 *Topic.objects.values_list("slug", flat=True)[:3], "work"],
        "value": ["work", *Topic.objects.values_list("slug", flat=True)[:3]],
        "code": ["de", "ca"], "pk": [str(ideas[0].pk), str(draft.pk), "999999"], "number": ["1", "2"],
        "token": [*tokens, inquiry.token], "name": ["what", "where", "you", "ideas.csv", "partners"], "code_": ["x"],
        "digest": ["0" * 32], "width": ["640", "1280"], "section": ["ideas"], "folder": ["2026-01-01"],
        "path": ["good_idea/mentors", "nothing/here"], "object_id": ["1"], "app_label": ["catalogue"],
    }  # fmt: skip
    values = {
        "q": "mentors", "theme": "work", "topic": known["value"][1], "country": "de", "started_min": "2000",
        "sort": "title",
        "idea": slugs[0], "url": f"{SITE}/ideas/{slugs[0]}/", "size": "small", "page_size": "100", "facet": "city",
        "organisation": Organisation.objects.filter(pk=led.organisation_id).values_list("slug", flat=True)[0],
    }  # fmt: skip
    steps = ("what", "where", "done", "results", "links", "you", "there", "changed", "wrong")
    forms = [
        ("submit", "/submit/"),
        ("submit-adaptation", f"/ideas/{slugs[0]}/adapt/"),
        ("still", inquiry.get_absolute_url()),
    ]
    forms += [("submit-correction", f"/ideas/{slugs[0]}/correct/"), ("login", "/admin/login/"), ("login", "/admin/")]
    for secret in tokens:
        forms += [("submit-step", f"/submit/{secret}/{step}/") for step in steps]
        forms += [(f"submit-{name}", f"/submit/{secret}/{name}/") for name in ("check", "later")]
        forms += [("submission-detail", f"/submit/{secret}/"), ("submission-withdraw", f"/submit/{secret}/withdraw/")]
    fields = (
        "title summary themes city country organisation partners audiences started done challenge practical innovative"
    )
    fields += (
        " successful transferable links name email named consent stamp website year state kept changed evidence wrong"
    )
    fields += " right answer ended reason message text later username password next carried csrfmiddlewaretoken why q"
    addresses = ["/admin/", "/admin/coverage/", "/admin/autocomplete/", "/admin/password_change/", "/admin/nothing/"]
    for model in desk._registry:
        folder_of_it = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        addresses += [folder_of_it, folder_of_it, folder_of_it + "add/", folder_of_it + "%00/change/"]
        if one := model._default_manager.order_by("pk").first():
            addresses += [f"{folder_of_it}{one.pk}/{view}/" for view in ("change", "history", "delete", "preview")]
    for route in malice.routes(desk.get_urls()):
        if "{}" not in route.path and "logout" not in route.path and "\\" not in route.path:
            addresses.append(f"/admin{route.path}")
    public = [route for route in malice.routes(urlpatterns) if not route.path.startswith("/admin/")]
    public.append(Route("login", "/admin/login/", ()))
    made = Malice(seed, public, known, forms, fields.split(), cookie, token, sorted(set(addresses)), HOST)
    return made, values


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--schemathesis", default="", help="the path of that program, which then tries /openapi.json")
    parser.add_argument("--output", type=Path, help="a file for what was found, as JSON")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "goodideas.settings",
            "SITE_URL": SITE,
            "ALLOWED_HOSTS": f"{HOST},127.0.0.1",
            "BEHIND_HTTPS_PROXY": "1",
            "DUMP_ROOT": str(folder / "dumps"),
            "MEDIA_ROOT": str(folder / "media"),
        }
        os.environ.setdefault("DATABASE_URL", f"sqlite:///{folder / 'hostile.sqlite3'}")
        os.environ.setdefault("SECRET_KEY", "for-a-drill-only")
        outcome, seconds, vendor = drill(asked, folder)
    said = sentence(outcome, seconds, vendor)
    print(said)
    print("\n".join(outcome.faults[:30]))
    if asked.output:
        measured = {"measured": date.today().isoformat(), "lines": {"hostile input": said}}
        asked.output.write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.exit(bool(outcome.faults))


def drill(asked, folder: Path) -> tuple[Outcome, float, str]:
    import django

    django.setup()
    from django.db import connection

    from benchmarks.servers import serving

    malice, values = prepare(asked.seed, folder)
    with serving(ALLOWED_HOSTS=os.environ["ALLOWED_HOSTS"]) as (port, pid):
        honest = Honest(port, malice, values)
        begun = time.perf_counter()
        outcome = tried(port, pid, malice, honest, asked.requests)
        if asked.schemathesis:
            schemathesis(asked.schemathesis, port, asked.seed, outcome)
        return outcome, time.perf_counter() - begun, connection.vendor


def sentence(outcome: Outcome, seconds: float, vendor: str) -> str:
    least, refused = sum(outcome.statuses[one] for one in (200, 301, 302, 303, 304)), outcome.hung_up
    said = (
        f"{vendor}: {outcome.requests:,} hostile requests in {seconds:.0f} s, {len(outcome.faults)} faults; {least:,} "
    )
    said += (
        f"answered as if they were honest, {outcome.requests - least - refused:,} refused, on {refused:,} the line was "
    )
    said += f"closed; longest {outcome.longest * 1000:.0f} ms; {outcome.compared:,} asked again, the slowest took "
    said += f"{outcome.times:.1f} times an honest one; memory grew by {outcome.grown / 1e6:.0f} MB"
    return said + (f"; {outcome.schemathesis:,} of schemathesis" if outcome.schemathesis else "")


if __name__ == "__main__":
    main()
