"""Ideas on the desk: the form, its inlines, the lists, and every verb of an idea's life."""

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from catalogue.admin.actions import IDEA_ACTIONS
from catalogue.admin.adaptation import journey_faults
from catalogue.admin.base import CatalogueAdmin, RowsInline
from catalogue.admin.choices import one_of
from catalogue.admin.desk import desk
from catalogue.admin.drafts import DraftViews
from catalogue.admin.forms import DeskForm, LinesField, NamesField, YearField
from catalogue.admin.life import IDEA_VERBS
from catalogue.admin.picture import PictureInput, take_in
from catalogue.admin.rendered import rendered
from catalogue.admin.verbs import MERGE
from catalogue.admin.viewing import views_label
from catalogue.criteria import Criterion
from catalogue.models import Adaptation, Assessment, Body, Citation, Draft, Evidence, Guide, Idea
from catalogue.models.life import KEPT_FILLED, VERIFIED_FOR

Status = Idea.Status


class IdeaForm(DeskForm):
    body = LinesField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 20, "class": "vLargeTextField"}),
        help_text=_("Markdown. Headings: ## The challenge, ## What was done, ## What came of it."),
    )
    partners = NamesField(label=_("Partners"), help_text=_("Names of those who work with the lead, one on each line."))
    started = YearField(label=_("Year it began"), required=False)
    ended = YearField(label=_("Year it ended"), required=False)
    profiled_year = YearField(label=_("Year profiled by Cities of Migration"), required=False)

    class Meta:
        fields = "__all__"
        widgets = {
            "summary": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField", "maxlength": 450}),
            "themes": forms.CheckboxSelectMultiple,
            "audiences": forms.CheckboxSelectMultiple,
            "picture": PictureInput,
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "body" not in self.initial and self.instance.pk:
            self.initial["body"] = self.instance.body

    def clean(self):
        cleaned = super().clean()
        idea = self.instance
        if idea.pk and idea.is_published:
            for name in KEPT_FILLED:
                if name in cleaned and not cleaned[name] and name not in self.errors and name in self.changed_data:
                    self.add_error(name, _("A published idea needs this. Withdraw the idea, or leave it filled in."))
        return cleaned


class EvidenceForm(forms.ModelForm):
    year = YearField(required=False)


class EvidenceInline(RowsInline):
    model = Evidence
    fk_name = "idea"
    form = EvidenceForm
    autocomplete_fields = ["resource"]
    fields = [("criterion", "basis", "year"), "claim", "resource"]

    def get_queryset(self, request):
        return super().get_queryset(request).order_by("pk")


class CitationInline(RowsInline):
    model = Citation
    fk_name = "idea"
    autocomplete_fields = ["resource"]
    fields = [("position", "resource", "to_reuse")]
    verbose_name = _("source")
    verbose_name_plural = _("sources")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("resource")


class AssessmentInline(RowsInline):
    model = Assessment
    fk_name = "idea"
    fields = [("read_on", "readers"), tuple(Criterion.values)]

    def get_formset(self, request, obj=None, **kwargs):
        # An idea has one at most. Two who each add theirs are told so, and neither's is lost.
        return super().get_formset(request, obj, max_num=1, validate_max=True, **kwargs)


class GuideInline(RowsInline):
    """What the transfer guide says; an idea has one at most."""

    model = Guide
    fk_name = "idea"
    fields = [
        "must_stay",
        "may_change",
        ("lead_sector", "lead"),
        "legal_power",
        "staff",
        ("money", "first_result"),
        "first_steps",
    ]


class JourneyForm(forms.ModelForm):
    year = YearField(required=False)

    def clean(self):
        cleaned = super().clean()
        return journey_faults(self, cleaned, self.instance.idea_id)


class JourneyInline(RowsInline):
    model = Adaptation
    fk_name = "idea"
    form = JourneyForm
    autocomplete_fields = ["city", "organisation", "became"]
    fields = [
        ("city", "country", "place"),
        ("organisation", "became"),
        ("year", "state"),
        "note",
        ("shown", "position"),
    ]
    show_change_link = True
    verbose_name = _("journey")
    verbose_name_plural = _("journeys to other places")

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("idea", "became", "city").order_by("pk")

    def has_delete_permission(self, request, obj=None):
        # What readers once saw is hidden from them, not deleted.
        return super().has_delete_permission(request, obj) and (obj is None or obj.first_published is None)


class Verified(admin.SimpleListFilter):
    title = _("verified")
    parameter_name = "verified"

    def lookups(self, request, model_admin):
        return [("yes", _("within a year")), ("no", _("not for a year, or never"))]

    def queryset(self, request, queryset):
        since = timezone.localdate() - VERIFIED_FOR
        if self.value() == "yes":
            return queryset.filter(last_verified__gte=since)
        if self.value() == "no":
            stale = Q(last_verified__lt=since) | Q(last_verified__isnull=True)
            return queryset.filter(stale, status=Status.PUBLISHED)
        return queryset


class WithEvidence(admin.SimpleListFilter):
    title = _("evidence")
    parameter_name = "evidence"

    def lookups(self, request, model_admin):
        return [("some", _("some")), ("none", _("none"))]

    def queryset(self, request, queryset):
        held = Exists(Evidence.objects.filter(idea=OuterRef("pk")))
        return {"some": queryset.filter(held), "none": queryset.filter(~held)}.get(self.value(), queryset)


@admin.register(Idea, site=desk)
class IdeaAdmin(DraftViews, CatalogueAdmin):
    form = IdeaForm
    exported_as = "ideas"
    inlines = [EvidenceInline, AssessmentInline, CitationInline, GuideInline, JourneyInline]
    actions = IDEA_ACTIONS
    list_display = ["title", "city", "organisation", "status", "started", "last_verified", "featured"]
    list_filter = ["status", "featured", "themes", Verified, WithEvidence]
    list_select_related = ["city", "organisation"]
    search_fields = ["title", "slug"]
    ordering = ["-id"]
    autocomplete_fields = ["city", "organisation", "topics"]
    readonly_fields = ["standing", "views", "shown_body"]
    fieldsets = [
        (None, {"fields": ["standing", "views", "title", "title_is_original", "summary", "language"]}),
        (_("Text"), {"fields": ["body", "shown_body"]}),
        (_("Picture"), {"fields": ["picture", "picture_alt", "picture_credit", "picture_licence"]}),
        (_("Who and where"), {"fields": ["city", "placeless", "organisation", "partners", "web_address", "credited"]}),
        (_("Filed under"), {"fields": ["themes", "topics", "audiences"]}),
        (_("When"), {"fields": [("started", "ended", "profiled_year"), "ended_why"]}),
        (_("Address"), {"fields": ["slug"]}),
    ]
    verbs = (*IDEA_VERBS, MERGE)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if widget := IdeaForm.Meta.widgets.get(db_field.name):
            kwargs["widget"] = widget
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in ("themes", "audiences"):
            field.widget.can_add_related = False
        return field

    def take_in_files(self, sending) -> None:
        if self.has_change_permission(sending.request):
            take_in(sending)

    def flat_fields(self, request, idea) -> list[str]:
        return flatten_fieldsets(self.get_fieldsets(request, idea))

    @admin.display(description=_("standing"))
    def standing(self, idea):
        """Where it is in its life, in one line."""
        if idea is None or idea.pk is None:
            return _("New: it becomes a draft, which readers don’t see.")
        if idea.status == Status.SCHEDULED:
            return _("Scheduled for %(time)s UTC") % {"time": f"{idea.publish_at:%Y-%m-%d %H:%M}"}
        if idea.status == Status.MERGED:
            return _("Merged into “%(other)s”") % {"other": idea.merged_into}
        if idea.status == Status.WITHDRAWN:
            return _("Withdrawn: %(reason)s") % {"reason": idea.withdrawn_reason}
        return idea.get_status_display()

    @admin.display(description=_("views"))
    def views(self, idea):
        return views_label(idea) if idea and idea.pk else ""

    @admin.display(description=_("as it looks now"))
    def shown_body(self, idea):
        return rendered(idea.body if idea and idea.pk else "")

    def save_related(self, request, form, formsets, change):
        idea = form.instance
        text = form.cleaned_data.get("body", "")
        story = Body.objects.filter(pk=idea.pk).first() or Body(idea=idea)
        if story.text != text:
            story.text = text
            story.save()
        super().save_related(request, form, formsets, change)

    def desk_context(self, request, idea) -> dict:
        unpublished = idea.status in (Status.DRAFT, Status.SCHEDULED, Status.WITHDRAWN)
        return super().desk_context(request, idea) | {
            "missing": idea.missing() if unpublished else [],
            "wanting": idea.wanting(),
            "drafts": Draft.objects.beside(idea),
            "proposals": idea.proposals.all() if request.user.has_perm("catalogue.view_submission") else [],
            "translations": idea.translations.present() if request.user.has_perm("catalogue.view_translation") else [],
            "keeps_drafts": idea.is_published,
            "preview_url": self.address_of("preview", idea.pk),
        }

    def was_ever_public(self, idea) -> bool:
        return idea.first_published is not None or idea.is_public

    def choice_label(self, idea) -> str:
        place = f", {idea.city.name}" if idea.city_id else ""
        return f"{idea.title}{place} ({idea.get_status_display()})"

    def merge_field(self, noun):
        return one_of(Idea, "merged_into", self.admin_site, but=noun, label=_("Merge into the idea"))
