"""The groups of those who work on the catalogue, and what each of them may do."""

from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from catalogue import roles

pytestmark = pytest.mark.django_db

FIRST_PARTS = ["body", "citation", "evidence", "idea"]
PARTS = ["assessment", "guide", *FIRST_PARTS]
NOUNS = sorted([*PARTS, "adaptation", "audience", "city", "organisation", "resource", "theme", "topic"])


def granted(name: str) -> dict[str, str]:
    """For each model what a group may do with it, by the first letters: a(dd), c(hange), d(elete), v(iew)."""
    codenames = Group.objects.get(name=name).permissions.values_list("codename", flat=True)
    found = {}
    for action, model in sorted(codename.split("_", 1) for codename in codenames):
        found[model] = found.get(model, "") + action[0]
    return found


def test_roles_hold_what_the_house_gives_them():
    roles.apply()
    assert granted("Readers") == dict.fromkeys(PARTS, "v") | {"review": "cv"}
    assert granted("Editors") == dict.fromkeys([*NOUNS, "synonym"], "acdv") | {
        "submission": "cv", "mail": "v", "review": "v", "link": "cv", "inquiry": "cv", "contact": "acdv",
        "wanted": "dv", "translation": "acdpv",
    }  # fmt: skip
    assert granted("Translators") == dict.fromkeys([*PARTS, "page", "theme", "topic", "audience"], "v") | {
        "translation": "acv"
    }
    assert granted("Administrators") == dict.fromkeys([*NOUNS, "synonym"], "v") | dict.fromkeys(
        ["group", "page", "redirect", "user"], "acdv"
    ) | {"miss": "dv", "submission": "dv", "wanted": "dv", "mail": "v", "link": "v", "import": "adv"}


def test_roles_applied_again_double_nothing_and_leave_what_was_given_besides():
    roles.apply()
    before = Permission.objects.count(), Group.objects.count(), Group.permissions.through.objects.count()
    readers, more = Group.objects.get(name="Readers"), Permission.objects.get(codename="view_city")
    readers.permissions.add(more)
    roles.apply()
    assert (Permission.objects.count(), Group.objects.count()) == before[:2]
    assert Group.permissions.through.objects.count() == before[2] + 1
    assert more in readers.permissions.all()


@pytest.mark.django_db(transaction=True)
def test_migration_makes_the_roles_before_django_makes_its_permissions():
    """As in a new database: no permission is there yet when the migration runs, and none is made by it twice."""
    Group.objects.all().delete()
    Permission.objects.all().delete()
    before = ("catalogue", "0002_clock_and_numbers")
    executor = MigrationExecutor(connection)
    state = executor.loader.project_state([before, ("auth", "0012_alter_user_first_name_max_length")])
    with connection.schema_editor() as editor:
        roles.apply(state.apps, editor)
    # The models that there were then.
    assert granted("Readers") == dict.fromkeys(FIRST_PARTS, "v")
    assert granted("Editors") == dict.fromkeys(set(NOUNS) - {"assessment", "guide"}, "acdv")
    roles.apply()
    assert Permission.objects.filter(codename="change_idea").count() == 1


def test_an_editor_may_what_the_role_may(django_user_model):
    roles.apply()
    mira = django_user_model.objects.create_user("mira", is_staff=True)
    mira.groups.add(Group.objects.get(name="Editors"))
    assert mira.has_perms(["catalogue.change_idea", "catalogue.delete_evidence", "catalogue.add_city"])
    assert not any(mira.has_perm(f"catalogue.view_{noun}") for noun in ("page", "redirect"))
    assert not mira.has_perm("auth.change_user")


def test_readers_who_saw_every_submission_no_longer_do():
    readers, seen = Group.objects.get(name="Readers"), Permission.objects.get(codename="view_submission")
    readers.permissions.add(seen)
    migration = import_module("catalogue.migrations.0017_review")
    migration.take_submissions_from_readers(apps, None)
    assert granted("Readers") == dict.fromkeys(PARTS, "v") | {"review": "cv"}
