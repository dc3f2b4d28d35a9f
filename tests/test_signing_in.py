"""Signing in: slowed by name and by network, never telling who is known; sessions end when they should."""

from datetime import timedelta

import pytest
from axes.handlers.proxy import AxesProxyHandler
from axes.models import AccessAttempt
from django.contrib.auth.hashers import get_hasher
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalogue.views.private import network_of
from tests.desk import PASSWORD, editor, page, text

pytestmark = pytest.mark.django_db

LOGIN = "/admin/login/"


@pytest.fixture
def mira():
    return editor(password=PASSWORD)


def sign_in(name="mira", password=PASSWORD, network="192.0.2.1", client=None, **headers):
    return (client or Client(REMOTE_ADDR=network)).post(
        LOGIN, {"username": name, "password": password, "next": "/admin/"}, headers=headers
    )


def said(response) -> str:
    (note,) = [text(e) for e in page(response).iter("p") if e.get("class") == "errornote"]
    return note


def test_eleventh_try_with_a_name_waits_from_wherever_it_comes(mira):
    answers = [sign_in(password="wrong", network=f"192.0.2.{n}").status_code for n in range(9)]
    assert answers == [200] * 9
    assert sign_in(password="wrong", network="192.0.2.77").status_code == 429
    right = sign_in(network="192.0.2.99")
    assert (right.status_code, right.headers["Retry-After"]) == (429, "300")
    assert said(right).endswith("Wait five minutes, then try again.")
    assert "sessionid" not in right.cookies
    # Another editor isn't held up by that.
    editor("noor", password=PASSWORD)
    assert sign_in("noor", network="192.0.2.99").status_code == 302


def test_eleventh_try_from_a_network_waits_whatever_the_name(mira):
    for n in range(10):
        sign_in(f"name-{n}", "wrong")
    assert sign_in().status_code == 429
    assert sign_in(network="192.0.2.2").status_code == 302


def test_own_name_between_the_tries_doesnt_forget_them(mira):
    editor("noor", password=PASSWORD)
    for _n in range(5):
        sign_in("noor", "wrong")
    assert sign_in().status_code == 302
    for _n in range(5):
        sign_in("noor", "wrong")
    assert sign_in("noor").status_code == 429


def test_trying_on_prolongs_nothing_and_five_minutes_later_all_is_well(mira):
    for _n in range(10):
        sign_in(password="wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=4, seconds=50))
    assert sign_in(password="wrong").status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=5, seconds=1))
    assert sign_in().status_code == 302
    # What no longer counts is no longer kept.
    assert AccessAttempt.objects.count() == 0


def test_a_name_that_there_is_and_one_that_there_isnt_answer_alike(mira):
    tries = {
        name: [sign_in(name, "wrong", network=f"192.0.2.{len(name)}") for _n in range(12)]
        for name in ("mira", "nobody")
    }
    assert [[answer.status_code for answer in tries[name]] for name in tries] == [[200] * 9 + [429] * 3] * 2
    AccessAttempt.objects.all().delete()
    one, other = sign_in(password="wrong"), sign_in("nobody", "wrong")
    assert (one.status_code, said(one)) == (other.status_code, said(other))


def test_account_that_doesnt_open_the_desk_is_told_the_same(mira):
    User.objects.create_user("reader", password=PASSWORD)
    editor("gone", password=PASSWORD, is_active=False)
    assert {said(sign_in(name)) for name in ("reader", "gone", "nobody")} == {said(sign_in(password="wrong"))}


def test_password_is_hashed_once_whoever_the_name_is(mira, monkeypatch):
    editor("gone", password=PASSWORD, is_active=False)
    editor("invited")
    hashed = []
    hasher = type(get_hasher())
    encode = hasher.encode
    monkeypatch.setattr(hasher, "encode", lambda *given: hashed.append(1) or encode(*given))
    made = {}
    for n, name in enumerate(["mira", "gone", "invited", "nobody", "n" * 150, "no\0body"]):
        hashed.clear()
        sign_in(name, "wrong", network=f"192.0.2.{n}")
        made[name] = len(hashed)
    # The last is no name that an account can have, which the form says by itself.
    assert list(made.values()) == [1, 1, 1, 1, 1, 0]


def test_failures_are_counted_by_all_servers_together(mira):
    """Another server has a memory of its own, and the same database: here, a process."""
    for _n in range(9):
        sign_in(password="wrong", network="192.0.2.5")
    # What this process remembers is gone, as though another answered.
    caches["default"].clear()
    handler = AxesProxyHandler.implementation
    AxesProxyHandler.implementation = None
    try:
        assert sign_in(password="wrong", network="192.0.2.6").status_code == 429
    finally:
        AxesProxyHandler.implementation = handler


def test_no_password_is_kept_of_a_failure(mira):
    sign_in(password="a wrong secret")
    (attempt,) = AccessAttempt.objects.values()
    assert "a wrong secret" not in str(attempt)


def test_forwarded_addresses_are_believed_when_told(rf, settings):
    request = rf.get("/", REMOTE_ADDR="10.0.0.1", headers={"x-forwarded-for": "1.1.1.1, 2.2.2.2, 3.3.3.3"})
    bare = rf.get("/", REMOTE_ADDR="10.0.0.1")
    seen = []
    for https, proxies in [(False, 1), (True, 1), (True, 2), (True, 9)]:
        settings.HTTPS, settings.PROXIES = https, proxies
        seen.append((network_of(request), network_of(bare)))
    assert seen == [("10.0.0.1",) * 2, ("3.3.3.3", "10.0.0.1"), ("2.2.2.2", "10.0.0.1"), ("1.1.1.1", "10.0.0.1")]


# Sessions


def test_session_is_new_at_the_login_and_dead_after_the_logout(mira, client):
    session = client.session
    session["carried"] = {}
    session.save()
    before = session.session_key
    assert sign_in(client=client).status_code == 302
    after = client.cookies["sessionid"].value
    assert after != before
    assert client.post(reverse("admin:logout")).status_code in (200, 302)
    client.cookies["sessionid"] = after
    assert client.get("/admin/").status_code == 302


def test_sessions_end_when_the_password_changes(mira, client):
    other = Client()
    sign_in(client=client)
    sign_in(client=other)
    mira.set_password("quite another password")
    mira.save()
    assert [each.get("/admin/").status_code for each in (client, other)] == [302, 302]


def test_session_lasts_twelve_hours_from_signing_in(mira, client):
    cookie = sign_in(client=client).cookies["sessionid"]
    flags = (cookie["max-age"], cookie["httponly"], cookie["samesite"], cookie["path"])
    assert flags == (12 * 3600, True, "Lax", "/")
    # Whoever goes on isn’t written down again: each request would wait for whoever writes.
    assert "sessionid" not in client.get("/admin/").cookies


@pytest.mark.parametrize("password", ["eleven char", "password1234", "123456789012", "mira-schmidt"])
def test_password_that_is_easy_to_guess_is_refused(password):
    with pytest.raises(ValidationError):
        validate_password(password, User(username="mira-schmidt"))


@pytest.mark.parametrize("password", ["correct horse battery staple", "ändern 鍵 🔑 " * 3, "x7" * 64, "qwmnzxqwmnzx"])
def test_password_may_be_long_and_of_any_letters(password):
    """No rule says of which letters it has to be (OWASP ASVS 5.0, 6.2.5), and sixty-four and more are no fault."""
    validate_password(password, User(username="mira-schmidt"))
    user = User.objects.create_user("mira", is_staff=True, password=password)
    assert sign_in(password=password).status_code == 302
    assert sign_in(password=password[:-1]).status_code == 200
    assert user.check_password(password)


def test_tries_of_a_day_to_come_keep_nobody_out(mira):
    for _n in range(10):
        sign_in(password="wrong")
    assert sign_in().status_code == 429
    # The clock was a day ahead, and was set right.
    AccessAttempt.objects.update(attempt_time=timezone.now() + timedelta(days=1))
    assert sign_in(password="wrong").status_code == 200
    assert sign_in().status_code == 302
    # Of two servers the clock of one may be a little ahead.
    AccessAttempt.objects.update(attempt_time=timezone.now() + timedelta(minutes=2), failures_since_start=10)
    assert sign_in().status_code == 429
