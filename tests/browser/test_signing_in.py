"""Signing in with a second factor in Chromium, on a phone: set up, written down, asked for; axe sees each page."""

import pytest
from django.contrib.auth.models import User

from tests.browser.test_desk import press
from tests.desk import PASSWORD, editor
from tests.stranger import code

pytestmark = pytest.mark.browser


@pytest.fixture
def mira(base_url):
    yield editor("mira", password=PASSWORD)
    User.objects.filter(username="mira").delete()


def give_password(page):
    page.goto("/admin/")
    page.get_by_label("Username").fill("mira")
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Log in")


def test_second_factor_is_set_up_and_asked_for(mira, phone, look):
    page = phone()
    give_password(page)
    page.goto("/admin/second-factor/device/")
    look(page)
    key = page.locator("code.key").inner_text()
    page.get_by_label("Code").fill("nonsense")
    page.get_by_label("password").fill(PASSWORD)
    press(page, "Set it up")
    look(page)
    page.get_by_label("Code").fill(code(key))
    page.get_by_label("password").fill(PASSWORD)
    press(page, "Set it up")
    recovery = page.locator("ol.codes code").all_inner_texts()
    assert len(recovery) == 10
    look(page)

    another = phone()
    give_password(another)
    assert another.url.endswith("/admin/login/code/")
    look(another)
    another.get_by_label("Code").fill("000000")
    press(another, "Log in")
    look(another)
    # The next code has to wait for a second, which is less than it takes to type one.
    another.wait_for_timeout(1500)
    another.get_by_label("Code").fill(recovery[0])
    press(another, "Log in")
    assert another.url.endswith("/admin/"), another.locator(".errornote, .errorlist").all_inner_texts()


def test_forgotten_password_is_asked_for(phone, look):
    page = phone()
    page.goto("/admin/login/")
    look(page)
    page.get_by_role("link", name="Forgotten your password?").click()
    look(page)
