"""Every kind of page with an example of it, and how a test opens one."""

from dataclasses import dataclass, replace

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

GONE = "a-house-of-welcome"
#: An idea that readers have read, and whose page says something new since: an evaluation, which was measured.
READ = "refugee-food-festival"
#: Has a transfer guide, which is made up.
GUIDED = "making-connections"
#: Told in French: one as its original is, one whose original has changed since.
TRANSLATED, BEHIND = "refugee-food-festival", "the-gdansk-immigrant-integration-model"
#: An idea with everything: it came from elsewhere, travelled, became another, has evidence for all and many sources.
RICH = "/ideas/fighting-fiction-with-facts-the-bcn-anti-rumour-campaign/"
#: Two faults, and two filters that mean something.
WRONG = "/ideas/?theme=nonsense&theme=work&country=CA&started_min=soon"
#: Three ways into a first job.
COMPARED = (
    "/compare/?idea=building-professional-and-occupational-networks-the&idea=making-connections"
    "&idea=rebuilding-careers-for-immigrant-professionals"
)

NARROW, WIDE = 390, 1280


@dataclass(frozen=True)
class Example:
    name: str
    path: str
    status: int = 200
    #: What the site says when something is wrong with itself can't be called up: the template is put at the address.
    template: str = ""
    language: str = "en"

    def __str__(self):
        return self.name

    def told_in(self, language: str) -> "Example":
        return replace(self, path=f"/{language}{self.path}", language=language)

    def open(self, page):
        """Shows it in `page` as it looks when everything has arrived."""
        if self.template:
            page.route(f"**{self.path}", lambda route: route.fulfill(status=self.status, **self.answer()))
        response = page.goto(self.path)
        assert response.status == self.status, f"{self.path}: {response.status}"
        page.evaluate("document.fonts.ready.then(() => true)")
        return response

    def answer(self):
        with translation.override(self.language):
            html = render_to_string(self.template, request=RequestFactory().get(self.path))
        return {"body": html, "headers": dict(HttpResponse().headers)}


EXAMPLES = [
    Example("home", "/"),
    Example("ideas", "/ideas/"),
    Example("ideas-page-2", "/ideas/?page=2"),
    Example("ideas-filtered", "/ideas/?theme=work&audience=women&country=CA&started_min=1990&sort=title"),
    Example("ideas-none", "/ideas/?theme=work&country=DE&city=toronto"),
    Example("ideas-wrong", WRONG, 400),
    Example("map", "/map/"),
    Example("map-lines", "/map/?lines=1&theme=work"),
    Example("map-region", "/map/?region=europe&country=DE&country=PL"),
    Example("map-none", "/map/?theme=work&country=DE&city=toronto"),
    Example("map-wrong", "/map/?region=atlantis&theme=nonsense", 400),
    Example("travel", "/travel/"),
    Example("idea", RICH),
    Example("idea-sparse", "/ideas/encouraging-cities-to-bring-locals-and-immigrants-together/"),
    Example("idea-long-title", "/ideas/urban-citizens-municipal-identification-cards-id-for/"),
    # Letters that need both fonts' second files.
    Example("idea-far-letters", "/ideas/the-gdansk-immigrant-integration-model/"),
    Example("idea-gone", f"/ideas/{GONE}/", 410),
    Example("idea-read", f"/ideas/{READ}/"),
    Example("idea-versions", f"/ideas/{READ}/versions/"),
    Example("idea-version", f"/ideas/{READ}/versions/1/"),
    Example("idea-version-latest", f"/ideas/{READ}/versions/3/"),
    Example("idea-guided", f"/ideas/{GUIDED}/"),
    Example("idea-guide", f"/ideas/{GUIDED}/guide/"),
    Example("like-mine", "/like-mine/"),
    Example("like-mine-found", "/like-mine/?size=250000-1000000&lead=library-or-museum&money=250000-1000000"),
    Example("like-mine-wrong", "/like-mine/?size=nonsense&lead=school", 400),
    Example("compare", COMPARED),
    Example("compare-four", f"{COMPARED}&idea=refugee-food-festival&idea={GONE}"),
    Example("compare-one", "/compare/?idea=making-connections&idea=nonsense"),
    Example("compare-none", "/compare/?idea=nonsense", 400),
    Example("compare-how", "/compare/"),
    Example("themes", "/themes/"),
    Example("theme", "/themes/learn/"),
    Example("topics", "/topics/"),
    Example("topic", "/topics/language-learning/"),
    Example("countries", "/countries/"),
    Example("country", "/countries/us/"),
    Example("cities", "/cities/"),
    Example("city", "/cities/toronto/"),
    Example("city-long-name", "/cities/santa-cruz-de-tenerife/"),
    Example("city-took-up", "/cities/kawasaki/"),
    Example("organisations", "/organisations/"),
    Example("organisation", "/organisations/inclusive-cities-communities-of-solidarity-in-the-dominican/"),
    Example("criteria", "/criteria/"),
    Example("submit", "/submit/"),
    Example("submit-adaptation", "/ideas/making-connections/adapt/"),
    Example("submit-correction", "/ideas/making-connections/correct/"),
    Example("library", "/resources/"),
    Example("library-filtered", "/resources/?kind=report&theme=work"),
    Example("library-wrong", "/resources/?kind=nonsense", 400),
    Example("about", "/about/"),
    Example("about-principles", "/about/principles/"),
    Example("data", "/about/data/"),
    Example("card", "/embed/ideas/making-connections/"),
    Example("card-gone", f"/embed/ideas/{GONE}/", 410),
    Example("privacy", "/privacy/"),
    Example("accessibility", "/accessibility/"),
    Example("not-found", "/no-such/welcome-anywhere/", 404),
    Example("retired", "/good_idea/no-such-welcome-anywhere/", 404),
    Example("retired-known", "/ezine_stories/be-subversive/", 404),
    Example("not-open", "/example-403/", 403, "403.html"),
    Example("not-sent", "/example-csrf/", 403, "403_csrf.html"),
    Example("broken", "/example-500/", 500, "500.html"),
    Example("away", "/example-503/", 503, "503.html"),
]
