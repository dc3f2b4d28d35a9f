"""Administrators look after accounts, and may not give themselves more than they have."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from tests.desk import editor

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(client):
    user = editor("ada", "Administrators")
    client.force_login(user)
    return user


def change(client, user, **values):
    data = {"username": user.username, "is_active": "on", "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    return client.post(reverse("admin:auth_user_change", args=[user.pk]), data | values)


def test_administrator_changes_an_account(client, administrator):
    user = editor("mira")
    assert change(client, user, first_name="Mira").status_code == 302
    user.refresh_from_db()
    assert user.first_name == "Mira"


def test_administrator_makes_nobody_a_superuser(client, administrator):
    assert change(client, administrator, is_superuser="on", is_staff="on").status_code == 302
    administrator.refresh_from_db()
    assert not administrator.is_superuser


def test_administrator_takes_over_no_superusers_account(client, administrator):
    root = User.objects.create_superuser("root", password="a long password")
    assert change(client, root, email="ada@example.org").status_code == 403
    address = reverse("admin:auth_user_password_change", args=[root.pk])
    assert client.post(address, {"password1": "x" * 12, "password2": "x" * 12}).status_code == 403
    assert client.post(reverse("admin:auth_user_delete", args=[root.pk]), {"post": "yes"}).status_code == 403
    root.refresh_from_db()
    assert root.check_password("a long password")


def test_superuser_may(client):
    client.force_login(User.objects.create_superuser("root"))
    user = editor("mira")
    assert change(client, user, is_superuser="on", is_staff="on").status_code == 302
    user.refresh_from_db()
    assert user.is_superuser
