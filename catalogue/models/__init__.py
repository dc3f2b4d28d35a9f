"""The nouns of the catalogue, one file each. Read `idea` first."""

from catalogue.models.adaptation import Adaptation
from catalogue.models.address import Redirect
from catalogue.models.assessment import Assessment
from catalogue.models.contact import Contact
from catalogue.models.draft import Draft
from catalogue.models.edition import Act, Change, Edition, Kind, Revision
from catalogue.models.event import Event
from catalogue.models.evidence import Evidence
from catalogue.models.idea import Body, Idea
from catalogue.models.imported import Import, ImportFault, ImportFile
from catalogue.models.inquiry import Inquiry
from catalogue.models.link import Link, Visit
from catalogue.models.mail import Mail
from catalogue.models.miss import Miss
from catalogue.models.organisation import Organisation, Sector
from catalogue.models.page import Page
from catalogue.models.picture import Licence, Picture
from catalogue.models.place import City, Share, Size
from catalogue.models.recovery_code import RecoveryCode
from catalogue.models.resource import Citation, Resource
from catalogue.models.review import Judgement, Review
from catalogue.models.search_text import SearchHead, SearchText, Word
from catalogue.models.seeded import Seeded
from catalogue.models.submission import Submission
from catalogue.models.synonym import Synonym
from catalogue.models.tally import Tally
from catalogue.models.transfer import Guide, Money, Wait
from catalogue.models.translated_claim import TranslatedClaim
from catalogue.models.translation import Translation
from catalogue.models.viewing import DailyViews, Popularity, ReadLog
from catalogue.models.vocabulary import Audience, Theme, Topic
from catalogue.models.wanted import Wanted

__all__ = [
    "Act",
    "Adaptation",
    "Assessment",
    "Audience",
    "Body",
    "Change",
    "Citation",
    "City",
    "Contact",
    "DailyViews",
    "Draft",
    "Edition",
    "Event",
    "Evidence",
    "Guide",
    "Idea",
    "Import",
    "ImportFault",
    "ImportFile",
    "Inquiry",
    "Judgement",
    "Kind",
    "Licence",
    "Link",
    "Mail",
    "Miss",
    "Money",
    "Organisation",
    "Page",
    "Picture",
    "Popularity",
    "ReadLog",
    "RecoveryCode",
    "Redirect",
    "Resource",
    "Review",
    "Revision",
    "SearchHead",
    "SearchText",
    "Sector",
    "Seeded",
    "Share",
    "Size",
    "Submission",
    "Synonym",
    "Tally",
    "Theme",
    "Topic",
    "TranslatedClaim",
    "Translation",
    "Visit",
    "Wait",
    "Wanted",
    "Word",
]
