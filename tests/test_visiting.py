"""Nobody is led inward: not by a name, a number, a redirect or a second look-up; and no visit is long or large."""

import ipaddress
import socket
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import visiting
from catalogue.visiting import Outcome, Refusal, Seen, is_public
from tests.web import HEAD, OUTSIDE, Web, answer


@pytest.fixture
def web():
    made = Web()
    yield made
    made.close()


def outcome(web, url: str, **values) -> Outcome:
    return web.visitor(**values).visit(url).outcome


# What it sees


def test_visit_asks_for_the_head_and_says_who_it_is(web):
    url = web.page("http://good.example/a/b?c=d")
    assert web.visitor(agent="Good Ideas link check (+https://ideas.example/)").visit(url) == Seen(
        Outcome.GOOD, 200, "", url
    )
    assert web.outside.heard == [
        "HEAD /a/b?c=d HTTP/1.1\r\nHost: good.example\r\nUser-Agent: Good Ideas link check (+https://ideas.example/)\r\n"
        "Accept: */*\r\nAccept-Encoding: identity\r\nConnection: close\r\n\r\n"
    ]


@pytest.mark.parametrize("said", [answer(404), answer(405), answer(500), answer(403), b"", b"nonsense\r\n\r\n"])
def test_visit_asks_for_the_page_where_the_head_is_not_answered_as_it_should_be(web, said):
    url = web.page("http://good.example/", lambda request, line: line.sendall(said if "HEAD" in request else HEAD))
    assert outcome(web, url) == Outcome.GOOD
    assert web.heard == ["HEAD good.example/", "GET good.example/"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (204, Outcome.GOOD), (301, Outcome.GOOD), (400, Outcome.REFUSED), (401, Outcome.KEPT_OUT),
        (403, Outcome.KEPT_OUT), (404, Outcome.NOT_FOUND), (410, Outcome.GONE), (418, Outcome.REFUSED),
        (429, Outcome.KEPT_OUT), (500, Outcome.BROKEN), (503, Outcome.KEPT_OUT), (999, Outcome.KEPT_OUT),
    ],
)  # fmt: skip
def test_visit_knows_what_is_gone_from_what_lets_no_program_in(web, status, expected):
    seen = web.visitor().visit(web.page("http://good.example/", answer(status)))
    assert (seen.outcome, seen.status) == (expected, status)


def test_site_that_is_asked_too_often_is_asked_no_more(web):
    web.visitor().visit(web.page("http://good.example/", answer(429)))
    assert web.heard == ["HEAD good.example/"]


def test_letters_of_every_script_are_asked_for_as_browsers_do(web):
    web.names["xn--bcher-kva.example"] = [OUTSIDE]
    web.pages["xn--bcher-kva.example", "/stra%C3%9Fe"] = HEAD
    assert outcome(web, "http://bücher.example/straße#part") == Outcome.GOOD


def test_redirects_are_followed_and_a_move_for_good_is_told(web):
    web.page("http://a.example/", answer(301, Location="http://b.example/"))
    web.page("http://b.example/", answer(308, Location="/é".encode().decode("latin-1")).decode().encode("latin-1"))
    web.page("http://b.example/%C3%A9", answer(302, Location="c"))
    web.page("http://b.example/c")
    assert web.visitor().visit("http://a.example/") == Seen(
        Outcome.GOOD, 200, "http://b.example/%C3%A9", "http://b.example/c"
    )


@pytest.mark.parametrize(("hops", "expected"), [(5, Outcome.GOOD), (6, Outcome.ASTRAY)])
def test_at_most_five_redirects_are_followed(web, hops, expected):
    for number in range(hops):
        web.page(f"http://a.example/{number}", answer(302, Location=f"/{number + 1}"))
    web.page(f"http://a.example/{hops}")
    assert outcome(web, "http://a.example/0") == expected


# Never inward

INWARD = [
    "127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.51.100.7",
    "203.0.113.9", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "168.63.129.16",
    "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:93.184.216.34", "64:ff9b::7f00:1", "64:ff9b:1::a00:1",
    "100::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:5db8:d822::", "3fff::1", "fc00::1", "fd00:ec2::254",
    "fe80::1", "fec0::1", "ff02::1", "5f00::1", "2a00:1450::1%eth0", "no address", "",
]  # fmt: skip


@pytest.mark.parametrize("address", INWARD)
def test_inward_address_is_not_public(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", [OUTSIDE, "1.1.1.1", "2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001::8a"])
def test_address_of_the_web_is_public(address):
    assert is_public(address)


@given(st.ip_addresses(v=4))
def test_no_disguise_of_an_ipv4_address_is_public(ip):
    number = int(ip)
    disguises = [number, 0xFFFF << 32 | number, 0x64FF9B << 96 | number, 0x2002 << 112 | number << 80]
    disguises.append(0x20010000 << 96 | number ^ 0xFFFFFFFF)
    assert [str(ipaddress.IPv6Address(one)) for one in disguises if is_public(str(ipaddress.IPv6Address(one)))] == []


@given(st.ip_addresses())
def test_whatever_python_calls_private_is_not_public(ip):
    special = ip.is_private or ip.is_loopback or ip.is_link_local or ip.is_multicast or ip.is_reserved
    assert not (is_public(str(ip)) and (special or ip.is_unspecified))


@pytest.mark.parametrize("address", [one for one in INWARD if one not in ("", "no address")])
def test_name_of_an_inward_machine_is_not_followed(web, address):
    web.names["trap.example"] = [address]
    assert outcome(web, "http://trap.example/") == Outcome.INWARD
    assert (web.dialled, web.inward.connections) == ([], 0)


def test_name_of_which_one_address_is_inward_is_not_followed(web):
    web.page("http://trap.example/")
    web.names["trap.example"] = [OUTSIDE, "10.0.0.1"]
    assert outcome(web, "http://trap.example/") == Outcome.INWARD
    assert web.dialled == []


TRAPS = [
    "http://127.0.0.1/", "https://127.0.0.1/", "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[::7f00:1]/",
    "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://0/",
    "http://127.0.0.1./", "http://１２７.0.0.1/", "http://127。0。0。1/", "http://169.254.169.254/latest/meta-data/",
    "http://localhost/", "http://inward/", "http://inward.example/", "http://INWARD.example./", "//10.0.0.1/",
    "http://good.example:8080/", "https://good.example:22/", "http://good.example:0/", "http://good.example:99999/",
    "http://user@inward.example/", "http://good.example@10.0.0.1/", "http://10.0.0.1\\@good.example/",
    "http://good.example#@10.0.0.1/..", "file:///etc/passwd", "ftp://good.example/", "gopher://10.0.0.1/",
    "javascript:alert(1)", "data:text/html,x", "http:///", "http://", "http://[", "http://[fe80::1%25eth0]/",
    "http://%31%32%37.0.0.1/", "http://10.0.0.1%00.good.example/", "http://good.example /",
]  # fmt: skip


@pytest.mark.parametrize("trap", TRAPS)
@pytest.mark.parametrize("status", [0, 302])
def test_neither_an_address_nor_a_redirect_leads_inward(web, trap, status):
    web.names |= {"inward.example": ["10.0.0.1"], "localhost": ["127.0.0.1", "::1"], "inward": ["10.0.0.1"]}
    web.page("http://good.example/")
    url = web.page("http://start.example/", answer(status, Location=trap).decode().encode("utf-8")) if status else trap
    seen = web.visitor().visit(url)
    assert web.inward.connections == 0
    assert {address for address, _port in web.dialled} <= {OUTSIDE}
    assert {port for _address, port in web.dialled} <= {80}
    if trap.startswith("http://good.example#"):
        assert seen.outcome == Outcome.GOOD
    elif not (status and trap in ("http://good.example /", "http:///", "http://")):
        # With a redirect these are read as a path or as where one is already.
        assert seen.outcome in (Outcome.INWARD, Outcome.NOT_WEB)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_no_kind_of_redirect_leads_inward(web, status):
    for trap in ("http://10.0.0.1/", "https://[::1]/", "/still-here"):
        web.page("http://start.example/", answer(status, Location=trap))
        web.page("http://start.example/still-here", answer(status, Location="http://127.0.0.1/"))
        assert outcome(web, "http://start.example/") == Outcome.INWARD
    assert web.inward.connections == 0


def test_name_that_means_another_machine_a_moment_later_leads_nobody_there(web):
    answers = iter([[OUTSIDE], ["127.0.0.1"], ["127.0.0.1"]])
    url = web.page("http://rebind.example/", answer(404))
    web.names["rebind.example"] = lambda: next(answers)
    assert outcome(web, url) == Outcome.INWARD
    # The first look-up is connected to as it was; the second request looks again, and goes nowhere.
    assert (web.dialled, web.inward.connections) == ([(OUTSIDE, 80)], 0)


def test_name_that_means_another_machine_after_a_redirect_to_itself_leads_nobody_there(web):
    answers = iter([[OUTSIDE], ["169.254.169.254"]] * 2)
    url = web.page("http://rebind.example/", answer(302, Location="/latest/meta-data/"))
    web.names["rebind.example"] = lambda: next(answers)
    assert outcome(web, url) == Outcome.INWARD
    assert (web.dialled, web.inward.connections) == ([(OUTSIDE, 80)], 0)


def test_nothing_is_looked_up_between_the_look_and_the_connection(web):
    outcome(web, web.page("http://good.example/"))
    assert (web.looked_up, web.dialled) == (["good.example"], [(OUTSIDE, 80)])


def test_this_web_would_notice(web):
    # What the tests above rest on: whoever does go inward is counted.
    with web.dial("10.0.0.1", 80, 1) as line:
        line.sendall(b"HEAD / HTTP/1.1\r\n\r\n")
        line.recv(10)
    assert web.inward.connections == 1


def test_connection_to_an_address_of_this_machine_is_cut_before_a_word_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        with pytest.raises(Refusal) as refusal:
            visiting.dial("127.0.0.1", server.getsockname()[1], 1)
        line, _address = server.accept()
        assert (refusal.value.outcome, line.recv(10)) == (Outcome.INWARD, b"")
        line.close()


# With the right name alone


def test_certificate_is_verified_with_the_name(web):
    assert outcome(web, web.page("https://secure.example/")) == Outcome.GOOD
    assert outcome(web, web.page("https://other.example/")) == Outcome.UNTRUSTED
    assert web.heard == ["HEAD secure.example/"]


def test_certificate_that_nobody_signed_is_not_trusted(web):
    visitor = visiting.Visitor(agent="A test", resolve=web.resolve, dial=web.dial)
    assert visitor.visit(web.page("https://secure.example/")).outcome == Outcome.UNTRUSTED
    assert web.heard == []


# Never for long, never much


def drip(pieces):
    def say(request, line):
        for piece in pieces:
            line.sendall(piece)
            time.sleep(0.05)

    return say


def forever(piece):
    while True:
        yield piece


def flood(start: bytes, piece: bytes):
    def say(request, line):
        line.sendall(start)
        while True:
            line.sendall(piece)

    return say


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (lambda request, line: time.sleep(3), Outcome.TOO_SLOW),
        (drip(forever(b"H")), Outcome.TOO_SLOW),
        (drip([b"HTTP/1.1 200 OK\r\n", *[b"A: b\r\n"] * 90]), Outcome.TOO_SLOW),
        (flood(b"HTTP/1.1 200 OK\r\n", b"A: b\r\n"), Outcome.NONSENSE),
        (flood(b"HTTP/1.1 200 OK\r\n", b"A" * 1000), Outcome.NONSENSE),
        (flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), Outcome.NONSENSE),
        (flood(b"HTTP/1.1 200 OK\r\n\r\n", b"<p>" * 10_000), Outcome.GOOD),
        (flood(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", b"x" * 10_000), Outcome.GOOD),
        (answer(200, Content_Length=10**15), Outcome.GOOD),
        (answer(200, Content_Length=-1), Outcome.GOOD),
        (flood(answer(200, Content_Encoding="gzip"), b"\x1f\x8b" + b"\0" * 10_000), Outcome.GOOD),
        (flood(answer(200, Transfer_Encoding="chunked"), b"ffffff\r\n" + b"x" * 10_000), Outcome.GOOD),
    ],
)
def test_no_answer_is_waited_for_or_let_in_without_end(web, said, expected):
    url, began = web.page("http://good.example/", said), time.monotonic()
    assert outcome(web, url, seconds=1) == expected
    assert time.monotonic() - began < 1.7


def test_redirects_share_one_time_limit(web):
    def slowly(request, line):
        time.sleep(0.3)
        line.sendall(answer(302, Location="/again"))

    web.page("http://good.example/again", slowly)
    began = time.monotonic()
    assert outcome(web, "http://good.example/again", seconds=1) == Outcome.TOO_SLOW
    assert time.monotonic() - began < 1.7


def test_resolver_that_hangs_is_left_to_itself(web):
    web.names["slow.example"] = lambda: time.sleep(3) or [OUTSIDE]
    began = time.monotonic()
    assert outcome(web, "http://slow.example/", seconds=0.6) == Outcome.TOO_SLOW
    assert time.monotonic() - began < 1.2


def test_site_that_is_not_there_is_told_from_one_that_takes_no_connection(web):
    assert outcome(web, "http://nowhere.example/") == Outcome.NO_HOST
    web.outside.shutdown()
    web.outside.server_close()
    assert outcome(web, web.page("http://away.example/")) == Outcome.NO_CONNECTION
