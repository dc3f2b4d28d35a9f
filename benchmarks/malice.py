"""Made-up hostile requests to every address of the site, each known by a seed and a number.

Whatever could be written back carries a mark of its own, so that whoever reads the answer can tell whether it was.
"""

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, quote_from_bytes

from django.urls import URLPattern, URLResolver

#: Whom no honest request names: an answer that holds it believed a header.
FORGED = "forged.example"
#: To be written back, each with its mark.
PROBES = (
    "<{m}>", '"><{m}>', "'><svg/onload={m}>", "</script><{m}>", "</title></textarea><{m}>", '" onmouseover="{m}',
    "' {m}='", "javascript:{m}//", "--><{m}>", "]]><{m}>", "{{{{7*7}}}}{m}", "${{7*7}}{m}", "\r\nX-{m}: 1",
    "\r\nSet-Cookie: {m}=1", "\r\n\r\n<{m}>", "//{m}.evil.example/", "/\\{m}.evil.example", "https:{m}.evil.example",
    "' OR 1=1 --{m}", "../../../../../etc/passwd{m}", "%s%n%x{m}", "=cmd|'/c calc'!{m}", "&lt;{m}&gt;", "\u202e<{m}>",
    "<!--{m}", "＜{m}＞", "+ADw-{m}+AD4-", "\x00<{m}>",
)  # fmt: skip
#: To be tripped over. Bytes are sent as they are, percent-encoded or bare.
SNAGS: tuple[bytes, ...] = tuple(
    value if isinstance(value, bytes) else value.encode("utf-8", "surrogatepass")
    for value in (
        "", "\0", "a\0b", b"\xff\xfe", b"\xc0\xaf", "\ud800", b"\xf4\x90\x80\x80", "-1", "0", "1", "00001", "1e309",
        "NaN", "Infinity", "٣", "²", "0x10", "1_000", " 2 ", "+1", "-0", "1.5", "null", "true", "[]", "{}", "%", "%zz",
        "%u0041", "%00", "%2500", "%252e%252e%252f", "9" * 400, "9" * 5000, str(2**31), str(2**63), str(-(2**63) - 1),
        "a" * 300, "a" * 8000, "\u202e\u2066", "\ufeff", "e" + "\u0301" * 3000, "ﷺ" * 2000, "İ" * 500, "ß" * 500,
        "💣" * 500, "(" * 1000, '"' * 101, "*" * 50, "NEAR(a b)", "a AND", "OR", "NOT", "-", "^a", "title:a", '"a',
        "{a b}: c", "a'b", "a\\", ";", "a " * 2000, " ".join(f"w{n}" for n in range(1500)), "\t\r\n\x0b\x0c\x85\u2028",
        "work", "DE", "newest", "2010", "title", "json", "practical", "relevance", "__proto__", "constructor",
        "2012-02-30", "-" * 3000, "a-" * 2000, "/", "//", "?", "#", "&", "=", "<", "\\", ".", "..", "http://[::1",
        "http://[",
        "http://a:b@c:d/", "http://127.0.0.1:99999999/",
    )
)  # fmt: skip
#: Parameters that no view of ours may trust, wherever they are sent.
OTHERS = ("next", "lang", "language", "_method", "callback", "debug", "view", "id", "slug", "url", "redirect", "_popup",
          "_to_field", "o", "p", "all", "e", "id__in", "status__exact", "title__regex", "_changelist_filters",
          "term")  # fmt: skip
METHODS = (
    "HEAD",
    "POST",
    "PUT",
    "DELETE",
    "PATCH",
    "OPTIONS",
    "TRACE",
    "CONNECT",
    "PROPFIND",
    "BREW",
    "get",
    "X" * 300,
)
KINDS = ("query", "path", "parts", "headers", "method", "form", "desk", "all")
WEIGHTS = (30, 12, 14, 14, 4, 16, 6, 4)


@dataclass(frozen=True)
class Route:
    """An address of the map: its name, its path with `{}` for each part, and the parameters that it reads."""

    name: str
    path: str
    parts: tuple[str, ...]
    parameters: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    number: int
    kind: str
    route: str
    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes | None = None

    @property
    def mark(self) -> str:
        return mark(self.number)

    @property
    def forged(self) -> bool:
        """Whether it names another host than ours in a header."""
        return any(FORGED.encode() in value for _name, value in self.headers)

    def raw(self) -> bytes:
        lines = [self.method.encode() + b" " + self.target + b" HTTP/1.1"]
        lines += [name + b": " + value for name, value in self.headers]
        if self.body is not None:
            lines.append(b"Content-Length: %d" % len(self.body))
        return b"\r\n".join([*lines, b"Connection: close", b"", self.body or b""])

    def curl(self, port: int) -> str:
        """The line that asks the same of a server on this port."""
        words = ["curl -i --path-as-is --globoff -X", _shell(self.method.encode())]
        for name, value in self.headers:
            words += ["-H", _shell(name + b": " + value)]
        if self.body is not None:
            words += ["--data-binary", _shell(self.body)]
        return " ".join([*words, _shell(b"http://127.0.0.1:%d" % port + self.target)])


def mark(number: int) -> str:
    return f"zq{number:x}q"


def _shell(value: bytes) -> str:
    if re.fullmatch(rb"[\w./:=?&%,-]+", value):
        return value.decode()
    if len(value) > 2_000:
        value = value[:2_000] + b"...and so on: see the seed"
    safe = "".join(chr(byte) if 32 <= byte < 127 and byte not in b"'\\" else f"\\x{byte:02x}" for byte in value)
    return f"$'{safe}'"


def routes(patterns, before: str = "", names: tuple[str, ...] = ()) -> Iterator[Route]:
    """Every address of a map, with the parameters of its view as far as the page cache has to know them."""
    for pattern in patterns:
        path = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, path)
        elif isinstance(pattern, URLPattern):
            rule = getattr(pattern.callback, "cacheable", None)
            parameters = (*rule.parameters, *rule.many, *rule.ordered) if rule else ()
            parts = tuple(re.findall(r"<(?:\w+:)?(\w+)>", path))
            bare = re.sub(r"<[^>]+>", "{}", path)
            # A pattern of the desk that is an expression and not a path.
            bare = re.sub(r"\(\?P\{\}[^)]*\)|[\^$]", "", bare)
            yield Route(pattern.name or path, f"/{bare}", parts, parameters)


@dataclass
class Malice:
    """Makes the requests. `known` are real values for the parts of addresses; `fields` what forms ask for."""

    seed: int
    routes: list[Route]
    known: dict[str, list[str]]
    #: The address of each form, by route.
    forms: list[tuple[str, str]]
    fields: list[str]
    #: Of somebody who has signed in to the desk, and addresses there.
    cookie: str
    token: str
    desk: list[str]
    host: str
    languages: tuple[str, ...] = ("", "/fr", "/de", "/es")
    chance: random.Random = field(init=False)

    def request(self, number: int) -> Request:
        """The request of this number, whichever were made before."""
        self.chance = random.Random(f"{self.seed} {number}")
        kind = self.chance.choices(KINDS, WEIGHTS)[0]
        route = self.chance.choice(self.routes)
        method, body, headers = "GET", None, {}
        if kind == "desk":
            return self._on_the_desk(number)
        path = self._path(route, number, hostile=kind in ("parts", "all"))
        if kind == "form":
            name, path = self.chance.choice(self.forms)
            route = next((one for one in self.routes if one.name == name), route)
            path, method = self.chance.choice(self.languages) + path if "admin" not in path else path, "POST"
        target = quote(path, safe="/%:;,=@!$&'()*+~").encode() if kind != "parts" else self._loose(path)
        if kind in ("path", "all"):
            target = self._trick(target, number)
        if kind in ("query", "all") or self.chance.random() < 0.2:
            target += b"?" + self._query(route, number)
        if kind == "method":
            method = self.chance.choice(METHODS)
        if kind in ("headers", "all"):
            headers = self._headers(number)
        if method in ("POST", "PUT", "PATCH"):
            kind_of_body, body = self._body(number)
            headers = {"Content-Type": kind_of_body} | headers if kind_of_body else headers
            headers.setdefault("X-Forwarded-For", f"10.{self.chance.randrange(256)}.{self.chance.randrange(256)}.7")
        return self._made(number, kind, route.name, method, target, headers, body)

    def _made(self, number, kind, route, method, target, headers, body) -> Request:
        honest = {"Host": self.host, "X-Forwarded-Proto": "https"}
        sent = honest | headers
        pairs = tuple((_latin(name), _latin(value)) for name, value in sent.items() if value is not None)
        return Request(number, kind, route, method, target, pairs, body)

    # What an address is made of

    def _path(self, route: Route, number: int, hostile: bool) -> str:
        values = [self._part(name, number) if hostile else self._known(name) for name in route.parts]
        path = route.path.format(*values)
        once = not route.parameters and route.path.startswith(("/i/", "/admin", "/dumps", "/healthz", "/readyz", "/."))
        return path if once else self.chance.choice(self.languages) + path

    def _known(self, name: str) -> str:
        return self.chance.choice(self.known.get(name) or ["1"])

    def _part(self, name: str, number: int) -> str:
        value = self.chance.choice((self._known(name), self._value(number).decode("latin-1")))
        change = self.chance.randrange(5)
        if change == 0:
            return self._known(name) + value[:50]
        if change == 1:
            return value.upper()
        return value[:4000]

    def _value(self, number: int) -> bytes:
        if self.chance.random() < 0.5:
            probe = self.chance.choice(PROBES).format(m=mark(number))
            return probe.encode("utf-8")
        snag = self.chance.choice(SNAGS)
        return snag + self.chance.choice(SNAGS) if self.chance.random() < 0.1 else snag

    def _loose(self, path: str) -> bytes:
        """Percent-encoded, as far as chance has it; never a blank or a line's end, which would be another request."""
        data, safe = path.encode("latin-1", "replace"), self.chance.choice(("/", "/%", "/%<>\"'{}|\\^`", "/:;=&"))
        return quote_from_bytes(data, safe=safe).encode()

    def _trick(self, target: bytes, number: int) -> bytes:
        host, m = f"{mark(number)}.evil.example".encode(), mark(number).encode()
        tricks = (
            lambda t: b"/" + t, lambda t: b"//" + host + t, lambda t: b"/\\" + host + t, lambda t: b"///" + host,
            lambda t: t.rstrip(b"/"), lambda t: t.rstrip(b"/") + b"//", lambda t: t + b"../" * 8 + b"etc/passwd",
            lambda t: t + b"%2e%2e/" * 8 + b"etc/passwd", lambda t: t + b"%00", lambda t: t + b"%ff%fe",
            lambda t: t + b"%0d%0aX-" + m + b":%201", lambda t: t + b";jsessionid=1", lambda t: t.upper(),
            lambda t: t.replace(b"/", b"%2f"), lambda t: t.replace(b"/", b"%5c"), lambda t: t.replace(b"/", b"//"),
            lambda t: t.replace(b"/", b"/./"), lambda t: b"/fr/fr" + t, lambda t: b"/xx" + t, lambda t: b"/FR" + t,
            lambda t: t + b".php", lambda t: t + b"%252e%252e%252f", lambda t: t + b"%", lambda t: t + b"%zz",
            lambda t: t + b"%3Cscript%3E" + m, lambda t: t + b"x" * 7000, lambda t: t + b"a/" * 2000,
            lambda t: b"/%2f%2f" + host + t, lambda t: b"/%5c%5c" + host, lambda t: b"/.git/config", lambda t: b"/.env",
            lambda t: b"/static/../manage.py", lambda t: b"/static/%2e%2e/%2e%2e/manage.py", lambda t: b"/static/%00",
            lambda t: b"/static//etc/passwd", lambda t: b"/dumps/..%2f..%2fmanage.py", lambda t: b"/media/x",
            lambda t: b"/good_idea/" + host, lambda t: b"/good_idea/%2f%2f" + host + b"/",
            lambda t: b"http://" + host + t,
            lambda t: b"/" + host + b"/%2e%2e", lambda t: b"/ideas//" + host, lambda t: b"/wp-login.php",
            lambda t: b"*",
            lambda t: b"/i/%2f/", lambda t: b"/submit/%2e%2e/", lambda t: b"/admin/%2f%2f" + host,
        )  # fmt: skip
        return self.chance.choice(tricks)(target)

    def _query(self, route: Route, number: int) -> bytes:
        names = route.parameters if route.parameters and self.chance.random() < 0.85 else OTHERS
        parts = []
        for _time in range(self.chance.choice((1, 1, 1, 2, 3, 6))):
            name = self.chance.choice(names)
            parts.append(self._encoded(name.encode()) + b"=" + self._encoded(self._value(number)))
        twist = self.chance.randrange(30)
        if twist == 0:
            parts *= 300
        elif twist == 1:
            parts += [b"%s=%d" % (self.chance.choice(names).encode(), n) for n in range(1_500)]
        elif twist == 2:
            parts += [b"", b"&", b"=", b"==", b"%", b"%zz=%zz", b"a;b=c", b"[]=", b"a[b]=c"]
        return b"&".join(parts)[:40_000]

    def _encoded(self, value: bytes) -> bytes:
        way = self.chance.randrange(6)
        if way == 0:
            return "".join(f"%{byte:02X}" for byte in value[:2500]).encode()
        if way == 1:
            return quote_from_bytes(quote_from_bytes(value).encode()).encode()
        return quote_from_bytes(value, safe="/:@!$'()*,;<>\"{}|\\^`").encode()

    def _headers(self, number: int) -> dict[str, str | None]:
        value = self._value(number).replace(b"\r", b"").replace(b"\n", b"").replace(b"\0", b"")[:4000]
        text, forged = (
            value.decode("latin-1"),
            self.chance.choice((FORGED, f"{FORGED}:80", f"a@{FORGED}", f"{FORGED}#")),
        )
        mine = self.host
        hosts = (forged, f"{mine}.{FORGED}", f"{FORGED}/{mine}", f"{mine}:x", f"{mine}@{FORGED}", "", None, "a b",
            "[::1",
                 "[::1]:x", f"{mine},{FORGED}", "..", text[:200], f"{mine}:99999999", f"{mine}.",
                 mine.upper())  # fmt: skip
        choices = (
            {"Host": self.chance.choice(hosts)},
            {"X-Forwarded-Host": forged}, {"X-Forwarded-Server": forged}, {"X-Host": forged},
            {"Forwarded": f"for=1;host={FORGED};proto=gopher"}, {"X-Original-URL": f"//{FORGED}/admin/"},
            {"X-Rewrite-URL": "/admin/"}, {"X-Original-Host": forged, "X-HTTP-Host-Override": forged},
            {"X-Forwarded-Proto": self.chance.choice(("http", "gopher", text, "https, http"))},
            {"X-Forwarded-For": text}, {"X-Forwarded-For": ", ".join(["1.2.3.4"] * 500)},
            {"X-Forwarded-Port": "99999999"},
            {"X-HTTP-Method-Override": "DELETE"}, {"Origin": f"https://{FORGED}"}, {"Origin": text},
            {"Referer": f"https://{FORGED}/{text}"}, {"Sec-Fetch-Site": text}, {"User-Agent": text},
            {"User-Agent": None},
            {"Accept": text}, {"Accept": "*/*;q=" + "9" * 500},
            {"Accept": ", ".join(f"a/{n};q=0.{n}" for n in range(400))},
            {"Accept-Language": text}, {"Accept-Language": ",".join(f"x{n}-y;q=0.{n}" for n in range(500))},
            {"Accept-Encoding": text}, {"Accept-Encoding": "br;q=x, gzip;q=-1, *;q=NaN"},
            {"Accept-Encoding": "zstd, " * 400},
            {"If-None-Match": text}, {"If-None-Match": ", ".join(f'"{n}"' for n in range(700))},
            {"If-None-Match": '*, "'},
            {"If-Modified-Since": text}, {"If-Modified-Since": "Sat, 99 Foo 99999 99:99:99 GMT"}, {"If-Match": text},
            {"Range": "bytes=0-0,1-1," * 200}, {"Range": "bytes=99999999999-1"}, {"Range": text}, {"Expect": "x"},
            {"Cookie": f"sessionid={text}; csrftoken={text}; messages={text}"}, {"Cookie": "sessionid=" + "a" * 3000},
            {"Cookie": "; ".join(f"a{n}=b" for n in range(400))}, {"Cookie": "=;;=,\"; sessionid"}, {"Cookie": text},
            {"Authorization": text}, {"Content-Length": "0"}, {"Content-Type": text}, {"Upgrade": "h2c"}, {"Via": text},
            {"Cache-Control": text}, {"X-Request-ID": text}, {"Traceparent": text}, {"X-Request-ID": "a" * 3000},
            {f"X-{n}": "a" * 20 for n in range(80)}, {"Purpose": text, "Save-Data": text, "DNT": text},
        )  # fmt: skip
        chosen: dict[str, str | None] = {}
        for _time in range(self.chance.choice((1, 1, 2, 4))):
            chosen |= self.chance.choice(choices)
        return chosen

    # What is sent

    def _body(self, number: int) -> tuple[str, bytes]:
        pairs = [
            (name, self._value(number)) for name in self.fields if self.chance.random() < self.chance.choice((0.2, 0.9))
        ]
        encoded = b"&".join(quote(name).encode() + b"=" + quote_from_bytes(value).encode() for name, value in pairs)
        form = "application/x-www-form-urlencoded"
        way = self.chance.randrange(16)
        ways = {
            1: (f"{form}; charset={self.chance.choice(('utf-16', 'nonsense', 'utf-7', 'idna', 'base64'))}", encoded),
            2: ("multipart/form-data", encoded),
            3: ("multipart/form-data; boundary=b", self._multipart(pairs, "b")),
            4: ("multipart/form-data; boundary=b", self._multipart(pairs, "c")),
            5: (f"multipart/form-data; boundary={'b' * 300}", self._multipart(pairs, "b" * 300)),
            6: ("application/json", b'{"a": ' * 500),
            7: ("text/xml", b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>"),
            8: ("", encoded),
            9: (form, b"&".join(b"a%d=1" % n for n in range(4_500))),
            10: (form, b"title=" + b"a" * 2_700_000),
            11: (form, b"title=" + b"%" * 50_000),
            12: (self._value(number).decode("latin-1").translate({10: None, 13: None, 0: None})[:200], encoded),
        }
        return ways.get(way, (form, encoded))

    def _multipart(self, pairs: list[tuple[str, bytes]], boundary: str) -> bytes:
        found = b""
        for name, value in pairs:
            file = self.chance.choice(("", '; filename="../../x"', '; filename="a\0b.php"', "; filename*=utf-16''%ff"))
            found += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n'.encode()
            found += self.chance.choice((b"", b"Content-Transfer-Encoding: base64\r\n", b"Content-Type: a/b\r\n"))
            found += b"\r\n" + value + b"\r\n"
        return found + f"--{boundary}--\r\n".encode()

    def _on_the_desk(self, number: int) -> Request:
        """An editor who was made to follow a link, or whose form carries what a stranger wrote."""
        path, headers = self.chance.choice(self.desk), {"Cookie": self.cookie}
        route = Route("desk", path, (), (*OTHERS, "q", "q", "_facets", "status", "country", "field_name", "app_label",
                                         "model_name"))  # fmt: skip
        target, method, body = path.encode(), "GET", None
        if self.chance.random() < 0.6:
            target += b"?" + self._query(route, number)
        else:
            method, (kind, body) = "POST", self._body(number)
            headers |= {"Content-Type": kind} if kind else {}
            headers |= {"X-CSRFToken": self.token, "Referer": f"https://{self.host}{path}"}
        return self._made(number, "desk", "desk", method, target, headers, body)


def _latin(text: str) -> bytes:
    return text.encode("latin-1", "replace") if not text.isascii() else text.encode()
