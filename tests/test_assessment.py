"""What readers found of an idea: a part of it, as history, drafts and the desk see it."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from catalogue.criteria import Criterion
from catalogue.models import Assessment, Draft, Edition, Idea, Revision
from catalogue.models.assessment import Finding
from catalogue.models.guard import unguarded
from catalogue.models.noun import OutsideAct
from tests.desk import SAVED, address, editor, errors, fields, fill, send, with_row
from tests.factories import make_assessment, make_complete_idea, make_idea

pytestmark = pytest.mark.django_db
FOUND = {"practical": "met", "innovative": "partly", "successful": "not-shown", "transferable": "met"}
ROW = FOUND | {"read_on": "2026-03-05", "readers": "2"}


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


@pytest.mark.parametrize(
    ("constraint", "values"),
    [("assessment_has_readers", {"readers": 0}), ("assessment_has_readers", {"readers": 10})]
    + [(f"assessment_{criterion}_is_known", {criterion: "superb"}) for criterion in Criterion.values],
)
def test_assessment_refuses_what_cannot_be(constraint, values):
    idea = make_idea()
    row = Assessment(**{"idea": idea, "read_on": date(2026, 3, 5), "readers": 2} | FOUND | values)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic(), unguarded():
        row.save_base(raw=True, force_insert=True)


def test_assessment_of_a_day_to_come_is_refused():
    row = Assessment(idea=make_idea(), read_on=timezone.localdate() + timedelta(days=1), readers=2, **FOUND)
    with pytest.raises(ValidationError, match="still to come"):
        row.full_clean()


def test_assessment_is_written_in_an_act_alone():
    row = make_assessment(idea=make_idea())
    row.readers = 3
    with pytest.raises(OutsideAct):
        row.save()
    with pytest.raises(OutsideAct):
        Assessment.objects.update(readers=3)


def test_assessment_tells_its_findings_in_the_order_of_the_criteria():
    found = make_assessment(idea=make_idea(), **FOUND).findings
    assert list(found.items()) == [
        (Criterion.PRACTICAL, Finding.MET),
        (Criterion.INNOVATIVE, Finding.PARTLY),
        (Criterion.SUCCESSFUL, Finding.NOT_SHOWN),
        (Criterion.TRANSFERABLE, Finding.MET),
    ]


def test_assessment_is_a_change_of_its_idea_in_history_and_in_the_log():
    idea = make_idea()
    edition = Edition.current()
    row = make_assessment(idea=idea, **FOUND)
    revision = Revision.objects.first()
    assert (revision.kind, revision.object_id, Edition.current()) == (Idea.kind, idea.pk, edition + 1)
    kept = {"id": row.pk, "idea_id": idea.pk, "read_on": "2026-03-05", "readers": 2}
    assert revision.changed == {"assessment": ([], [kept | FOUND])}
    with Edition.act():
        row.delete()
    assert Revision.objects.first().changed == {"assessment": ([kept | FOUND], [])}


def test_assessment_of_a_draft_makes_no_edition():
    draft = make_idea(status=Idea.Status.DRAFT)
    edition = Edition.current()
    make_assessment(idea=draft)
    assert Edition.current() == edition


def test_assessment_is_written_on_the_desk_with_the_idea_and_brought_back_from_history(desk):
    idea = make_complete_idea()
    sent = with_row(fields(desk.get(address(idea))), "assessment", **ROW)
    assert send(desk, address(idea), sent, why="read by two").status_code == SAVED
    found = Idea.objects.get(pk=idea.pk).assessment.findings
    assert {criterion.value: finding.value for criterion, finding in found.items()} == FOUND
    fill(desk, address(idea), **{"assessment-0-DELETE": "on", "why": "read the wrong one"})
    assert not Assessment.objects.exists()
    revision = Revision.objects.filter(kind=Idea.kind, object_id=idea.pk)[1]
    assert fill(desk, address(idea, "restore", revision.pk), why="the right one").status_code == SAVED
    assert Assessment.objects.get().idea == idea


def test_assessment_in_a_draft_beside_the_page_waits_for_its_publication(desk):
    idea = make_complete_idea()
    kept = desk.get(address(idea))
    send(desk, address(idea), with_row(fields(kept), "assessment", **ROW), _keep="1", why="read")
    assert not Assessment.objects.exists()
    fill(desk, address(idea, "draft", Draft.objects.get().pk), _publish="1", why="read by two")
    assert Assessment.objects.get().idea == idea


def test_assessment_beside_another_is_refused_and_nothing_is_lost(desk):
    idea = make_complete_idea()
    mine = with_row(fields(desk.get(address(idea))), "assessment", **ROW)
    make_assessment(idea=idea, readers=3)
    answer = send(desk, address(idea), mine, why="mine")
    answer = send(desk, address(idea), fields(answer, "idea_form"), why="mine")
    assert answer.status_code == 200
    assert errors(answer) == ["Please submit at most 1 form."]
    assert fields(answer, "idea_form")["assessment-1-innovative"] == ["partly"]
    assert Assessment.objects.get().readers == 3
