"""The journeys of ideas as a page tells them: where one came from, who took it up, and what a city took from others."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from catalogue.cards import Links, Ref
from catalogue.countries import country_name
from catalogue.languages import foreign
from catalogue.maps import RouteMap, route_map
from catalogue.models import Adaptation, City, Idea


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on the way of an idea. One without coordinates has no number and is on no map."""

    name: str
    country: str = ""
    note: str = ""
    url: str = ""
    number: int | None = None
    idea: Ref | None = None
    organisation: str = ""
    year: int | None = None
    state_label: str = ""
    latitude: float | None = None
    longitude: float | None = None
    note_lang: str = ""


@dataclass(frozen=True, slots=True)
class Travel:
    """The way of one idea: before it, where it began, and where it went."""

    origin: Stop
    before: list[Stop]
    stops: list[Stop]
    route: RouteMap | None


@dataclass(frozen=True, slots=True)
class Journey:
    """An idea from elsewhere that a place or an organisation took up."""

    title: str
    url: str
    from_label: str
    to_label: str
    year: int | None
    state_label: str
    note: str
    became: Ref | None
    #: Of the title, and of the note, where they aren't in the reader's.
    lang: str = ""
    note_lang: str = ""


def travel_of(idea: Idea, links: Links, map_height: int = 450) -> Travel | None:
    """The journeys to and from an idea, in one query; None while none is recorded."""
    rows = Adaptation.objects.shown().filter(Q(idea=idea) | Q(became=idea)).with_ends().in_order()
    before = [_from_stop(row, links) for row in rows if row.became_id == idea.pk]
    onward = [row for row in rows if row.idea_id == idea.pk]
    # Numbered places first, as on the map; those without coordinates follow.
    onward.sort(key=lambda row: (place := to_city(row)) is None or place.latitude is None)
    stops = []
    for row in onward:
        city = to_city(row)
        number = len(stops) + 1 if city and city.latitude is not None else None
        stops.append(_to_stop(row, city, number, links))
    if not before and not stops:
        return None
    origin = _city_stop(idea.city, links, note=_("Since %(year)d") % {"year": idea.started} if idea.started else "")
    route = route_map(origin, [stop for stop in stops if stop.number], height=map_height) if idea.city_id else None
    return Travel(origin, before, stops, route)


def taken_up(links: Links, **where) -> list[Journey]:
    """What was taken up from elsewhere, by `city=`, `country=` (a code) or `organisation=`; in one query."""
    rows = Adaptation.objects.shown().with_ends().in_order()
    if "country" in where:
        code = where["country"]
        rows = rows.filter(Q(city__country=code) | Q(city__isnull=True, country=code)).exclude(
            Q(idea__city__country=code) | Q(idea__isnull=True, from_city__country=code)
        )
    else:
        rows = rows.filter(**where)
    return [_journey(row, links) for row in rows]


def newest_journeys(links: Links, most: int) -> list[Journey]:
    """The journeys that were begun last, as far as their year is known; in one query."""
    return [_journey(row, links) for row in Adaptation.objects.shown().latest_begun().with_ends()[:most]]


def _journey(row: Adaptation, links: Links) -> Journey:
    known = row.idea or row.became
    return Journey(
        title=known.title,
        url=links.idea(known.slug),
        from_label=str(row.idea.city or "") if row.idea else row.from_name,
        to_label=str(to_city(row) or row.to_name),
        year=row.year,
        state_label=_state(row),
        note=row.note,
        became=_idea_ref(row.became, links) if row.idea else None,
        lang=foreign(known.language),
        note_lang=foreign(),
    )


def _state(row: Adaptation) -> str:
    return "" if row.state == Adaptation.State.UNKNOWN else str(row.get_state_display())


def _idea_ref(idea: Idea | None, links: Links) -> Ref | None:
    return Ref(idea.title, links.idea(idea.slug), lang=foreign(idea.language)) if idea and idea.is_published else None


def to_city(row: Adaptation) -> City | None:
    """Where it was taken up, as far as readers may know."""
    # What it became may be a draft, of which nobody may learn even the city.
    return row.city or (row.became.city if row.became and row.became.is_published else None)


def _city_stop(city: City | None, links: Links, **more) -> Stop:
    if city is None:
        return Stop(_("Where it began"), **more)
    return Stop(
        city.name,
        city.country_name,
        url=links.page("city", city.slug),
        latitude=city.latitude,
        longitude=city.longitude,
        **more,
    )


def _place_stop(place: str, code: str, **more) -> Stop:
    country = country_name(code) if code else ""
    return Stop(place or country, country if place else "", **more)


def _from_stop(row: Adaptation, links: Links) -> Stop:
    told = {"note": row.note, "note_lang": foreign(), "idea": _idea_ref(row.idea, links)}
    city = row.idea.city if row.idea else row.from_city
    return _city_stop(city, links, **told) if city else _place_stop("", row.from_country, **told)


def _to_stop(row: Adaptation, city: City | None, number: int | None, links: Links) -> Stop:
    told = {
        "note": row.note,
        "note_lang": foreign(),
        "idea": _idea_ref(row.became, links),
        "organisation": row.organisation.name if row.organisation else "",
        "year": row.year,
        "state_label": _state(row),
        "number": number,
    }
    return _city_stop(city, links, **told) if city else _place_stop(row.place, row.country, **told)
