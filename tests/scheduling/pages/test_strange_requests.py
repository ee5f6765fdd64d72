"""What a page makes of callers that are no browser of the client's."""

import pytest

from scheduling import links
from scheduling.links import Purpose
from scheduling.models import Answer, MessageKind
from tests.factories.scheduling import MessageFactory
from tests.scheduling.pages.reading import address, everything, forms, message, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]


def test_every_wrong_address_looks_the_same(browser):
    row = message()
    nobodys = MessageFactory.build(appointment=row.appointment, client=row.client)
    right = links.token(row.pk, Purpose.PAGE)
    wrong = [
        links.token(nobodys.pk, Purpose.PAGE),
        links.token(row.pk, Purpose.CALENDAR),
        links.token(row.pk, Purpose.CONFIRM, 1),
        right[:-1] + ("A" if right[-1] != "A" else "B"),
        right.swapcase(),
        right[:-1],
        right + "=",
        "x",
        "%00" * 38,
        "%C3%A9" * 38,
        "%FF" * 38,
        "a" * 5000,
    ]

    for method in (browser.get, browser.post):
        answers = [method(f"/a/{token}/") for token in wrong]
        for each in answers:
            del each.headers["X-Request-ID"]
        assert {each.status_code for each in answers} == {404}
        assert len({each.content for each in answers}) == 1
        assert len({str(sorted(each.headers.items())) for each in answers}) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"token": ""}, 404),
        ({"token": "x" * 38}, 404),
        ({"token": "\0"}, 404),
        ({"answer": "cancel"}, 404),
        ({"answer": "page"}, 404),
        ({"answer": "CONFIRM"}, 404),
        ({"answer": "\0"}, 404),
        ({"facts": "2"}, 404),
        ({"facts": "-1"}, 404),
        ({"facts": "9" * 5000}, 404),
        ({"facts": "\u0661"}, 404),
        ({"facts": "1.0"}, 404),
        ({"more": "x"}, 303),
    ],
)
def test_a_form_is_good_for_its_own_answer_only(browser, changes, status):
    row = message()

    assert send(browser, row, "confirm", **changes).status_code == status
    assert Answer.objects.exists() == (status == 303)


def test_a_form_is_good_for_its_own_message_only(browser):
    one = message()
    other = MessageFactory.create(
        appointment=one.appointment, client=one.client, kind=MessageKind.BOOKED
    )
    pressed = forms(browser, other)["confirm"]

    assert browser.post(address(one), pressed).status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (b'{"answer": "confirm"}', "application/json", 404),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 404),
        (b"answer=confirm", "text/plain", 404),
        (b"answer=confirm", "application/x-www-form-urlencoded; charset=utf-16", 400),
        (b"x", "multipart/form-data", 400),
        (b"a=" + b"x" * 300_000, "application/x-www-form-urlencoded", 413),
        (b"a=1&" * 600, "application/x-www-form-urlencoded", 400),
    ],
)
def test_a_strange_body_changes_nothing(browser, body, content_type, status):
    row = message()

    answer = browser.post(address(row), body, content_type=content_type)

    assert answer.status_code == status
    assert not Answer.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_refused(browser, method):
    assert getattr(browser, method)(address(message())).status_code == 405


def test_head_is_a_look(browser):
    row = message()
    before = everything()

    assert browser.head(address(row)).status_code == 200
    assert everything() == before


def test_who_asks_too_often_is_told_when_to_come_back(browser, settings):
    settings.THROTTLE_ANON = "2/min"
    row = message()

    answers = [browser.get(address(row)) for _ in range(3)]

    assert [each.status_code for each in answers] == [200, 200, 429]
    assert (answers[2]["Retry-After"], answers[2]["Cache-Control"]) == (
        "60",
        "no-store",
    )
