"""What readers look at, on the desk: the ideas that were viewed most in a month and in a year, and nobody who did."""

from django.contrib import admin
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalogue.admin.act import ReadOnly
from catalogue.admin.desk import desk
from catalogue.admin.history import HistoryViews
from catalogue.models import DailyViews, Idea, Popularity
from catalogue.models.viewing import MONTH, YEAR

#: Ideas that each list shows.
MOST = 50


@admin.register(Popularity, site=desk)
class PopularityAdmin(HistoryViews, ReadOnly):
    """The order that readers see has a history like any noun; its page shows the numbers behind it."""

    def changelist_view(self, request, extra_context=None):
        context = {
            **self.admin_site.each_context(request),
            "title": _("Most viewed"),
            "opts": self.opts,
            "tables": [
                {"heading": _("In the last 30 days"), "rows": most_viewed(MONTH)},
                {"heading": _("In the last 365 days"), "rows": most_viewed(YEAR)},
            ],
            "order": Popularity.objects.defer("order").first(),
        }
        return TemplateResponse(request, "admin/catalogue/most_viewed.html", context)


def most_viewed(length) -> list[dict]:
    """Published ideas with the number of their views up to today, most first."""
    views = dict(DailyViews.objects.until(timezone.localdate(), length).most_viewed()[:MOST])
    ideas = Idea.objects.select_related("city").in_bulk(views)
    address = "admin:catalogue_idea_change"
    return [{"idea": ideas[pk], "url": reverse(address, args=[pk]), "views": count} for pk, count in views.items()]


def views_label(idea: Idea) -> str:
    """How often an idea was viewed, in a sentence."""
    month, year = idea.daily_views.totals(timezone.localdate())
    if not year:
        return _("None counted in a year.")
    return _("%(month)d in the last 30 days, %(year)d in the last 365.") % {"month": month, "year": year}
