"""The page behind the link of a message, over HTTP and without a sign-in."""

import re
from datetime import timedelta

import pytest
import time_machine

from clients.models import ConsentBasis
from scheduling import attendance, booking
from scheduling.links import Purpose
from scheduling.models import (
    Answer,
    AnswerKind,
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
    Fee,
    Mode,
)
from scheduling.pages import frame
from tests.factories.clients import ClientFactory, GuardianFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AnswerFactory,
    AppointmentFactory,
    MessageFactory,
)
from tests.scheduling.pages.reading import (
    STARTS_AT,
    Forms,
    address,
    everything,
    forms,
    message,
    send,
)
from tests.times import FRIDAY, MONDAY_9AM, NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PRIVATE = re.compile("Robin|Example|Alex|Parent|My LA Therapy|therap", re.IGNORECASE)


def test_the_page_says_when_and_where_and_nothing_private(browser):
    row = message(ClientFactory.create(first_name="Robin", last_name="Example"))
    before = everything()

    shown = browser.get(address(row))

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Thursday, January 7, 2027, 9:00 AM" in text
    assert "at Main Street" in text
    assert "1 Main" not in text
    assert not PRIVATE.search(text)
    assert set(forms(browser, row)) == {"confirm", "call", "cancel"}
    assert shown.cookies == {}
    assert everything() == before


@pytest.mark.parametrize("purpose", [Purpose.PAGE, Purpose.CALENDAR])
def test_a_page_is_kept_nowhere_and_leads_nowhere(browser, purpose):
    headers = browser.get(address(message(), purpose)).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    policy = headers["Content-Security-Policy"]
    assert re.fullmatch(
        r"default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; "
        r"form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
        policy,
    )


def test_the_style_that_is_allowed_is_the_one_on_the_page(browser):
    text = browser.get(address(message())).content.decode()

    assert f"<style>{frame.STYLE}</style>" in text
    assert "style=" not in text
    assert "<script" not in text


def test_colors_are_told_apart_as_wcag_asks():
    """4.5 to 1 for text (AA), 3 to 1 for the outline of what has the focus."""
    pairs = [
        ("#222222", "#ffffff"),  # text
        ("#222222", "#eef4f3"),  # a note
        ("#ffffff", "#1f5f5b"),  # a button
        ("#1f5f5b", "#ffffff"),  # a link, another button
    ]

    assert [pair for pair in pairs if contrast(*pair) < 4.5] == []
    assert contrast("#222222", "#f6f5f2") > 3
    used = set(re.findall(r"#[0-9a-f]{3,6}\b", frame.STYLE))
    named = {color for pair in pairs for color in pair} | {"#f6f5f2"}
    assert {long(color) for color in used} == named


def long(color):
    return color if len(color) == 7 else "#" + "".join(2 * each for each in color[1:])


def contrast(one, other):
    lights = sorted(map(_luminance, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def _luminance(color):
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts
    ]
    return sum(w * p for w, p in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_the_page_speaks_the_clients_language(browser):
    row = message(ClientFactory.create(language="es"), mode=Mode.TELEHEALTH, room=None)

    text = browser.get(address(row)).content.decode()

    assert '<html lang="es">' in text
    assert "jueves, 7 de enero de 2027, 9:00 a. m." in text
    assert "por video" in text
    assert "Confirmar: allí estaré" in text


def test_a_time_that_comes_twice_is_told_by_its_zone(browser):
    row = message()
    Appointment.objects.update(
        starts_at="2027-11-07T09:30:00Z", ends_at="2027-11-07T10:20:00Z"
    )

    text = browser.get(address(row)).content.decode()

    assert "Sunday, November 7, 2027, 1:30 AM PST" in text


def test_a_client_confirms_and_again(browser):
    row = message()
    pressed = forms(browser, row)["confirm"]

    answers = [browser.post(address(row), pressed) for _ in range(2)]

    row.appointment.refresh_from_db()
    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0]["Location"] == address(row)
    assert row.appointment.status == AppointmentStatus.CONFIRMED
    assert row.appointment.version == 2
    [said] = Answer.objects.all()
    assert (said.kind, said.via, said.client_id, said.message_id) == (
        "confirm",
        "link",
        row.client_id,
        row.pk,
    )
    assert "You have confirmed" in browser.get(address(row)).content.decode()


def test_a_client_asks_to_be_called_once_until_somebody_has(browser):
    row = message()
    pressed = forms(browser, row)["call"]

    for _ in range(2):
        browser.post(address(row), pressed)

    [asked] = Answer.objects.unresolved()
    assert (asked.kind, asked.message_id) == (AnswerKind.CALL, row.pk)
    assert "We will call you" in browser.get(address(row)).content.decode()


def test_words_that_wait_are_no_call_that_was_asked_for(browser):
    row = message()
    AnswerFactory.create(message=row, kind=AnswerKind.WORDS)

    assert "We will call you" not in browser.get(address(row)).content.decode()
    send(browser, row, "call")

    kinds = Answer.objects.unresolved().values_list("kind", flat=True)
    assert sorted(kinds) == [AnswerKind.CALL, AnswerKind.WORDS]
    assert "We will call you" in browser.get(address(row)).content.decode()


def test_a_client_cancels_before_the_deadline_and_again(browser):
    row = message()
    pressed = forms(browser, row)["cancel"]

    answers = [browser.post(address(row), pressed) for _ in range(2)]

    row.appointment.refresh_from_db()
    part = row.appointment.attendances.get()
    assert [each.status_code for each in answers] == [303, 303]
    assert row.appointment.status == AppointmentStatus.CANCELLED
    assert (part.status, part.fee) == (AttendanceStatus.CANCELLED, Fee.NONE)
    assert Answer.objects.get().kind == AnswerKind.CANCEL
    text = browser.get(address(row)).content.decode()
    assert "This appointment is cancelled" in text
    assert set(Forms(text).forms) == {"call"}


def test_after_the_deadline_the_page_says_to_call(browser):
    row = message()
    pressed = forms(browser, row)["cancel"]
    Appointment.objects.update(late_cancel_at=NOW - timedelta(seconds=1))

    refused = browser.post(address(row), pressed)

    row.appointment.refresh_from_db()
    assert refused.status_code == 409
    assert "too late to cancel here" in refused.content.decode()
    assert "(310) 555-0100" in refused.content.decode()
    assert row.appointment.status == AppointmentStatus.SCHEDULED
    assert set(forms(browser, row)) == {"confirm", "call"}


@pytest.mark.parametrize("answer", ["confirm", "cancel"])
def test_an_answer_is_only_about_the_facts_that_the_page_showed(browser, answer):
    row = message()
    pressed = forms(browser, row)[answer]
    starts_at = STARTS_AT + timedelta(days=1)
    Appointment.objects.update(
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=50), facts_version=2
    )
    before = everything()

    refused = browser.post(address(row), pressed)

    assert refused.status_code == 409
    text = refused.content.decode()
    assert "has changed meanwhile" in text
    assert "Friday, January 8, 2027" in text
    assert everything() == before
    assert browser.post(address(row), Forms(text).forms[answer]).status_code == 303


def test_one_of_a_couple_answers_for_themselves(browser):
    one, other = ClientFactory.create_batch(2)
    row = message(one, other)
    theirs = MessageFactory.create(appointment=row.appointment, client=other)

    send(browser, row, "confirm")
    row.appointment.refresh_from_db()
    assert row.appointment.status == AppointmentStatus.SCHEDULED
    assert "You have confirmed" in browser.get(address(row)).content.decode()
    assert "confirm" in forms(browser, theirs)

    send(browser, theirs, "confirm")
    row.appointment.refresh_from_db()
    assert row.appointment.status == AppointmentStatus.CONFIRMED

    send(browser, row, "cancel")
    row.appointment.refresh_from_db()
    assert row.appointment.status == AppointmentStatus.CONFIRMED
    parts = dict(row.appointment.attendances.values_list("client", "status"))
    assert parts == {
        one.pk: AttendanceStatus.CANCELLED,
        other.pk: AttendanceStatus.EXPECTED,
    }
    assert set(forms(browser, row)) == {"call"}


@pytest.mark.parametrize("called_off", [False, True])
def test_who_left_does_not_see_what_became_of_it(browser, policy, called_off):
    one, two = ClientFactory.create_batch(2)
    row = message(one, two)
    session = attendance.remove(row.appointment, one, by="client", version=1, now=NOW)
    session.office = OfficeFactory.create(street="9 Elm Street", phone="+13105550177")
    policy.callback_phone = ""
    policy.save()
    Appointment.objects.update(
        starts_at=at(FRIDAY, "11:00"),
        ends_at=at(FRIDAY, "11:50"),
        mode=Mode.TELEHEALTH,
        room=None,
        office=session.office,
        facts_version=2,
    )
    if called_off:
        session.refresh_from_db()
        later = NOW + timedelta(hours=1)
        booking.cancel(session, by="practice", version=session.version, now=later)

    text = browser.get(address(row)).content.decode()

    assert "This appointment is cancelled" in text
    assert set(Forms(text).forms) == {"call"}
    for news in ("Friday", "Thursday", "11:00", "January", "Elm", "video", "555-0177"):
        assert news not in text
    with time_machine.travel(at(FRIDAY, "11:00"), tick=False):
        gone = browser.get(address(row))
    assert gone.status_code == 410
    assert "555-0177" not in gone.content.decode()


def test_what_was_called_off_for_all_says_what_it_was(browser):
    row = message()
    booking.cancel(row.appointment, by="practice", version=1, now=NOW)

    text = browser.get(address(row)).content.decode()

    assert "This appointment is cancelled" in text
    assert "Thursday, January 7, 2027, 9:00 AM" in text


@pytest.mark.parametrize("days", [0, 400])
@pytest.mark.parametrize("pressed", [None, "confirm", "call", "cancel"])
def test_the_page_is_gone_once_the_session_has_begun(browser, pressed, days):
    row = message()
    form = forms(browser, row).get(pressed)
    before = everything()

    with time_machine.travel(STARTS_AT + timedelta(days=days), tick=False):
        ask = browser.post if form else browser.get
        gone = ask(address(row), form)
        calendar = browser.get(address(row, Purpose.CALENDAR))

    assert (gone.status_code, calendar.status_code) == (410, 410)
    assert "no longer of use" in gone.content.decode()
    assert "January" not in gone.content.decode()
    assert everything() == before


def test_the_calendar_has_the_session_and_no_name(browser):
    row = message()

    file = browser.get(address(row, Purpose.CALENDAR))

    text = file.content.decode()
    assert file["Content-Type"].startswith("text/calendar")
    assert "DTSTART:20270107T170000Z\r\nDTEND:20270107T175000Z\r\n" in text
    assert f"UID:{row.appointment_id}\r\nSEQUENCE:1\r\n" in text
    assert not PRIVATE.search(text)


def test_what_was_called_off_is_in_no_calendar(browser):
    row = message()
    booking.cancel(row.appointment, by="practice", version=1, now=NOW)

    assert browser.get(address(row, Purpose.CALENDAR)).status_code == 404
    assert set(forms(browser, row)) == {"call"}


def test_a_guardian_answers_for_a_child_until_nobody_writes_to_them(browser):
    child = ClientFactory.create(born_on="2013-05-17")
    guardian = GuardianFactory.create(client=child)
    row = message(child, guardian=guardian, recipient=guardian.pk)

    send(browser, row, "confirm")
    child.consent_basis = ConsentBasis.SELF_12_PLUS
    child.save()

    assert Answer.objects.get().guardian == guardian
    assert browser.get(address(row)).status_code == 404
    assert browser.get(address(row, Purpose.CALENDAR)).status_code == 404


def test_an_earlier_session_of_the_client_is_not_touched(browser):
    row = message()
    other = AppointmentFactory.create(
        starts_at=MONDAY_9AM, clients=[row.client], therapist=row.appointment.therapist
    )

    send(browser, row, "cancel")

    other.refresh_from_db()
    assert other.status == AppointmentStatus.SCHEDULED
