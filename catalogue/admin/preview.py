"""An idea's page as readers will see it: written and shown inside a transaction that is then undone."""

from dataclasses import dataclass

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue import index as indexes
from catalogue.catching_up import caught_up
from catalogue.models import Edition, Idea
from catalogue.records import record_of
from catalogue.views.idea import detail_of
from catalogue.views.site import head


@dataclass
class _Undone(Exception):
    """Leaves the transaction with the page in hand and nothing written."""

    html: str


def preview_of(request, idea: Idea, notice: dict, change=None) -> str:
    """The public page of an idea, published or not, with a notice over it; `change()` is done to it first.

    It is published for the length of the look, in a transaction that is undone: so the page comes from the public
    view and the public template, and nothing has to know of previews.
    """
    held = indexes.current()
    try:
        with transaction.atomic():
            with Edition.act(by=request.user, why="preview") as act:
                if change:
                    change()
                shown = Idea.objects.select_for_update().get(pk=idea.pk)
                act.watch(shown)
                shown.status, shown.merged_into = Idea.Status.PUBLISHED, None
                shown.first_published = shown.first_published or timezone.now()
                shown.publish_at = None
                shown.save()
            raise _Undone(_page(request, Idea.objects.for_page().get(pk=idea.pk), caught_up(held), notice))
    except _Undone as undone:
        return undone.html


def _page(request, idea: Idea, index, notice: dict) -> str:
    detail = detail_of(idea, index, record_of(idea, index), original=True)
    context = {"idea": detail, "criteria_url": reverse("criterion-list"), "preview": notice}
    title = _("Preview: %(title)s") % {"title": idea.title}
    page_head = head(title, "", description=idea.summary, section="ideas", noindex=True) | {"canonical": ""}
    return render_to_string("admin/catalogue/preview.html", context | page_head, request=request)
