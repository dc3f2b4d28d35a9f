"""Random verbs by random people: only the diagram's arrows ever happen, each one line of the story and its letters."""

from collections import Counter

from django.core.exceptions import ValidationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from catalogue.models import Event, Idea, Mail, Review, Submission
from tests.desk import editor
from tests.reviewing import advise, in_review, judgements, reader, received, screened

#: The diagram, written down a second time: from where, by which verb, to where.
ARROWS = {
    ("received", "claim", "screening"),
    ("received", "withdraw", "withdrawn"),
    ("screening", "open_review", "in-review"),
    ("screening", "ask_for_changes", "needs-changes"),
    ("screening", "decline", "declined"),
    ("screening", "withdraw", "withdrawn"),
    ("in-review", "make_draft", "accepted"),
    ("in-review", "ask_for_changes", "needs-changes"),
    ("in-review", "decline", "declined"),
    ("in-review", "withdraw", "withdrawn"),
    ("needs-changes", "send", "screening"),
    ("needs-changes", "withdraw", "withdrawn"),
}
#: What each verb tells, and the letter to the submitter that it makes due.
TOLD = {
    "claim": (["claimed"], None),
    "take_over": (["taken-over"], None),
    "screen": (["screened"], None),
    "open_review": (["in-review"], "in-review"),
    "assign": (["assigned"], None),
    "declare": (["declared", "conflict"], None),
    "finish": (["read"], None),
    "take_off": (["taken-off"], None),
    "note": (["noted"], None),
    "ask_for_changes": (["asked"], "changes"),
    "decline": (["declined"], "declined"),
    "make_draft": (["accepted"], "accepted"),
    "hold_back": (["held-back"], None),
    "release": (["released"], "received"),
    "send": (["changed"], None),
    "withdraw": (["withdrawn"], None),
}
PEOPLE = ("mira", "omar", "rita", "ravi", "rosa", "ana")
#: Verbs of the submitter, who has no account.
THEIRS = ("send", "withdraw")
#: Verbs of a review.
OF_REVIEWS = ("declare", "finish", "take_off")

#: How far a submission has come when a walk begins.
BEGINNINGS = (
    "received",
    "screened",
    "in review",
    "being read",
    "being read",
    "read by one",
    "read by two",
    "sent back",
)

steps = st.tuples(
    # The way through is long: what leads on is drawn more often than what ends it.
    st.sampled_from([*TOLD, *"claim screen open_review assign declare finish make_draft send".split() * 3]),
    st.sampled_from(PEOPLE),
    st.sampled_from(PEOPLE),
    st.sampled_from(["scope", "new", "complete"]),
    st.booleans(),
    st.sampled_from(["met", "partly", "not-shown"]),
    st.sampled_from(["accept", "accept", "changes", "decline"]),
)


class Walk(TestCase):
    @classmethod
    def setUpTestData(cls):
        cls.people = {name: editor(name, email=f"{name}@example.org") for name in ("mira", "omar")}
        cls.people |= {name: reader(name) for name in ("rita", "ravi", "rosa")}
        # The submitter is an editor, too, and reads: none of which helps them.
        cls.people["ana"] = editor("ana", "Editors", "Readers", email="Ana@Example.org")

    @settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
    @given(st.sampled_from(BEGINNINGS), st.lists(steps, min_size=4, max_size=14))
    def test_only_the_arrows_of_the_diagram_happen(self, beginning, walk):
        submission = self.begin(beginning)
        standing = Standing(submission.pk)
        for verb, who, whom, question, answer, finding, advice in walk:
            person, other = self.people[who], self.people[whom]
            standing = self.step(standing, verb, person, other, (question, answer), (finding, advice))

    def begin(self, beginning: str) -> Submission:
        mira = self.people["mira"]
        if beginning in ("received", "screened"):
            return (received if beginning == "received" else screened)()
        asked = ["ravi", "rosa"] if beginning == "being read" else []
        submission = in_review(mira, [self.people[name] for name in asked])
        for name in {"read by one": ["rita"], "read by two": ["rita", "ravi"]}.get(beginning, []):
            advise(submission.assign(self.people[name], by=mira))
        if beginning == "sent back":
            submission.ask_for_changes("Which year?", by=mira)
        return submission

    def step(self, before, verb, who, whom, screening, judging):
        """Tries one verb, holds what it did against the diagram, and gives back how things stand now."""
        submission = Submission.objects.get(pk=before.pk)
        review = submission.reviews.filter(reader=whom).last() if verb in OF_REVIEWS else None
        if verb in OF_REVIEWS and review is None:
            return before
        # A reader's own verbs are mostly their reader's, and now and then tried by somebody else.
        who = whom if verb in ("declare", "finish") and screening[1] else who
        reading = {row.reader.email for row in submission.reviews.open()}
        calls = {
            "screen": lambda: submission.screen(*screening, by=who),
            "assign": lambda: submission.assign(whom, by=who),
            "declare": lambda: review.declare(judging == ("not-shown", "decline"), by=who),
            "finish": lambda: review.finish(judgements(practical=judging[0]), judging[1], by=who),
            "take_off": lambda: review.take_off(by=who),
            "note": lambda: submission.note("A note.", by=who),
            "ask_for_changes": lambda: submission.ask_for_changes("Which year?", by=who),
            "decline": lambda: submission.decline("Not here.", by=who),
            "send": lambda: submission.send(),
            "withdraw": lambda: submission.withdraw(),
        }
        refused = None
        try:
            done = calls.get(verb, lambda: getattr(submission, verb)(by=who))()
        except ValidationError as refusal:
            done, refused = False, refusal
        after = Standing(before.pk)
        if done is False or (verb == "withdraw" and before.state == "withdrawn"):
            # Refused with a sentence; or sent or withdrawn twice, which is once.
            assert refused is None or all(refused.messages)
            assert after == before
            return after
        assert verb in THEIRS or who.username != "ana"
        if before.state != after.state:
            assert (before.state, verb, after.state) in ARROWS
        else:
            assert verb not in {arrow[1] for arrow in ARROWS}
        what, letter = TOLD[verb]
        assert list((after.story - before.story).elements()) in [[one] for one in what]
        assert (before.letters - after.letters, after.letters - before.letters) == (
            Counter(),
            self.letters_of(verb, letter, who, whom, reading),
        )
        self.hold(after)
        return after

    @staticmethod
    def letters_of(verb, letter, who, whom, reading) -> Counter:
        """The letters that a verb makes due, by whom they are to."""
        expected = Counter([(letter, "ana@example.org")] if letter else [])
        if verb in ("ask_for_changes", "decline", "make_draft", "withdraw"):
            # Whoever was reading is told that it is needed no longer.
            expected += Counter(("called-off", address) for address in reading)
        if verb == "take_off":
            expected[("called-off", whom.email)] += 1
        if verb == "assign" and who != whom:
            expected[("assigned", whom.email)] += 1
        return expected

    def hold(self, standing):
        """What is true after every step."""
        counting = [row for row in standing.reviews if row["left_at"] is None and row["round"] == standing.round]
        assert len(counting) <= standing.columns["readers_wanted"]
        assert self.people["ana"].pk not in {row["reader_id"] for row in standing.reviews}
        if standing.state != "in-review":
            assert [row for row in standing.reviews if row["left_at"] is None and row["done_at"] is None] == []
        assert (standing.columns["idea_made_id"] is not None) == (standing.state == "accepted")
        if standing.state == "accepted":
            found = Idea.objects.get(pk=standing.columns["idea_made_id"]).assessment
            assert found.readers == standing.columns["readers_wanted"]


class Standing:
    """Everything that a verb may change, to be compared."""

    def __init__(self, pk):
        self.pk = pk
        self.columns = Submission.objects.values().get(pk=pk)
        self.state, self.round = self.columns["state"], self.columns["round"]
        self.reviews = list(Review.objects.filter(submission=pk).order_by("pk").values())
        self.story = Counter(Event.objects.filter(submission=pk).values_list("what", flat=True))
        self.letters = Counter(Mail.objects.values_list("letter", "to"))
        self.ideas = Idea.objects.count()

    def __eq__(self, other):
        return vars(self) == vars(other)
