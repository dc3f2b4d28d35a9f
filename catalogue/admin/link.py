"""The addresses that the catalogue names, on the desk: what is dead, site by site, and what is no fault after all."""

from django.contrib import admin
from django.db.models import Count
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _

from catalogue.admin.desk import desk
from catalogue.admin.verbs import OnlyVerbs, PlainForm, Verb, VerbForm
from catalogue.checking import tell
from catalogue.models import Link
from catalogue.models.link import CITED_IN

#: So many sites are offered to look at, those with most dead addresses first.
SITES = 40


class ExcuseForm(VerbForm):
    """Why it is no fault: kept with the address, and in history where readers had been told of it."""


def excuse(link, told, by) -> None:
    link.excuse(told["why"], by=by)
    tell(None, by=by, why=told["why"])


def ask_anew(link, told, by) -> None:
    link.ask_anew()
    tell(None, by=by, why="asked anew")


LINK_VERBS = (
    Verb(
        "excuse",
        _("Not a fault"),
        _("Readers are no longer told that it doesn’t answer. It is remembered until the address changes."),
        ExcuseForm,
        excuse,
        lambda link: link.excused_at is None,
        _("“{noun}” is no fault."),
    ),
    Verb(
        "anew",
        _("Ask anew"),
        _("What was said about it is forgotten, and it is visited soon."),
        PlainForm,
        ask_anew,
        done=_("“{noun}” is visited soon."),
        reason=False,
    ),
)


class Standing(admin.SimpleListFilter):
    title = _("standing")
    parameter_name = "standing"

    def lookups(self, request, model_admin):
        return [
            ("dead", _("dead")),
            ("failing", _("failed once, not yet certain")),
            ("doubtful", _("no program is let in")),
            ("moved", _("moved for good")),
            ("excused", _("no fault")),
        ]

    def queryset(self, request, queryset):
        found = {
            "dead": queryset.dead,
            "failing": lambda: queryset.filter(failing_since__isnull=False, dead_since__isnull=True),
            "doubtful": queryset.doubtful,
            "moved": lambda: queryset.exclude(moved_to=""),
            "excused": lambda: queryset.filter(excused_at__isnull=False),
        }.get(self.value())
        return found() if found else queryset


class Site(admin.SimpleListFilter):
    """The sites with dead addresses, and how many each has: often a whole site moved, and one look mends them all."""

    title = _("site with dead addresses")
    parameter_name = "site"

    def lookups(self, request, model_admin):
        sites = Link.objects.dead().order_by().values("host").annotate(number=Count("pk")).order_by("-number", "host")
        return [(site["host"], f"{site['host']} ({site['number']})") for site in sites[:SITES]]

    def queryset(self, request, queryset):
        return queryset.filter(host=self.value()) if self.value() else queryset


@admin.register(Link, site=desk)
class LinkAdmin(OnlyVerbs):
    """Seen and judged here; an address is changed where it is cited."""

    verbs = LINK_VERBS
    not_edited = _("An address isn’t changed here, but where it is cited.")
    list_display = ["host", "url", "outcome", "status", "dead_from", "excused_why"]
    list_display_links = ["url"]
    list_filter = [Standing, Site, "outcome"]
    search_fields = ["url"]
    ordering = ["host", "url"]
    fields = [
        "address", "cited_by", "outcome", "status", "moved_to", "visited_at", "due_at", "good_at", "failing_since",
        "dead_since", "excused_why", "excused_at", "visits",
    ]  # fmt: skip
    readonly_fields = fields

    @admin.display(description=_("dead since"), ordering="dead_since")
    def dead_from(self, link):
        return f"{link.dead_since:%Y-%m-%d}" if link.dead_since else ""

    @admin.display(description=_("web address"))
    def address(self, link):
        return format_html('<a href="{0}" rel="noreferrer">{0}</a>', link.url)

    @admin.display(description=_("cited in"))
    def cited_by(self, link):
        """Everything that names it, each a click from where it is mended."""
        found = [
            noun for model, name in CITED_IN for noun in model.objects.filter(**{name: link.url}).order_by("pk")[:50]
        ]
        rows = [(reverse(f"admin:catalogue_{n._meta.model_name}_change", args=[n.pk]), n) for n in found]
        return format_html("<ul>{}</ul>", format_html_join("", '<li><a href="{}">{}</a></li>', rows))

    @admin.display(description=_("visits"))
    def visits(self, link):
        rows = [(f"{visit}", visit.status or "", visit.moved_to) for visit in link.visits.all()]
        return format_html("<ul>{}</ul>", format_html_join("", "<li>{} {} {}</li>", rows))
