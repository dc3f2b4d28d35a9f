"""The picture of an idea: on the desk, on its page, in its other forms, and at its own address."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from catalogue.dumps import dump
from catalogue.duties import tidy_pictures
from catalogue.models import Draft, Edition, Idea, Picture
from catalogue.models.picture import SPARED
from tests.desk import SAVED, address, editor, errors, fields, fill, page, send, text, upload
from tests.drawn import drawn, seen, uploaded
from tests.factories import make_idea
from tests.schema_org import faults

pytestmark = pytest.mark.django_db

ABOUT = {"picture_alt": "Two people at a bicycle", "picture_credit": "Ana Example", "picture_licence": "cc-by-4.0"}


@pytest.fixture(autouse=True)
def _files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def desk(client):
    client.force_login(editor())
    return client


def make_picture(colour="red", size=(1600, 800)) -> Picture:
    return Picture.take_in(uploaded(drawn(colour=colour, size=size)))


def illustrated(**values) -> Idea:
    return make_idea(**{"picture": make_picture()} | ABOUT | values)


def files() -> list[str]:
    from django.conf import settings

    return sorted(path.name for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())


# Kept


def test_picture_is_named_by_its_content_and_kept_once():
    first, again, other = make_picture(), make_picture(), make_picture("blue")
    assert (first, first == other, (first.width, first.height)) == (again, False, (1280, 640))
    assert files() == sorted(f"{kept.digest}-{width}.webp" for kept in (first, other) for width in (640, 1280))


@pytest.mark.parametrize("missing", ABOUT)
def test_database_refuses_a_picture_without_words_credit_or_terms(missing):
    kept = make_picture()
    with pytest.raises(IntegrityError, match="idea_picture_is_described"), transaction.atomic():
        make_idea(picture=kept, **ABOUT | {missing: ""})


def test_database_refuses_terms_that_nobody_knows():
    with pytest.raises(IntegrityError, match="idea_picture_licence_is_known"), transaction.atomic():
        make_idea(picture_licence="finders-keepers")


# On the desk


def test_editor_gives_an_idea_a_picture(desk):
    idea = make_idea()
    answer = upload(
        desk,
        address(idea),
        fields(desk.get(address(idea))),
        "picture_file",
        uploaded(drawn()),
        **ABOUT,
        why="a picture",
    )
    assert answer.status_code == SAVED
    idea.refresh_from_db()
    assert ((idea.picture.width, idea.picture.height), idea.picture_alt) == ((800, 600), "Two people at a bicycle")
    # Saved again without a file, it stays.
    assert fill(desk, address(idea), title="Another", why="better").status_code == SAVED
    assert Idea.objects.get().picture == idea.picture
    assert fill(desk, address(idea), picture_off="on", why="not ours").status_code == SAVED
    assert Idea.objects.get().picture is None
    assert len(files()) == 2


@pytest.mark.parametrize(
    ("missing", "sentence"),
    [
        ("picture_alt", "Say what can be seen on the picture, for whoever doesn’t see it."),
        ("picture_credit", "Say who made the picture."),
        ("picture_licence", "Choose the terms on which the picture may be shown."),
    ],
)
def test_form_that_lacks_something_comes_back_with_its_picture(desk, missing, sentence):
    idea = make_idea()
    sent = fields(desk.get(address(idea))) | ABOUT | {missing: "", "why": "a picture", "title": "Typed"}
    answer = upload(desk, address(idea), sent, "picture_file", uploaded(drawn()))
    assert errors(answer) == [sentence]
    assert Idea.objects.get().picture is None
    shown = fields(answer)
    assert (shown["title"], shown["picture"]) == (["Typed"], [str(Picture.objects.get().pk)])
    assert send(desk, address(idea), shown, **ABOUT).status_code == SAVED
    assert Idea.objects.get().picture == Picture.objects.get()


@pytest.mark.parametrize("button", ["_save", "_keep"])
def test_what_is_no_picture_is_refused_at_its_field_and_nothing_typed_is_lost(desk, button):
    idea = illustrated()
    sent = fields(desk.get(address(idea))) | {"title": "Typed", "why": "a picture", button: "1"}
    answer = upload(desk, address(idea), sent, "picture_file", uploaded(b"<?php evil(); ?>"))
    (row,) = [e for e in page(answer).iter("div") if "field-picture" in e.get("class", "").split()]
    sentence = "This is no JPEG, PNG or WebP, whatever it is called. Save the picture as one of them."
    assert [text(e) for e in row.iter("li")] == errors(answer) == [sentence]
    assert (fields(answer)["title"], fields(answer)["picture"]) == (["Typed"], [str(idea.picture_id)])
    assert (Idea.objects.get().title, Draft.objects.count()) == (idea.title, 0)


def test_full_disk_is_said_and_nothing_typed_is_lost(desk, settings, tmp_path):
    (tmp_path / "taken").write_text("no folder")
    settings.MEDIA_ROOT = tmp_path / "taken"
    sent = fields(desk.get(address(Idea, "add"))) | {"title": "Typed"}
    answer = upload(desk, address(Idea, "add"), sent, "picture_file", uploaded(drawn()))
    assert "The picture can’t be kept at this moment. Choose it again, and try later." in errors(answer)
    assert (fields(answer)["title"], Picture.objects.count()) == (["Typed"], 0)


def test_picture_survives_a_conflict(desk):
    idea = make_idea(title="Old")
    mine = fields(desk.get(address(idea)))
    other = Client()
    other.force_login(editor("omar"))
    assert fill(other, address(idea), title="Theirs", why="theirs").status_code == SAVED
    answer = upload(desk, address(idea), mine | ABOUT | {"why": "mine"}, "picture_file", uploaded(drawn()))
    assert len(errors(answer)) == 1
    (section,) = [e for e in page(answer).iter("section") if e.get("class") == "conflict"]
    assert str(Picture.objects.get()) in text(section)
    assert send(desk, address(idea), fields(answer)).status_code == SAVED
    idea.refresh_from_db()
    assert (idea.title, idea.picture) == ("Theirs", Picture.objects.get())


def test_draft_holds_its_picture_and_is_seen_by_editors_alone(desk):
    idea = make_idea()
    sent = fields(desk.get(address(idea))) | ABOUT | {"_keep": "1"}
    assert upload(desk, address(idea), sent, "picture_file", uploaded(drawn())).status_code == SAVED
    draft, kept = Draft.objects.get(), Picture.objects.get()
    assert str(kept) in text(page(desk.get(address(idea, "draft", draft.pk))))
    assert images(desk.get(address(idea, "draft_preview", draft.pk))) == [kept.address(640)]
    assert (desk.get(kept.address(640)).status_code, Client().get(kept.address(640)).status_code) == (200, 404)
    assert fill(desk, address(idea, "draft", draft.pk), why="checked").status_code == SAVED
    assert (Idea.objects.get().picture, Client().get(kept.address(640)).status_code) == (kept, 200)


def test_draft_holds_that_a_picture_is_taken_away(desk):
    idea = illustrated()
    assert fill(desk, address(idea), picture_off="on", _keep="1").status_code == SAVED
    assert fill(desk, address(idea, "draft", Draft.objects.get().pk), why="checked").status_code == SAVED
    assert Idea.objects.get().picture is None


def test_old_version_brings_its_picture_back(desk):
    idea = illustrated()
    first, version = idea.picture, fields(desk.get(address(idea)))["version"][0].rpartition(":")[2]
    sent = fields(desk.get(address(idea))) | {"why": "another"}
    assert upload(desk, address(idea), sent, "picture_file", uploaded(drawn(colour="blue"))).status_code == SAVED
    assert str(first) in text(page(desk.get(address(idea, "history"))))
    assert fill(desk, address(idea, "restore", int(version))).status_code == SAVED
    assert Idea.objects.get().picture == first
    assert Client().get(first.address(1280)).status_code == 200


def test_reader_of_proposals_keeps_no_picture(client):
    client.force_login(editor("rosa", "Readers"))
    client.post(address(Idea, "add"), {"title": "x", "picture_file": uploaded(drawn())})
    assert (Picture.objects.count(), files()) == (0, [])


# On the page


def images(response) -> list[str]:
    return [e.get("src") for e in page(response).iter("img")]


def test_page_shows_a_picture_in_two_sizes_with_its_words_credit_and_terms(client):
    idea = illustrated(language="fr")
    tree = page(client.get(idea.get_absolute_url()))
    (figure,) = tree.iter("figure")
    (image,), (caption,), (link,) = figure.iter("img"), figure.iter("figcaption"), figure.iter("a")
    small, large = idea.picture.address(640), idea.picture.address(1280)
    assert {name: image.get(name) for name in ("src", "srcset", "width", "height", "alt", "loading", "decoding")} == {
        "src": small,
        "srcset": f"{small} 640w, {large} 1280w",
        "width": "1280",
        "height": "640",
        "alt": "Two people at a bicycle",
        "loading": "lazy",
        "decoding": "async",
    }
    assert (text(caption), caption.get("lang")) == ("Picture: Ana Example, CC BY 4.0", "en")
    assert (link.get("href"), link.get("rel")) == ("https://creativecommons.org/licenses/by/4.0/", "license")


def test_page_without_a_picture_has_no_place_for_one(client):
    html = client.get(make_idea(**ABOUT).get_absolute_url()).content.decode()
    assert ("<figure" in html, "<img" in html) == (False, False)


def test_permission_has_no_address_to_link_to(client):
    idea = illustrated(picture_licence="permission")
    (caption,) = page(client.get(idea.get_absolute_url())).iter("figcaption")
    assert (text(caption), list(caption.iter("a"))) == ("Picture: Ana Example, Shown with permission", [])


def test_linked_data_names_picture_credit_and_licence(client):
    idea = illustrated()
    document = json.loads(client.get(f"/ideas/{idea.slug}.json").content)
    sign, shown = document["image"]
    assert sign == f"http://127.0.0.1:8000/ideas/{idea.slug}.png"
    assert shown == {
        "@type": "ImageObject",
        "contentUrl": f"http://127.0.0.1:8000{idea.picture.address(1280)}",
        "width": {"@type": "QuantitativeValue", "value": 1280, "unitCode": "E37"},
        "height": {"@type": "QuantitativeValue", "value": 640, "unitCode": "E37"},
        "caption": "Two people at a bicycle",
        "creditText": "Ana Example",
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    assert faults({name: value for name, value in document.items() if name != "@context"}) == []


def test_dump_names_picture_credit_and_licence(settings, tmp_path):
    settings.DUMP_ROOT = tmp_path / "dumps"
    plain, idea = make_idea(), illustrated()
    lines = (dump() / "ideas.jsonl").read_text(encoding="utf-8").splitlines()
    assert {row["id"]: row["picture"] for row in map(json.loads, lines)} == {
        plain.pk: None,
        idea.pk: {
            "url": f"http://127.0.0.1:8000{idea.picture.address(1280)}",
            "width": 1280,
            "height": 640,
            "alt": "Two people at a bicycle",
            "credit": "Ana Example",
            "licence": {"name": "CC BY 4.0", "url": "https://creativecommons.org/licenses/by/4.0/"},
        },
    }


# At its address


def test_picture_is_sent_to_be_kept_for_good(client):
    kept = illustrated().picture
    answer = client.get(kept.address(640))
    assert seen(b"".join(answer.streaming_content)).size == (640, 320)
    headers = ("Content-Type", "Cache-Control", "X-Content-Type-Options", "Vary", "Set-Cookie")
    assert [answer.headers.get(name) for name in headers] == [
        "image/webp",
        "public, max-age=31536000, s-maxage=600, immutable",
        "nosniff",
        None,
        None,
    ]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    again = client.get(kept.address(640), headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.headers["Cache-Control"]) == (304, answer.headers["Cache-Control"])


@pytest.mark.parametrize(
    ("status", "answer"), [("draft", 404), ("scheduled", 404), ("published", 200), ("withdrawn", 410), ("merged", 404)]
)
def test_only_pictures_of_published_ideas_are_seen(client, desk, status, answer):
    more = {"publish_at": timezone.now()} if status == "scheduled" else {}
    more |= {"withdrawn_reason": "It was asked for."} if status == "withdrawn" else {}
    more |= {"merged_into": make_idea()} if status == "merged" else {}
    kept = illustrated(status=status, **more).picture
    assert [Client().get(kept.address(width)).status_code for width in (640, 1280)] == [answer, answer]
    shown = desk.get(kept.address(640))
    assert (shown.status_code, answer == 200 or shown.headers["Cache-Control"] == "private, no-store") == (200, True)


def test_picture_of_two_ideas_is_seen_while_one_of_them_is_published(client):
    first = illustrated()
    illustrated()
    first.withdraw(reason="It was asked for.")
    assert client.get(first.picture.address(640)).status_code == 200


@pytest.mark.parametrize("path", ["0-640", "nonsense-640", "{}-641", "{}-64", "..-640"])
def test_nothing_else_is_at_these_addresses(client, path):
    kept = illustrated().picture
    assert client.get(f"/pictures/{path.format(kept.digest)}.webp").status_code == 404


def test_picture_whose_file_is_elsewhere_is_not_found(client):
    kept = illustrated().picture
    Picture.file_of(kept.digest, 640).unlink()
    assert client.get(kept.address(640)).status_code == 404


# Erased


def test_what_was_uploaded_and_never_saved_is_erased_after_a_month():
    kept = make_picture()
    assert list(tidy_pictures(kept.at + SPARED)) == []
    assert len(list(tidy_pictures(kept.at + SPARED + timedelta(seconds=1)))) == 1
    assert (Picture.objects.count(), files()) == (0, [])


def test_what_an_idea_had_or_a_draft_has_is_never_erased(desk):
    shown, drafted, former = illustrated(), make_idea(), illustrated(picture=make_picture("blue"))
    sent = fields(desk.get(address(drafted))) | ABOUT | {"_keep": "1"}
    upload(desk, address(drafted), sent, "picture_file", uploaded(drawn(colour="black")))
    with Edition.act(why="taken away"):
        former.picture = None
        former.save()
    later = timezone.now() + 2 * SPARED
    assert (list(tidy_pictures(later)), Picture.objects.count()) == ([], 3)
    # Of what history names it isn't asked again.
    assert [kept.digest for kept in Picture.objects.idle(later)] == [str(Picture.objects.latest("pk").digest)]
    assert Idea.objects.get(pk=shown.pk).picture is not None
