"""What the README has a new editor do by hand: `python -m tests.stranger PORT LINK` opens the link of an invitation at
a server that has a proxy before it, sets a password, sets up a second factor, and logs in with both."""

import hmac
import sys
import time
from base64 import b32decode
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import html5lib

PASSWORD = "correct horse battery staple"


class Browser:
    """Asks as a browser behind the proxy does: over https as far as it knows, with cookies and without scripts."""

    def __init__(self, port: int, site: str):
        self.port, self.site, self.cookies = port, urlsplit(site), {}

    def ask(self, method: str, path: str, body: str | None = None):
        """The page that comes of it after all redirects, and its address."""
        headers = {
            "Host": self.site.netloc,
            "Origin": f"{self.site.scheme}://{self.site.netloc}",
            "X-Forwarded-Proto": self.site.scheme,
            "X-Forwarded-For": "192.0.2.1",
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                assert "; secure" in value.lower() or "max-age=0" in value.lower(), value
                key, _, worth = value.partition(";")[0].partition("=")
                self.cookies[key] = worth
        text = answer.read().decode()
        connection.close()
        if answer.status == 302:
            return self.ask("GET", answer.headers["Location"])
        assert answer.status == 200, f"{method} {path}: {answer.status}"
        return html5lib.parse(text, namespaceHTMLElements=False), path

    def open(self, path: str):
        return self.ask("GET", path)

    def fill(self, opened, **typed):
        """Sends the form of a page with what was typed into it."""
        page, path = opened
        (form,) = [e for e in page.iter("form") if e.get("method") == "post" and e.get("id") != "logout-form"]
        sent = {e.get("name"): e.get("value", "") for e in form.iter("input") if e.get("name")} | typed
        return self.ask("POST", form.get("action") or path, urlencode(sent))


def code(key: str, steps: int = 0) -> str:
    """What an app shows for a key, now or so many steps from now: RFC 6238, worked out here and not by the site."""
    moment = (int(time.time()) // 30 + steps).to_bytes(8, "big")
    digest = hmac.digest(b32decode(key.replace(" ", "")), moment, "sha1")
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start : start + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06d}"


def texts(page, tag: str, name: str = "") -> list[str]:
    return ["".join(e.itertext()).strip() for e in page.iter(tag) if not name or e.get("class") == name]


def main(port: str, link: str) -> None:
    there = urlsplit(link)
    browser = Browser(int(port), link)
    login = browser.fill(browser.open(there.path), new_password1=PASSWORD, new_password2=PASSWORD)
    assert login[1] == "/admin/login/", texts(login[0], "li")
    set_up = browser.fill(login, username="mira", password=PASSWORD)
    assert set_up[1].startswith("/admin/second-factor/device/"), set_up[1]
    (key,) = texts(set_up[0], "code", "key")
    done, _path = browser.fill(set_up, code=code(key), password=PASSWORD)
    assert len(texts(done, "code")) == 10, texts(done, "li")

    another = Browser(int(port), link)
    asked = another.fill(another.open("/admin/"), username="mira", password=PASSWORD)
    assert asked[1] == "/admin/login/code/", asked[1]
    # The code of before was used up by setting it up.
    desk, path = another.fill(asked, code=code(key, 1))
    assert path == "/admin/", texts(desk, "li")
    print(f"mira is in: {', '.join(texts(desk, 'h1'))}")


if __name__ == "__main__":
    main(*sys.argv[1:])
