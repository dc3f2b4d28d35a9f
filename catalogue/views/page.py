"""The pages of plain words: About and those under it, Privacy, Accessibility."""

import re

from django.shortcuts import render
from django.utils import formats
from django.utils.html import strip_tags
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalogue.cards import Ref
from catalogue.folding import slugify
from catalogue.languages import foreign
from catalogue.markdown import to_html
from catalogue.models import Page
from catalogue.views.caching import cacheable
from catalogue.views.redirects import moved
from catalogue.views.site import head

_HEADING = re.compile(r"<h2>(.*?)</h2>", re.DOTALL)


@cacheable()
def page_detail(request, path):
    family = Page.objects.family_of(path).for_readers_of(get_language())
    page = next((page for page in family if page.path == path), None)
    if page is None:
        return moved(request)
    body, toc = with_anchors(to_html(page.body))
    context = {
        "page": {"title": page.title, "standfirst": page.standfirst, "lang": foreign(page.language)},
        "body_html": body,
        "toc": toc if len(toc) > 1 else [],
        "subpages": [
            Ref(other.title, other.get_absolute_url(), lang=foreign(other.language))
            for other in family
            if other is not page
        ],
        # Where it lags behind, readers are told so and led to what it was made from.
        "original": Ref(_("Read the original"), path) if page.is_out_of_date else None,
        # Where a reader looks for what the site does by itself, and may turn it off.
        "has_switches": path == "/accessibility/",
        "updated_label": _("Last changed on %(date)s.") % {"date": formats.date_format(page.updated, "DATE_FORMAT")},
    }
    page_head = head(page.title, request.path, description=page.standfirst, section="about")
    return render(request, "catalogue/page_detail.html", context | page_head)


@cacheable()
def page_under_about(request, name):
    return page_detail(request, f"/about/{name}/")


def with_anchors(html: str) -> tuple[str, list[Ref]]:
    """The text with an anchor at each h2, and links to them."""
    toc = []

    def anchor(match):
        # In front, so that a heading about "main" or "results" meets no id of the page itself.
        name = f"s-{slugify(strip_tags(match[1])) or len(toc)}"
        if any(ref.url == f"#{name}" for ref in toc):
            name = f"{name}-{len(toc)}"
        toc.append(Ref(strip_tags(match[1]), f"#{name}"))
        return f'<h2 id="{name}">{match[1]}</h2>'

    # security: the text was cleaned; what is added is an id made of a to z, figures and hyphens.
    return mark_safe(_HEADING.sub(anchor, html)), toc
