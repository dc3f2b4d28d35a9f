"""Themes, topics and audiences on the desk."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from catalogue.admin.base import CatalogueAdmin
from catalogue.admin.choices import one_of, one_of_few
from catalogue.admin.desk import desk
from catalogue.admin.forms import LANGUAGES, TermForm
from catalogue.admin.verbs import MERGE
from catalogue.models import Audience, Idea, Theme, Topic


class TermAdmin(CatalogueAdmin):
    form = TermForm
    list_display = ["english", "slug", "languages", "order"]
    list_editable = ["order"]
    search_fields = ["slug", "name"]
    ordering = ["order", "slug"]
    fieldsets = [
        (_("Name"), {"fields": [f"name_{code}" for code in LANGUAGES]}),
        (_("Description"), {"fields": [f"description_{code}" for code in LANGUAGES]}),
        (_("Address and place"), {"fields": ["slug", "order"]}),
    ]
    verbs = (MERGE,)

    @admin.display(description=_("name"), ordering="slug")
    def english(self, term):
        return term.name.get("en", "")

    @admin.display(description=_("languages"))
    def languages(self, term):
        return ", ".join(code for code in LANGUAGES if term.name.get(code))

    def merge_field(self, noun):
        others = self.model.objects.exclude(pk=noun.pk)
        return one_of_few(others, label=_("Merge into the %(kind)s") % {"kind": self.opts.verbose_name})


@admin.register(Theme, site=desk)
class ThemeAdmin(TermAdmin):
    always_public = True


@admin.register(Topic, site=desk)
class TopicAdmin(TermAdmin):
    exported_as = "topics"
    named_in = "topics"

    def merge_field(self, noun):
        return one_of(Idea, "topics", self.admin_site, but=noun, label=_("Merge into the topic"))


@admin.register(Audience, site=desk)
class AudienceAdmin(TermAdmin):
    always_public = True
