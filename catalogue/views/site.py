"""What every page has: the site's own links, and the words of its head."""

from collections.abc import Sequence
from urllib.parse import quote

from django.conf import settings
from django.templatetags.static import static
from django.urls import reverse
from django.utils.http import escape_leading_slashes
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.languages import LOCALES, bare, prefix

#: What stays as it is in the path of an address (RFC 3986, 3.3).
LEGIBLE = "/:@!$&'()*+,;=~"


def site(request) -> dict:
    """The template context processor: the links of bar and footer. It asks the database nothing."""
    nav = [
        (_("Ideas"), "idea-list", "ideas"),
        (_("Map"), "idea-map", "map"),
        (_("Themes"), "theme-list", "themes"),
        (_("Cities"), "city-list", "cities"),
        (_("Library"), "resource-list", "library"),
        (_("About"), "about", "about"),
    ]
    footer = [
        (
            _("The collection"),
            [
                (_("All ideas"), "idea-list"),
                (_("Map"), "idea-map"),
                (_("How ideas travelled"), "travel"),
                (_("Cities like mine"), "like-mine"),
                (_("Themes"), "theme-list"),
                (_("Topics"), "topic-list"),
                (_("Library"), "resource-list"),
            ],
        ),
        (
            _("Places and people"),
            [
                (_("Countries"), "country-list"),
                (_("Cities"), "city-list"),
                (_("Organisations"), "organisation-list"),
            ],
        ),
        (
            _("How it is made"),
            [
                (_("About"), "about"),
                (_("The four criteria"), "criterion-list"),
                (_("The data"), "data"),
                (_("Accessibility"), "accessibility"),
                (_("Privacy"), "privacy"),
            ],
        ),
    ]
    return {
        "site": {
            "home_url": reverse("home"),
            # Of an address that isn't there, too, which may hold anything.
            "languages": translations(quote(request.path, safe=LEGIBLE)),
            "language": dict(settings.LANGUAGES).get(get_language(), ""),
            "search_url": reverse("idea-list"),
            "propose": {
                "label": _("Propose an idea"),
                "long_label": _("Propose a Good Idea"),
                "url": reverse("submit"),
            },
            "nav": [{"label": label, "url": reverse(name), "section": section} for label, name, section in nav],
            "footer": [
                {"heading": heading, "links": [{"label": label, "url": reverse(name)} for label, name in links]}
                for heading, links in footer
            ],
        }
    }


def head(
    title: str,
    path: str,
    *,
    description: str = "",
    section: str = "",
    noindex: bool = False,
    alternates: Sequence[dict] = (),
    picture: str = "",
    meta: Sequence[tuple[str, str]] = (),
    linked_data: str = "",
) -> dict:
    """The head of a page. `path` is its canonical address, from the first slash on.

    `alternates` are the same thing for machines, each with its media type, label and address. `picture` is the address
    of what is shown with a link to it, else that of the whole site; `meta` are names and contents; `linked_data` is
    what the page says of itself in JSON-LD, escaped for a script element.
    """
    return {
        "title": title,
        "description": description,
        "canonical": f"{settings.SITE_URL}{path}",
        "section": section,
        "noindex": noindex,
        "alternates": alternates,
        # Of a page that no address names, such as one behind a token, there are none.
        "translations": translations(path) if path else [],
        "site_url": settings.SITE_URL,
        "picture": picture or f"{settings.SITE_URL}{static('good-ideas.png')}",
        "meta": meta,
        "linked_data": linked_data,
    }


def translations(path: str) -> list[dict]:
    """A page in every language of the site, each with its name in itself, the direction of its script, its address."""
    rest, here = bare(path), get_language()
    return [
        {
            "language": code,
            "name": name,
            "direction": "rtl" if code in settings.LANGUAGES_BIDI else "ltr",
            "locale": LOCALES.get(code, code),
            # security: what begins with two slashes would lead to another site.
            "path": escape_leading_slashes(prefix(code) + rest),
            "current": code == here,
        }
        for code, name in settings.LANGUAGES
    ]


def numbered(title: str, page: int) -> str:
    """A title of its own for each page of a list."""
    return _("%(title)s, page %(page)d") % {"title": title, "page": page} if page > 1 else title
