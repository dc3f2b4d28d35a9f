"""The map of the site."""

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
    machines,
    oembed,
    organisation,
    page,
    place,
    redirects,
    resource,
    vocabulary,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("ideas/", idea.idea_list, name="idea-list"),
    path("ideas/<slug:slug>/", idea.idea_detail, name="idea-detail"),
    path("ideas.json", exports.ideas_json, name="ideas-json"),
    path("ideas.csv", exports.ideas_csv, name="ideas-csv"),
    path("ideas.geojson", exports.ideas_geojson, name="ideas-geojson"),
    path("ideas.atom", feeds.ideas_atom, name="ideas-atom"),
    path("themes/<slug:value>.atom", feeds.page_atom, {"facet": "theme"}, name="theme-atom"),
    path("topics/<slug:value>.atom", feeds.page_atom, {"facet": "topic"}, name="topic-atom"),
    path("countries/<slug:value>.atom", feeds.page_atom, {"facet": "country"}, name="country-atom"),
    path("cities/<slug:value>.atom", feeds.page_atom, {"facet": "city"}, name="city-atom"),
    path("organisations/<slug:value>.atom", feeds.page_atom, {"facet": "organisation"}, name="organisation-atom"),
    path("compare/", compare.compare, name="compare"),
    path("suggest.json", exports.suggest_json, name="suggest-json"),
    path("i/<int:pk>/", redirects.short_link, name="short-link"),
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
    path("oembed", oembed.oembed, name="oembed"),
    path("embed/ideas/<slug:slug>/", oembed.idea_embed, name="idea-embed"),
    path("dumps/<str:name>", dumps.dump_file, name="dump-latest"),
    path("dumps/<str:folder>/<str:name>", dumps.dump_file, name="dump"),
    path("openapi.json", data.openapi_json, name="openapi"),
    path("sitemap.xml", machines.sitemap, name="sitemap"),
    path("sitemap-<slug:section>-<int:number>.xml", machines.sitemap_part, name="sitemap-part"),
    path("robots.txt", machines.robots, name="robots"),
    path("opensearch.xml", machines.opensearch, name="opensearch"),
    path(".well-known/security.txt", machines.security, name="security"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("admin/", desk.urls),
    # Whatever nothing above answers: old addresses, and addresses without their slash.
    path("<path:path>", redirects.old_address, name="old-address"),
]

handler400 = errors.bad_request
handler403 = errors.forbidden
handler404 = errors.not_found
handler500 = errors.server_error
