"""The second factor: set up on the desk, asked for after the password, good once, lost and replaced."""

import re
import time
from base64 import b32decode
from datetime import timedelta
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from axes.models import AccessAttempt
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from catalogue import second_factor
from catalogue.models import RecoveryCode
from tests.desk import PASSWORD, editor, errors, fill, messages, page, send, text

pytestmark = pytest.mark.django_db

LOGIN, CODE, DESK = "/admin/login/", "/admin/login/code/", "/admin/"
OVERVIEW, DEVICE, CODES = "/admin/second-factor/", "/admin/second-factor/device/", "/admin/second-factor/codes/"


class Clock:
    """The time that codes are made of, and the one that waits are counted in."""

    def __init__(self, monkeypatch):
        self.moment = 1_800_000_000.0
        monkeypatch.setattr(time, "time", lambda: self.moment)

    def go_on(self, seconds):
        """Later by so much; what was noted of wrong codes lies further back."""
        self.moment += seconds
        for device in TOTPDevice.objects.exclude(throttling_failure_timestamp=None):
            device.throttling_failure_timestamp -= timedelta(seconds=seconds)
            device.save()


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


@pytest.fixture
def mira(clock):
    return editor(password=PASSWORD)


@pytest.fixture
def device(mira):
    return TOTPDevice.objects.create(user=mira, name="")


def made_by(key: bytes, steps=0) -> str:
    """The code that a device with this key makes now, or so many steps from now."""
    made = TOTP(key, drift=steps)
    made.time = time.time()
    return f"{made.token():06d}"


def code_of(device, steps=0) -> str:
    return made_by(device.bin_key, steps)


def sign_in(client=None, password=PASSWORD, name="mira", next_address=DESK):
    return (client or Client()).post(LOGIN, {"username": name, "password": password, "next": next_address})


def give(client, code):
    return client.post(CODE, {"code": code})


def may_in(client) -> bool:
    return client.get(DESK).status_code == 200


def set_up(client, **more):
    """Does what the page of the device says, as far as a browser can. Gives the answer."""
    shown = client.get(DEVICE)
    (key,) = [text(e) for e in page(shown).iter("code") if e.get("class") == "key"]
    code = made_by(b32decode(key.replace(" ", "")))
    return fill(client, DEVICE, **{"code": code, "password": PASSWORD} | more)


def codes_shown(answer) -> list[str]:
    return re.findall(r"<li><code>([a-z0-9-]{19})</code></li>", answer.content.decode())


# Setting it up


def test_device_is_set_up_and_ten_codes_are_shown_once(client, mira):
    sign_in(client)
    answer = set_up(client)
    codes = codes_shown(answer)
    assert (answer.status_code, len(set(codes)), answer.headers["Cache-Control"]) == (200, 10, NEVER)
    assert RecoveryCode.objects.filter(user=mira).count() == 10
    # What is kept doesn't say them.
    kept = " ".join(RecoveryCode.objects.values_list("digest", flat=True))
    assert [code for code in codes if code in kept or code.replace("-", "") in kept] == []
    # Whoever set it up stays in, and finds it set up.
    assert may_in(client)
    assert codes_shown(client.get(OVERVIEW)) == []
    assert "10 recovery codes are left" in text(page(client.get(OVERVIEW)))


NEVER = "max-age=0, no-cache, no-store, must-revalidate, private"


def test_picture_holds_the_key_that_is_written_beside_it(client, mira, settings):
    sign_in(client)
    shown = client.get(DEVICE)
    (key,) = [text(e) for e in page(shown).iter("code") if e.get("class") == "key"]
    address = urlsplit(TOTPDevice(user=mira, key=b32decode(key.replace(" ", "")).hex()).config_url)
    assert unquote(address.path) == "/Good Ideas 127.0.0.1:mira"
    assert parse_qs(address.query)["secret"] == [key.replace(" ", "")]
    # The key is the same when the page is opened again, for whoever has just read the picture.
    assert key in text(page(client.get(DEVICE)))
    drawn = second_factor.drawn(TOTPDevice(user=mira, key=b32decode(key.replace(" ", "")).hex()))
    assert drawn in shown.content.decode()
    assert ("style=" in drawn, "http" in drawn.replace("http://www.w3.org/2000/svg", "")) == (False, False)
    assert "unsafe" not in shown.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"password": "another"}, "That isn’t your password."),
        ({"code": "000000"}, "That isn’t the code of this key. Is the clock of your device right? Try the next code."),
        ({"code": "abc"}, "That isn’t the code of this key. Is the clock of your device right? Try the next code."),
        ({"code": ""}, "Give the code."),
    ],
)
def test_device_isnt_set_up_without_its_code_and_the_password(client, mira, sent, said):
    sign_in(client)
    assert said in errors(set_up(client, **sent))
    assert (TOTPDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)


def test_wrong_passwords_there_count_as_at_the_login(client, mira):
    sign_in(client)
    answers = [set_up(client, password="wrong").status_code for _n in range(10)]
    assert answers == [200] * 9 + [429]
    assert sign_in().status_code == 429


# Signing in with it


def test_password_alone_opens_nothing(client, device):
    answer = sign_in(client)
    assert (answer.status_code, answer.url) == (302, CODE)
    assert (may_in(client), client.get("/admin/auth/user/").status_code) == (False, 302)


def test_code_lets_in_to_where_one_was_going(client, device):
    sign_in(client, next_address="/admin/catalogue/idea/")
    before = client.cookies["sessionid"].value
    answer = give(client, code_of(device))
    assert (answer.status_code, answer.url) == (302, "/admin/catalogue/idea/")
    assert client.cookies["sessionid"].value != before
    assert may_in(client)


def test_code_page_without_a_password_leads_to_the_login(client, device):
    assert give(client, code_of(device)).url == LOGIN
    assert not may_in(client)


@pytest.mark.parametrize(("steps", "lets_in"), [(-2, False), (-1, True), (0, True), (1, True), (2, False)])
def test_clock_of_the_device_may_be_a_step_off(client, device, steps, lets_in):
    sign_in(client)
    assert (give(client, code_of(device, steps)).status_code == 302) == lets_in


def test_code_is_good_once(device):
    one, other = Client(), Client()
    sign_in(one)
    sign_in(other)
    code = code_of(device)
    assert [give(client, code).status_code for client in (one, other)] == [302, 200]
    assert not may_in(other)


def test_code_that_set_the_device_up_is_used_up(client, mira):
    sign_in(client)
    set_up(client)
    other = Client()
    sign_in(other)
    assert give(other, code_of(TOTPDevice.objects.get())).status_code == 200


def test_wrong_codes_wait_longer_each_time_and_never_over_four_minutes(client, device, clock):
    sign_in(client)
    give(client, "000000")
    wait = "After a wrong code the next one has to wait: try again in 1 second."
    assert errors(give(client, code_of(device))) == [wait]
    device.refresh_from_db()
    device.throttling_failure_count = 40
    device.save()
    assert 250 < second_factor.seconds_to_wait(device.user) <= 256
    clock.go_on(257)
    assert give(client, code_of(device)).status_code == 302


def test_wrong_codes_count_as_wrong_passwords(client, device, clock):
    sign_in(client)
    answers = []
    for _n in range(10):
        answers.append(give(client, "000000").status_code)
        clock.go_on(30)
        device.refresh_from_db()
        TOTPDevice.objects.update(throttling_failure_timestamp=None)
    assert answers == [200] * 9 + [429]
    assert sign_in().status_code == 429
    assert give(client, code_of(device)).status_code == 429
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=5, seconds=1))
    # Nobody is locked out for good.
    assert give(client, code_of(device)).status_code == 302


def test_ten_minutes_after_the_password_it_is_asked_for_again(client, device, clock):
    sign_in(client)
    clock.go_on(601)
    assert give(client, code_of(device)).url == LOGIN


def test_password_that_changed_meanwhile_is_asked_for_again(client, device, mira):
    sign_in(client)
    mira.set_password("quite another password")
    mira.save()
    assert give(client, code_of(device)).url == LOGIN


def test_text_that_was_sent_too_late_comes_back_after_the_code(client, device):
    city = reverse("admin:catalogue_city_add")
    carried = page(client.post(city, {"name": "Gdańsk"}))
    (token,) = [e.get("value") for e in carried.iter("input") if e.get("name") == "carried"]
    client.post(LOGIN, {"username": "mira", "password": PASSWORD, "next": city, "carried": token})
    answer = give(client, code_of(device))
    assert answer.url == city
    assert "Gdańsk" in client.get(city).content.decode()


def test_session_of_before_the_device_isnt_enough(device, mira):
    client = Client()
    client.force_login(mira)
    assert not may_in(client)


# Recovery codes


def test_recovery_code_lets_in_once(client, device, mira):
    code, *_others = RecoveryCode.objects.renew(mira)
    sign_in(client)
    answer = give(client, code.upper().replace("-", " "))
    assert answer.status_code == 302
    assert messages(client.get(DESK)) == [
        "You used up a recovery code; 9 are left. "
        "Under “Second factor” you can have new ones, and set up another device."
    ]
    other = Client()
    sign_in(other)
    assert give(other, code).status_code == 200


def test_recovery_code_of_another_lets_nobody_in(client, device):
    noor = editor("noor", password=PASSWORD)
    TOTPDevice.objects.create(user=noor, name="")
    code, *_others = RecoveryCode.objects.renew(noor)
    sign_in(client)
    assert give(client, code).status_code == 200


def test_new_codes_take_the_place_of_the_old(client, device, mira):
    old, *_others = RecoveryCode.objects.renew(mira)
    sign_in(client)
    give(client, code_of(device))
    assert errors(fill(client, CODES, password="wrong")) == ["That isn’t your password."]
    new = codes_shown(fill(client, CODES, password=PASSWORD))
    assert (len(new), old in new) == (10, False)
    assert [RecoveryCode.objects.use(mira, code) for code in (old, new[0])] == [False, True]


# Lost, replaced, taken away


def test_another_device_takes_the_place_and_ends_other_sessions(client, device, clock):
    other = Client()
    for each in (client, other):
        sign_in(each)
        give(each, code_of(device))
        clock.go_on(30)
    assert len(codes_shown(set_up(client))) == 10
    assert (may_in(client), may_in(other)) == (True, False)
    assert [d.pk == device.pk for d in TOTPDevice.objects.all()] == [False]


def test_administrator_takes_a_lost_device_away_and_it_is_recorded(client, device, mira):
    ada = editor("ada", "Administrators")
    theirs = Client()
    sign_in(theirs)
    give(theirs, code_of(device))
    client.force_login(ada)
    address = reverse("admin:auth_user_take-second-factor-away", args=[mira.pk])
    assert address in client.get(reverse("admin:auth_user_change", args=[mira.pk])).content.decode()
    assert errors(fill(client, address, why="")) == ["Say why, in a few words: history keeps it."]
    assert fill(client, address, why="lost on a train").status_code == 302
    (line,) = LogEntry.objects.all()
    assert (line.user, line.object_id, line.change_message) == (
        ada,
        str(mira.pk),
        "Take the second factor away: lost on a train",
    )
    assert (TOTPDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    # Whoever has the device isn't in any more, now or at the next request.
    assert (may_in(theirs), may_in(theirs)) == (False, False)
    assert sign_in(theirs).url == DESK


def test_administrator_takes_no_superusers_device_away(client):
    root = User.objects.create_superuser("root")
    TOTPDevice.objects.create(user=root, name="")
    client.force_login(editor("ada", "Administrators"))
    address = reverse("admin:auth_user_take-second-factor-away", args=[root.pk])
    assert client.post(address, {"why": "mischief"}).status_code == 403
    assert TOTPDevice.objects.count() == 1


def test_command_takes_it_away_when_all_is_lost(device, mira, capsys):
    RecoveryCode.objects.renew(mira)
    call_command("reset_second_factor", "mira")
    assert "no second factor any more" in capsys.readouterr().out
    assert (TOTPDevice.objects.count(), RecoveryCode.objects.count()) == (0, 0)
    for name, said in [("mira", "has no second factor"), ("nobody", "There is no account")]:
        with pytest.raises(CommandError, match=said):
            call_command("reset_second_factor", name)


# Required


@pytest.mark.parametrize("address", [DESK, "/admin/catalogue/idea/add/", OVERVIEW, "/admin/password_change/"])
def test_required_it_comes_before_all_else(client, mira, settings, address):
    settings.REQUIRE_SECOND_FACTOR = True
    sign_in(client)
    answer = client.get(address)
    assert (answer.status_code, urlsplit(answer.url).path) == (302, DEVICE)
    shown = client.get(answer.url)
    assert messages(shown) == ["Everybody who works here has a second factor. Set yours up; it takes two minutes."]


def test_required_it_leads_back_to_where_one_was_going_with_what_was_typed(client, mira, settings):
    sign_in(client)
    city = reverse("admin:catalogue_city_add")
    settings.REQUIRE_SECOND_FACTOR = True
    answer = client.post(city, {"name": "Gdańsk"})
    (key,) = [text(e) for e in page(client.get(answer.url)).iter("code") if e.get("class") == "key"]
    code = made_by(b32decode(key.replace(" ", "")))
    done = fill(client, answer.url, code=code, password=PASSWORD)
    assert [e.get("href") for e in page(done).iter("a") if "default" in e.get("class", "")] == [city]
    assert "Gdańsk" in client.get(city).content.decode()


def test_way_on_leads_nowhere_else(client, mira):
    sign_in(client)
    answer = set_up(client, next="https://elsewhere.example/")
    assert [e.get("href") for e in page(answer).iter("a") if "default" in e.get("class", "")] == [DESK]


def test_secrets_that_are_sent_too_late_arent_carried(client, mira):
    answer = send(client, DEVICE, {"code": "123456", "password": PASSWORD})
    assert (answer.status_code, urlsplit(answer.url).path) == (302, LOGIN)
