"""Accounts by letter: an invited editor sets a password, one who forgot theirs another; each link holds once."""

import re
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, User
from django.core import mail as django_mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from catalogue import accounts
from catalogue.accounts import tokens
from catalogue.admin.passwords import ASKED
from catalogue.mail import send_due
from catalogue.models import Mail
from catalogue.screening import LETTERS
from tests.desk import PASSWORD, editor, errors, fill, messages, page, text

pytestmark = pytest.mark.django_db

LOGIN, FORGOTTEN, INVITE = "/admin/login/", "/admin/forgotten/", "/admin/auth/user/invite/"
NEW = "correct horse battery staple"


@pytest.fixture
def administrator(client):
    user = editor("ada", "Administrators", email="ada@example.org", password=PASSWORD)
    client.force_login(user)
    return user


@pytest.fixture
def posted(settings):
    """Sends what is due and gives the letters that a server took."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    def send():
        django_mail.outbox.clear()
        list(send_due(timezone.now()))
        return list(django_mail.outbox)

    return send


@pytest.fixture
def waiting(client, administrator):
    """Noor, who was invited."""
    return accounts.invite("noor", "noor@example.org", list(Group.objects.filter(name="Editors")))


def link_in(letter) -> str:
    (found,) = re.findall(r"http://127\.0\.0\.1:8000(/admin/password/\S+)", letter.body)
    return found


def set_password(link, password=NEW, client=None):
    client = client or Client()
    answer = client.get(link, follow=True)
    if answer.context["form"] is None:
        return answer
    return fill(client, answer.redirect_chain[-1][0], new_password1=password, new_password2=password)


def sign_in(name, password):
    return Client().post(LOGIN, {"username": name, "password": password, "next": "/admin/"})


def later(monkeypatch, delta):
    """Links are judged so much later."""
    now = tokens._now()
    monkeypatch.setattr(tokens, "_now", lambda: now + delta)


# Invited


def test_administrator_invites_and_the_invited_sets_a_password(client, administrator, posted):
    role = Group.objects.get(name="Editors")
    answer = fill(client, INVITE, email="noor@example.org", username="noor", groups=[role.pk])
    noor = User.objects.get(username="noor")
    assert (answer.status_code, noor.is_staff, noor.is_superuser, list(noor.groups.all())) == (302, True, False, [role])
    assert [(line.user, line.object_id, line.change_message) for line in LogEntry.objects.all()] == [
        (administrator, str(noor.pk), "Invited")
    ]
    assert sign_in("noor", "").status_code == 200
    (letter,) = posted()
    assert (letter.to, letter.subject) == (["noor@example.org"], "Good Ideas: you are invited to the desk")
    assert "Your name there: noor" in letter.body
    done = set_password(link_in(letter))
    assert (done.status_code, done.url) == (302, LOGIN)
    assert sign_in("noor", NEW).status_code == 302


def test_link_of_a_letter_is_seen_by_nobody_on_the_desk(client, administrator, waiting):
    client.force_login(editor("mira"))
    (mail,) = Mail.objects.all()
    shown = client.get(reverse("admin:catalogue_mail_change", args=[mail.pk])).content.decode()
    assert ("Your name there: noor" in shown, "(The link is in the letter alone.)" in shown) == (True, True)
    assert "/admin/password/" not in shown


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"email": "ADA@example.org"}, "Somebody with this address has an account already."),
        ({"username": "ada"}, "A user with that username already exists."),
        ({"email": "noor"}, "Enter a valid email address."),
        ({"groups": None}, "Choose at least one role."),
    ],
)
def test_invitation_that_lacks_something_is_refused(client, administrator, sent, said):
    role = Group.objects.get(name="Editors").pk
    answer = fill(client, INVITE, **{"email": "noor@example.org", "username": "noor", "groups": [role]} | sent)
    assert (errors(answer), Mail.objects.count(), User.objects.count()) == ([said], 0, 1)


def test_editor_invites_nobody(client):
    client.force_login(editor("mira"))
    assert client.get(INVITE).status_code == 403


def test_link_holds_once(waiting, posted):
    (letter,) = posted()
    assert set_password(link_in(letter)).status_code == 302
    again = set_password(link_in(letter), "something else altogether")
    assert text(page(again)).count("This link no longer holds") == 2
    assert [e.get("href") for e in page(again).iter("a")][-2:] == [FORGOTTEN, LOGIN]
    assert sign_in("noor", NEW).status_code == 302


@pytest.mark.parametrize(("days", "holds"), [(6.9, True), (7.1, False)])
def test_invitation_holds_seven_days(waiting, posted, monkeypatch, days, holds):
    (letter,) = posted()
    later(monkeypatch, timedelta(days=days))
    assert (set_password(link_in(letter)).status_code == 302) == holds


def test_invitation_is_sent_again(client, waiting, posted):
    change = reverse("admin:auth_user_change", args=[waiting.pk])
    assert "Send the invitation again" in client.get(change).content.decode()
    assert fill(client, reverse("admin:auth_user_invite-again", args=[waiting.pk])).url == change
    # What hadn't been sent yet isn't sent besides.
    (letter,) = posted()
    assert set_password(link_in(letter)).status_code == 302
    late = fill(client, reverse("admin:auth_user_invite-again", args=[waiting.pk]))
    assert errors(late) == ["Nobody is waited for any more: the invitation was taken up, or withdrawn."]


def test_invitation_is_withdrawn_with_its_account_and_its_links(client, administrator, waiting, posted):
    (letter,) = posted()
    address = reverse("admin:auth_user_withdraw-invitation", args=[waiting.pk])
    assert fill(client, address).url == reverse("admin:auth_user_changelist")
    assert messages(client.get("/admin/")) == ["The invitation of “noor” is withdrawn."]
    assert (User.objects.filter(username="noor").count(), Mail.objects.count()) == (0, 0)
    assert [(line.user, line.object_repr) for line in LogEntry.objects.all()] == [(administrator, "noor")]
    assert "This link no longer holds" in text(page(set_password(link_in(letter))))


def test_nobody_withdraws_what_was_taken_up(client, waiting, posted):
    set_password(link_in(posted()[0]))
    fill(client, reverse("admin:auth_user_withdraw-invitation", args=[waiting.pk]))
    assert (User.objects.filter(username="noor").count(), LogEntry.objects.count()) == (1, 0)


def test_administrator_deletes_an_account_with_its_letters(client, administrator, waiting):
    assert fill(client, reverse("admin:auth_user_delete", args=[waiting.pk])).status_code == 302
    assert User.objects.filter(username="noor").count() == 0


def test_command_invites_and_says_the_link(capsys, db):
    call_command("invite", "noor", "noor@example.org", "Editors", "Readers")
    (link,) = re.findall(r"http://127\.0\.0\.1:8000(\S+)", capsys.readouterr().out)
    assert set_password(link).status_code == 302
    assert sorted(group.name for group in User.objects.get().groups.all()) == ["Editors", "Readers"]
    with pytest.raises(CommandError, match="Somebody with this address has an account already"):
        call_command("invite", "omar", "noor@example.org", "Editors")


# Forgotten


def test_forgotten_password_is_set_anew_and_ends_the_sessions(client, administrator, posted):
    answer = fill(client, FORGOTTEN, email="Ada@Example.org ")
    assert (answer.status_code, answer.url) == (302, f"{FORGOTTEN}?sent=1")
    (letter,) = posted()
    assert (letter.to, letter.subject) == (["ada@example.org"], "Good Ideas: a new password for the desk")
    assert set_password(link_in(letter)).status_code == 302
    assert (sign_in("ada", PASSWORD).status_code, sign_in("ada", NEW).status_code) == (200, 302)
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("hours", "holds"), [(2.9, True), (3.1, False)])
def test_link_to_a_forgotten_password_holds_three_hours(client, administrator, posted, monkeypatch, hours, holds):
    fill(client, FORGOTTEN, email="ada@example.org")
    (letter,) = posted()
    later(monkeypatch, timedelta(hours=hours))
    assert (set_password(link_in(letter)).status_code == 302) == holds


def test_known_and_unknown_addresses_are_the_same_work_and_the_same_words(client, administrator):
    seen = []
    for address in ("ada@example.org", "nobody@example.org"):
        with CaptureQueriesContext(connection) as made:
            answer = Client().post(FORGOTTEN, {"email": address})
        seen.append((answer.status_code, answer.url, [re.sub(r"'[^']*'|\d+", "…", q["sql"]) for q in made]))
    assert seen[0] == seen[1]
    assert len(seen[0][2]) > 1


def test_letter_to_an_unknown_address_is_never_sent_and_not_kept(posted, client):
    fill(client, FORGOTTEN, email="nobody@example.org")
    assert (posted(), Mail.objects.count()) == ([], 0)


@pytest.mark.parametrize("values", [{"is_active": False}, {"is_staff": False}, {"email": "gone@example.com"}])
def test_account_that_opens_no_desk_gets_no_letter(client, administrator, posted, values):
    User.objects.filter(pk=administrator.pk).update(**values)
    fill(client, FORGOTTEN, email="ada@example.org")
    assert posted() == []


def test_link_of_an_account_that_was_closed_no_longer_holds(waiting, posted):
    (letter,) = posted()
    User.objects.filter(pk=waiting.pk).update(is_active=False)
    assert "This link no longer holds" in text(page(set_password(link_in(letter))))


def test_address_that_merely_looks_the_same_is_another():
    assert accounts._folded("Ada@example.org ") == accounts._folded("ada@example.org")
    # Capitals of both are the same, which is how a database may compare them.
    assert accounts._folded("ada@exampıe.org") != accounts._folded("ada@exampie.org")


def test_letters_about_forgotten_passwords_are_as_many_a_day_as_links_to_a_proposal(administrator, posted):
    answers = [Client().post(FORGOTTEN, {"email": "ada@example.org"}).url for _n in range(LETTERS + 2)]
    assert (set(answers), len(posted())) == ({f"{FORGOTTEN}?sent=1"}, LETTERS)


def test_network_that_asks_all_day_has_to_wait(administrator):
    answers = [Client().post(FORGOTTEN, {"email": f"a{n}@example.org"}) for n in range(ASKED + 1)]
    assert [answer.status_code for answer in answers] == [302] * ASKED + [429]
    assert Client(REMOTE_ADDR="192.0.2.7").post(FORGOTTEN, {"email": "b@example.org"}).status_code == 302


def test_expired_invitation_is_sent_anew_by_whoever_was_invited(client, waiting, posted, monkeypatch):
    posted()
    later(monkeypatch, timedelta(days=8))
    fill(Client(), FORGOTTEN, email="noor@example.org")
    assert set_password(link_in(posted()[0])).status_code == 302


def test_new_password_opens_nothing_without_the_second_factor(client, administrator, posted):
    TOTPDevice.objects.create(user=administrator, name="")
    fill(Client(), FORGOTTEN, email="ada@example.org")
    set_password(link_in(posted()[0]))
    assert sign_in("ada", NEW).url == "/admin/login/code/"


# The pages


@pytest.mark.parametrize("password", ["short", "password1234", "noor@example.org"])
def test_password_that_is_easy_to_guess_is_refused_there(waiting, posted, password):
    answer = set_password(link_in(posted()[0]), password)
    assert (answer.status_code, len(errors(answer)) > 0, User.objects.get(username="noor").has_usable_password()) == (
        200, True, False,
    )  # fmt: skip


def test_pages_keep_their_secret(waiting, posted):
    link = link_in(posted()[0])
    client = Client()
    led = client.get(link)
    shown = client.get(led.url)
    assert (led.status_code, link.split("/")[-2] in led.url) == (302, False)
    for answer in (led, shown):
        assert (answer.headers["Referrer-Policy"], "no-store" in answer.headers["Cache-Control"]) == (
            "no-referrer", True,
        )  # fmt: skip
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("link", ["/admin/password/x/y-z/", "/admin/password/OTk5/abc-def/", "/admin/password/_/_/"])
def test_address_that_is_no_link_says_so(db, link):
    answer = Client().get(link)
    assert (answer.status_code, "This link no longer holds" in text(page(answer))) == (200, True)
