"""The judge of the drills sees a broken promise: answers are made up here, and no server is started."""

from dataclasses import replace

import pytest

from benchmarks.faults.__main__ import may_be_late
from benchmarks.faults.judging import Answer, Promise, Seen, judge

AWAY = Promise(away=frozenset({"page", "form", "desk"}), names="database", stale=True, refuses=True)
REFUSED = {"status": 503, "retry_after": True, "said": "What you sent is not stored"}


def seen_while_away() -> Seen:
    """A database that is away from the tenth second to the twentieth, and every promise is kept."""
    answers = []
    for second in range(5, 30):
        away = 10 <= second < 20
        at = second + 0.5
        answers += [
            Answer("alive", "/healthz", at, 0.01, 200),
            Answer("kept", "/ideas/", at, 0.01, 200, stale=away, as_before=True),
            Answer("page", "/ideas/a/", at, 0.01, **REFUSED if away else {"status": 200}),
            Answer("form", "/submit/", at, 0.01, **REFUSED if away else {"status": 303}),
            Answer("ready", "/readyz", at, 0.01, 503 if away else 200, said='{"database": "away"}' if away else ""),
        ]
    return Seen(answers, 10.0, 20.0, acknowledged=3)


def test_promises_that_are_kept_are_found_kept():
    verdict = judge(seen_while_away(), AWAY)
    assert verdict.broken == []
    assert (verdict.errors, verdict.wrong, verdict.refused, verdict.lost) == (0, 0, 30, 0)
    assert verdict.recovery == pytest.approx(0.51)
    assert verdict.silence == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("kind", "second", "planted", "said"),
    [
        ("alive", 15, {"status": 503, "retry_after": True}, "/healthz (alive) was answered 503"),
        ("page", 15, {"status": 500}, "/ideas/a/ (page) was answered 500"),
        ("page", 15, {"retry_after": False}, "/ideas/a/ (page) was answered 503 without Retry-After"),
        ("page", 15, {"seconds": 3.2}, "/ideas/a/ (page) took 3.2 s"),
        ("page", 15, {"status": 0, "said": "reset"}, "/ideas/a/ (page) wasn't answered"),
        ("page", 26, {"status": 503}, "/ideas/a/ (page) was answered 503"),
        ("page", 15, {"status": 404}, "/ideas/a/ (page) was answered 404"),
        ("form", 15, {"said": "Back in a moment"}, "/submit/ (form) was answered 503 and not told"),
        ("kept", 15, {"stale": False}, "/ideas/ (kept) wasn't marked stale"),
        ("kept", 25, {"as_before": False}, "/ideas/ (kept) wasn't what it was"),
        ("kept", 27, {"stale": True}, "/ideas/ (kept) was marked stale"),
        ("ready", 15, {"status": 200}, "/readyz said that all is well"),
        ("ready", 11, {"said": '{"index": "being built"}'}, "/readyz didn't name the database"),
        ("ready", 15, {"seconds": 2.2}, "/readyz (ready) took 2.2 s"),
    ],
)
def test_one_planted_fault_is_found(kind, second, planted, said):
    seen = seen_while_away()
    (place,) = [n for n, one in enumerate(seen.answers) if (one.kind, int(one.at)) == (kind, second)]
    seen.answers[place] = replace(seen.answers[place], **planted)
    broken = judge(seen, AWAY).broken
    assert [sentence[: len(said)] for sentence in broken] == [said]


def test_late_recovery_lost_writes_and_blindness_are_found():
    seen = seen_while_away()
    seen.lost = ["The proposal 'Mine'"]
    seen.answers = [one for one in seen.answers if one.kind != "page" or not 20 <= one.at < 26]
    assert judge(seen, AWAY).broken == [
        "The first page came 6.5 s after the fault; 5 are promised.",
        "The proposal 'Mine' was acknowledged and isn't there once.",
    ]
    calm = [one for one in seen_while_away().answers if not 10 <= one.at < 20]
    assert judge(Seen(calm, 10.0, 20.0), AWAY).broken == [
        *(f"Nothing was asked of the kind “{k}” during the fault." for k in ("alive", "ready", "kept", "page", "form")),
        "/readyz didn't say that anything is missing.",
        "No form was refused, so the fault reached none.",
    ]


def test_only_what_a_process_had_in_hand_as_it_was_killed_may_be_broken_off():
    calm = [replace(one, status=200, stale=False) for one in seen_while_away().answers]
    cut = [Answer("form", "/submit/", 9.9, 0.2), Answer("form", "/submit/", 10.1, 0.1)]
    for promise, said in ((Promise(breaks_off=True), [cut[1]]), (Promise(), cut)):
        broken = judge(Seen([*calm, *cut], 10.0, 20.0), promise).broken
        assert len(broken) == len(said), broken


def test_a_server_that_was_just_started_may_say_that_it_is_not_ready():
    calm = [replace(one, status=200, stale=False) for one in seen_while_away().answers]
    early = Answer("ready", "/readyz", 20.5, 0.1, 503, said='{"index": "being built"}')
    assert judge(Seen([*calm, early], 10.0, 20.0), Promise()).broken != []
    assert judge(Seen([*calm, early], 10.0, 20.0), Promise(silent=True, names="")).broken == []


def test_a_drill_that_lost_something_isnt_played_once_more():
    broken = {"broken": ["It took 3.2 s."], "lost": 0, "errors": 0}
    assert may_be_late(broken)
    assert not any(map(may_be_late, (broken | {"lost": 1}, broken | {"errors": 1}, broken | {"broken": []})))
