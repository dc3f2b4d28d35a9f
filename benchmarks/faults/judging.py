"""Judges what clients saw while something was broken: the figures of a drill, and each promise that wasn't kept."""

from dataclasses import dataclass, field
from itertools import pairwise

#: Seconds in which whoever asks has an answer, and in which `/readyz` says what is missing.
PATIENCE, READY = 3.0, 2.0
#: How whoever sent a form is told.
NOT_STORED = ("not stored", "Nothing is lost")
#: Seconds after which a server has noticed that something is away.
NOTICED = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one request brought."""

    #: "alive" and "ready" for the two addresses of health, "kept" for pages that were asked for before, "page" for
    #: those that weren't, "form" for a step of a proposal, "desk" for an editor's.
    kind: str
    address: str
    #: When it was sent, and the seconds until the answer was there whole.
    at: float
    seconds: float
    #: 0 where there was none.
    status: int = 0
    stale: bool = False
    retry_after: bool = False
    #: Whether a page is what it was before the fault; None where nobody knows.
    as_before: bool | None = None
    #: What was said, where it matters; the error where there was no answer.
    said: str = ""

    @property
    def until(self) -> float:
        return self.at + self.seconds

    def __str__(self):
        return f"{self.address} ({self.kind})"


@dataclass(frozen=True, slots=True)
class Promise:
    """What may be seen while one thing is broken. Unless told otherwise nobody notices anything."""

    #: The kinds that may be answered 503, with Retry-After.
    away: frozenset[str] = frozenset()
    #: What `/readyz` then names; empty where it stays ready.
    names: str = ""
    #: Whether kept pages are marked stale.
    stale: bool = False
    #: Whether nobody need be answered at all while nothing runs.
    silent: bool = False
    #: Whether what a process had in hand as it was killed may go unanswered: whoever sent it sends it again.
    breaks_off: bool = False
    #: Whether a proposal or an editor's text has to be refused: otherwise the fault didn't reach them.
    refuses: bool = False
    #: Seconds in which an answer is there: a form may wait its turn for longer.
    within: float = PATIENCE
    forms_within: float = PATIENCE
    #: Seconds after the fault's end in which a page is answered again.
    recovery: float = 5.0


@dataclass
class Seen:
    """What a drill saw: every answer, when the fault began and ended, and what became of what was acknowledged."""

    answers: list[Answer]
    begun: float
    mended: float
    #: Writes that were acknowledged, and those of them that aren't there afterwards or there twice, by name.
    acknowledged: int = 0
    lost: list[str] = field(default_factory=list)
    #: What else was found to be wrong, in sentences.
    wrong: list[str] = field(default_factory=list)


@dataclass
class Verdict:
    """The figures of a drill, and its broken promises in sentences."""

    answers: int
    wrong: int
    errors: int
    refused: int
    silence: float
    recovery: float | None
    acknowledged: int
    lost: int
    broken: list[str]


def judge(seen: Seen, promise: Promise) -> Verdict:
    wrong, errors, slow, refused = list(seen.wrong), [], [], 0
    for answer in seen.answers:
        if answer.status == 503 and _may_be_away(answer, seen, promise):
            refused += 1
            wrong += _faults_of_refusal(answer)
        elif answer.status >= 500:
            errors.append(f"{answer} was answered {answer.status}{_when(answer, seen)}.")
        elif not answer.status:
            if not (promise.silent and _touches(answer, seen, promise)) and not _broken_off(answer, seen, promise):
                wrong.append(f"{answer} wasn't answered{_when(answer, seen)}: {answer.said}")
        else:
            wrong += _faults_of_answer(answer, seen, promise)
        limit = promise.forms_within if answer.kind in ("form", "desk") else promise.within
        if answer.kind == "ready":
            limit = min(limit, READY)
        if answer.seconds > limit and not promise.silent:
            slow.append(f"{answer} took {answer.seconds:.1f} s{_when(answer, seen)}; {limit:g} are promised.")
    recovery = _recovery(seen)
    broken = [*wrong, *errors, *slow, *_blind(seen, promise, refused)]
    if recovery is None:
        broken.append("No page was answered after the fault.")
    elif recovery > promise.recovery:
        broken.append(f"The first page came {recovery:.1f} s after the fault; {promise.recovery:g} are promised.")
    broken += [f"{name} was acknowledged and isn't there once." for name in seen.lost]
    return Verdict(
        answers=len(seen.answers),
        wrong=len(wrong),
        errors=len(errors),
        refused=refused,
        silence=_silence(seen),
        recovery=recovery,
        acknowledged=seen.acknowledged,
        lost=len(seen.lost),
        broken=broken,
    )


def _touches(answer: Answer, seen: Seen, promise: Promise) -> bool:
    """Whether the fault can be the reason of an answer."""
    return answer.until >= seen.begun and answer.at <= seen.mended + promise.recovery


def _broken_off(answer: Answer, seen: Seen, promise: Promise) -> bool:
    return promise.breaks_off and answer.at <= seen.begun <= answer.until


def _when(answer: Answer, seen: Seen) -> str:
    return f" {answer.at - seen.begun:.1f} s after the fault began"


def _may_be_away(answer: Answer, seen: Seen, promise: Promise) -> bool:
    if not _touches(answer, seen, promise):
        return False
    # A server that has just been started says itself that it isn't ready.
    return bool(promise.names) or promise.silent if answer.kind == "ready" else answer.kind in promise.away


def _faults_of_refusal(answer: Answer) -> list[str]:
    """A 503 says when to come back; to whoever sent a form, that it isn't stored."""
    if answer.kind == "ready":
        return []
    faults = [] if answer.retry_after else [f"{answer} was answered 503 without Retry-After."]
    if answer.kind in ("form", "desk") and answer.said and not any(words in answer.said for words in NOT_STORED):
        faults.append(f"{answer} was answered 503 and not told that nothing was stored.")
    return faults


def _faults_of_answer(answer: Answer, seen: Seen, promise: Promise) -> list[str]:
    noticed = seen.begun + NOTICED <= answer.at and answer.until <= seen.mended
    if answer.kind == "ready" and promise.names and noticed and answer.at > seen.begun + READY:
        return [f"/readyz said that all is well{_when(answer, seen)}."]
    if answer.status not in (200, 302, 303):
        return [f"{answer} was answered {answer.status}{_when(answer, seen)}."]
    if answer.as_before is False:
        return [f"{answer} wasn't what it was before{_when(answer, seen)}."]
    if answer.kind == "kept" and promise.stale and noticed and not answer.stale:
        return [f"{answer} wasn't marked stale{_when(answer, seen)}."]
    if answer.stale and not (promise.stale and _touches(answer, seen, promise)):
        return [f"{answer} was marked stale{_when(answer, seen)}."]
    return []


def _recovery(seen: Seen) -> float | None:
    """Seconds from the fault's end until the first page is there that nobody had kept."""
    there = [one.until for one in seen.answers if one.kind == "page" and one.status == 200 and one.at >= seen.mended]
    return min(there) - seen.mended if there else None


def _silence(seen: Seen) -> float:
    """The longest that anybody waited for an answer, or that nobody had one."""
    ends = sorted(one.until for one in seen.answers if one.status)
    gaps = [after - before for before, after in pairwise(ends)]
    return max([*gaps, *(one.seconds for one in seen.answers if one.status)], default=0.0)


def _blind(seen: Seen, promise: Promise, refused: int) -> list[str]:
    """What the drill didn't see: a promise of which nothing was seen isn't kept yet."""
    during = [one for one in seen.answers if seen.begun <= one.at <= seen.mended]
    faults = [
        f"Nothing was asked of the kind “{kind}” during the fault."
        for kind in ("alive", "ready", "kept", "page", "form")
        # An editor's form is as good as one of somebody who proposes; and nobody sends one where nothing runs.
        if not (kind == "form" and promise.silent)
        and not any(one.kind == kind or (kind == "form" and one.kind == "desk") for one in during)
    ]
    if promise.names:
        named = [one for one in during if one.kind == "ready" and one.status == 503]
        if not named:
            faults.append("/readyz didn't say that anything is missing.")
        elif wrong := [one for one in named if promise.names not in one.said]:
            faults.append(f"/readyz didn't name the {promise.names}: {wrong[0].said[:200]}")
    if promise.refuses and not any(one.kind in ("form", "desk") and one.status == 503 for one in during):
        faults.append("No form was refused, so the fault reached none.")
    return faults
