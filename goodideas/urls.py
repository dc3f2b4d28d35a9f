"""The map of the site."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from catalogue.admin.desk import desk
from catalogue.views import (
    compare,
    criterion,
    data,
    dumps,
    errors,
    exports,
    feeds,
    health,
    home,
    idea,
    idea_forms,
    idea_list,
    machines,
    oembed,
    organisation,
    page,
    place,
    redirects,
    resource,
    submission,
    submit,
    vocabulary,
)

#: What there is in each language: in English here, in every other under its prefix.
in_each_language = [
    path("", home.home, name="home"),
    path("ideas/", idea_list.idea_list, name="idea-list"),
    path("ideas/<slug:slug>/", idea.idea_detail, name="idea-detail"),
    path("ideas/<slug:slug>/adapt/", submit.submit_about, {"kind": "adaptation"}, name="submit-adaptation"),
    path("ideas/<slug:slug>/correct/", submit.submit_about, {"kind": "correction"}, name="submit-correction"),
    path("ideas/<slug:slug>.json", idea_forms.idea_form, {"form": "json"}, name="idea-json"),
    path("ideas/<slug:slug>.bib", idea_forms.idea_form, {"form": "bib"}, name="idea-bib"),
    path("ideas/<slug:slug>.ris", idea_forms.idea_form, {"form": "ris"}, name="idea-ris"),
    path("ideas/<slug:slug>.csl.json", idea_forms.idea_form, {"form": "csl"}, name="idea-csl"),
    path("ideas/<slug:slug>.png", idea_forms.idea_form, {"form": "png"}, name="idea-png"),
    path("ideas.json", exports.ideas_json, name="ideas-json"),
    path("ideas.csv", exports.ideas_csv, name="ideas-csv"),
    path("ideas.geojson", exports.ideas_geojson, name="ideas-geojson"),
    path("ideas.atom", feeds.ideas_atom, name="ideas-atom"),
    path("themes/<slug:value>.atom", feeds.page_atom, {"facet": "theme"}, name="theme-atom"),
    path("topics/<slug:value>.atom", feeds.page_atom, {"facet": "topic"}, name="topic-atom"),
    path("countries/<slug:value>.atom", feeds.page_atom, {"facet": "country"}, name="country-atom"),
    path("cities/<slug:value>.atom", feeds.page_atom, {"facet": "city"}, name="city-atom"),
    path("organisations/<slug:value>.atom", feeds.page_atom, {"facet": "organisation"}, name="organisation-atom"),
    path("submit/", submit.submit, name="submit"),
    path("submit/<slug:token>/", submission.submission_detail, name="submission-detail"),
    path("submit/<slug:token>/check/", submit.submit_check, name="submit-check"),
    path("submit/<slug:token>/later/", submit.submit_later, name="submit-later"),
    path("submit/<slug:token>/withdraw/", submission.submission_withdraw, name="submission-withdraw"),
    path("submit/<slug:token>/confirm/<slug:code>/", submission.submission_confirm, name="submission-confirm"),
    path("submit/<slug:token>/<slug:name>/", submit.submit_step, name="submit-step"),
    path("compare/", compare.compare, name="compare"),
    path("suggest.json", exports.suggest_json, name="suggest-json"),
    path("themes/", vocabulary.theme_list, name="theme-list"),
    path("themes/<slug:slug>/", vocabulary.theme_detail, name="theme-detail"),
    path("topics/", vocabulary.topic_list, name="topic-list"),
    path("topics/<slug:slug>/", vocabulary.topic_detail, name="topic-detail"),
    path("countries/", place.country_list, name="country-list"),
    path("countries/<slug:code>/", place.country_detail, name="country-detail"),
    path("cities/", place.city_list, name="city-list"),
    path("cities/<slug:slug>/", place.city_detail, name="city-detail"),
    path("organisations/", organisation.organisation_list, name="organisation-list"),
    path("organisations/<slug:slug>/", organisation.organisation_detail, name="organisation-detail"),
    path("criteria/", criterion.criterion_list, name="criterion-list"),
    path("resources/", resource.resource_list, name="resource-list"),
    path("about/", page.page_detail, {"path": "/about/"}, name="about"),
    path("about/data/", data.data, name="data"),
    path("about/<slug:name>/", page.page_under_about, name="page-detail"),
    path("privacy/", page.page_detail, {"path": "/privacy/"}, name="privacy"),
    path("accessibility/", page.page_detail, {"path": "/accessibility/"}, name="accessibility"),
    path("embed/ideas/<slug:slug>/", oembed.idea_embed, name="idea-embed"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
]
#: What there is once, whatever the language.
for_machines = [
    path("i/<int:pk>/", redirects.short_link, name="short-link"),
    path("oembed", oembed.oembed, name="oembed"),
    path("dumps/<str:name>", dumps.dump_file, name="dump-latest"),
    path("dumps/<str:folder>/<str:name>", dumps.dump_file, name="dump"),
    path("openapi.json", data.openapi_json, name="openapi"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", machines.sitemap_part, name="sitemap-part"),
    path("robots.txt", machines.robots, name="robots"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", desk.urls),
]
urlpatterns = [
    *for_machines,
    *i18n_patterns(*in_each_language, prefix_default_language=False),
    # Whatever nothing above answers: old addresses, and addresses without their slash.
    path("<path:path>", redirects.old_address, name="old-address"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
