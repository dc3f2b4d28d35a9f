"""The nouns of the catalogue, one file each. Read `idea` first."""

from catalogue.models.adaptation import Adaptation
from catalogue.models.address import Redirect
from catalogue.models.draft import Draft
from catalogue.models.edition import Act, Change, Edition, Kind, Revision
from catalogue.models.event import Event
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Body, Idea
from catalogue.models.mail import Mail
from catalogue.models.miss import Miss
from catalogue.models.organisation import Organisation, Sector
from catalogue.models.page import Page
from catalogue.models.picture import Licence, Picture
from catalogue.models.place import City
from catalogue.models.resource import Citation, Resource
from catalogue.models.search_text import SearchHead, SearchText, Word
from catalogue.models.seeded import Seeded
from catalogue.models.submission import Submission
from catalogue.models.synonym import Synonym
from catalogue.models.tally import Tally
from catalogue.models.vocabulary import Audience, Theme, Topic

__all__ = [
    "Act",
    "Adaptation",
    "Audience",
    "Body",
    "Change",
    "Citation",
    "City",
    "Draft",
    "Edition",
    "Event",
    "Evidence",
    "Idea",
    "Kind",
    "Licence",
    "Mail",
    "Miss",
    "Organisation",
    "Page",
    "Picture",
    "Redirect",
    "Resource",
    "Revision",
    "SearchHead",
    "SearchText",
    "Sector",
    "Seeded",
    "Submission",
    "Synonym",
    "Tally",
    "Theme",
    "Topic",
    "Word",
]
