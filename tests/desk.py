"""Using the desk as a browser without scripts would: a form is read from its page, filled in and sent whole."""

from urllib.parse import urlencode

from django.contrib.auth.models import Group, User
from django.urls import reverse

from tests.markup import tree_of as page

SAVED = 302
PASSWORD = "a long password"


def editor(name="mira", *groups, **values) -> User:
    """Somebody with a role; an editor unless told otherwise."""
    user = User.objects.create_user(name, is_staff=True, **values)
    user.groups.set(Group.objects.filter(name__in=groups or ["Editors"]))
    return user


def address(noun, view="change", *args) -> str:
    model = noun if isinstance(noun, type) else type(noun)
    keys = [] if view in ("add", "changelist") else [noun.pk]
    return reverse(f"admin:catalogue_{model._meta.model_name}_{view}", args=[*keys, *args])


def text(element) -> str:
    return " ".join("".join(element.itertext()).split())


def errors(response) -> list[str]:
    """Every error that the page shows, in its order."""
    lists = [e for e in page(response).iter("ul") if "errorlist" in e.get("class", "")]
    return [text(item) for found in lists for item in found.iter("li")]


def messages(response) -> list[str]:
    lists = [e for e in page(response).iter("ul") if e.get("class") == "messagelist"]
    return [text(item) for found in lists for item in found.iter("li")]


def fields(response, form_id="") -> dict[str, list[str]]:
    """What a browser would send of a form as it stands, without any button."""
    forms = [
        form
        for form in page(response).iter("form")
        if form.get("method") == "post"
        and form.get("id") != "logout-form"
        and (not form_id or form.get("id") == form_id)
    ]
    found: dict[str, list[str]] = {}
    for element in forms[0].iter():
        name = element.get("name")
        if not name or "__prefix__" in name:
            continue
        if element.tag == "input" and element.get("type") not in ("submit", "button"):
            if element.get("type") not in ("checkbox", "radio") or element.get("checked") is not None:
                found.setdefault(name, []).append(
                    element.get("value", "on" if element.get("type") == "checkbox" else "")
                )
        elif element.tag == "textarea":
            value = "".join(element.itertext())
            found.setdefault(name, []).append(value.removeprefix("\n").replace("\n", "\r\n"))
        elif element.tag == "select":
            options = list(element.iter("option"))
            chosen = [o.get("value", text(o)) for o in options if o.get("selected") is not None]
            if not chosen and options and element.get("multiple") is None:
                chosen = [options[0].get("value", text(options[0]))]
            found.setdefault(name, []).extend(chosen)
    return {name: values for name, values in found.items() if values}


def send(client, url, sent: dict, **more):
    """Sends a form's fields, some of them filled in anew; a value may be a list, and None takes a field away."""
    filled = {name: values for name, values in (sent | more).items() if values is not None}
    body = urlencode(filled, doseq=True)
    return client.post(url, body, content_type="application/x-www-form-urlencoded")


def fill(client, url, **more):
    """Opens a form and sends it back with some fields filled in."""
    return send(client, url, fields(client.get(url)), **more)


def upload(client, url, sent: dict, name: str, file, **more):
    """Sends a form's fields with a file, as `send` does without one."""
    filled = {key: values for key, values in (sent | more).items() if values is not None}
    return client.post(url, filled | {name: file})


def with_row(sent: dict, prefix: str, **values) -> dict:
    """The fields with one more row of an inline."""
    number = int(sent[f"{prefix}-TOTAL_FORMS"][0])
    row = {f"{prefix}-{number}-{name}": value for name, value in values.items()}
    return sent | {f"{prefix}-TOTAL_FORMS": [str(number + 1)]} | row
