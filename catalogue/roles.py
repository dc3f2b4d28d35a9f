"""Who may do what: the groups of those who work on the catalogue, and what each may do in the admin."""

from django.apps import apps as present_apps
from django.contrib.auth.management import create_permissions

SEE, WORK = ("view",), ("add", "change", "delete", "view")
_IDEA = ("idea", "body", "evidence", "citation", "assessment", "guide")
_NOUNS = (*_IDEA, "city", "organisation", "theme", "topic", "audience", "resource", "adaptation", "synonym")

#: What each group may do with which models of which app. Of a model that isn't there yet nothing is given.
ROLES = {
    # Of what was proposed readers see what they are asked to read, by way of their review of it.
    "Readers": [(SEE, "catalogue", _IDEA), (("view", "change"), "catalogue", ("review",))],
    "Editors": [
        (WORK, "catalogue", _NOUNS),
        (("view", "change"), "catalogue", ("submission", "link", "inquiry")),
        (WORK, "catalogue", ("contact",)),
        (("add", "change", "delete", "view", "publish"), "catalogue", ("translation",)),
        (SEE, "catalogue", ("mail", "review")),
        (("view", "delete"), "catalogue", ("wanted",)),
    ],
    "Translators": [
        (SEE, "catalogue", (*_IDEA, "theme", "topic", "audience", "page")),
        (("add", "change", "view"), "catalogue", ("translation",)),
    ],
    "Administrators": [
        (SEE, "catalogue", _NOUNS),
        (WORK, "catalogue", ("page", "redirect")),
        (("view", "delete"), "catalogue", ("miss", "submission", "wanted")),
        (SEE, "catalogue", ("link",)),
        (("view", "add", "delete"), "catalogue", ("import",)),
        (SEE, "catalogue", ("mail",)),
        (WORK, "auth", ("user", "group")),
    ],
}


def apply(apps=present_apps, schema_editor=None) -> None:
    """Makes the groups and gives each what it lacks; what somebody gave a group besides is left to it.

    A migration names it as what it runs, once more after each that makes a model which a role works on: Django makes
    permissions only when all migrations are through, so those that a role needs are made here.
    """
    using = schema_editor.connection.alias if schema_editor else "default"
    for label in ("auth", "catalogue"):
        _make_permissions(apps, label, using)
    permissions = apps.get_model("auth", "Permission").objects.using(using)
    for name, grants in ROLES.items():
        group, _made = apps.get_model("auth", "Group").objects.using(using).get_or_create(name=name)
        for actions, app, models in grants:
            codenames = [f"{action}_{model}" for model in models for action in actions]
            group.permissions.add(*permissions.filter(content_type__app_label=app, codename__in=codenames))


def _make_permissions(apps, label, using) -> None:
    config = apps.get_app_config(label)
    # In a migration's state an app has no module of models, which Django takes for having no models.
    config.models_module = getattr(config, "models_module", None) or True
    create_permissions(config, verbosity=0, using=using, apps=apps)
