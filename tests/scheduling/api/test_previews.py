import re
from uuid import uuid4

import pytest
from icalendar import Calendar

from clients.models import Channel
from scheduling import letters, links
from scheduling.links import Forged, Purpose
from scheduling.models import Appointment, Message, MessageKind
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AppointmentSeriesFactory,
    MessageFactory,
    PracticePolicyFactory,
    TherapistFactory,
)
from tests.times import MONDAY_9AM, NEXT_MONDAY, NOW, WEDNESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PREVIEW = "/api/v1/messages/preview/"
A_TEXT = {"kind": "booked", "channel": "sms"}
A_MAIL = {"kind": "booked", "channel": "email"}


def test_a_preview_of_a_text_says_what_it_costs(front_desk):
    OfficeFactory.create(street="5 Elm Street")
    PracticePolicyFactory.create(callback_phone="+13105550100")

    answer = front_desk.get(PREVIEW, A_TEXT | {"language": "es"})

    body = (
        "Aviso: cita reservada para el lun 11 ene, 10:00 a. m., en Elm Street. "
        "¿Dudas? Llame al +13105550100. Responda C para confirmar. "
        "Responda STOP para salir."
    )
    assert answer.status_code == 200
    assert answer.json() == {
        "sender": "Aviso",
        "subject": "Aviso: cita reservada",
        "body": body,
        "encoding": "GSM-7",
        "length": len(body),
        "segments": 1,
        "calendar": None,
    }
    assert not Appointment.objects.exists()
    assert not Message.objects.exists()


def test_a_preview_of_a_mail_has_its_calendar(manager):
    appointment = AppointmentFactory.create(starts_at=at(WEDNESDAY, "15:30"))

    answer = manager.get(PREVIEW, A_MAIL | {"appointment": appointment.pk}).json()

    (entry,) = Calendar.from_ical(answer.pop("calendar")).events
    assert (entry["UID"], entry.start) == (str(appointment.pk), appointment.starts_at)
    assert answer == {
        "sender": "Your appointment",
        "subject": "Your appointment: booked",
        "body": (
            "Booked for Wed Jan 6, 3:30 PM, at Main Street.\n\n"
            "To stop these e-mails, tell the front desk.\n"
        ),
        "encoding": None,
        "length": None,
        "segments": None,
    }


@pytest.mark.parametrize(
    ("kind", "channel", "count"),
    [
        ("booked", "email", 1),
        ("cancelled", "sms", 1),
        ("booked", "sms", 0),  # for want of room
    ],
)
def test_a_preview_has_a_link_where_what_is_sent_has_one(
    front_desk, settings, kind, channel, count
):
    settings.PUBLIC_URL = "https://example.org"
    policy = PracticePolicyFactory.create(callback_phone="")
    message = MessageFactory.create(channel=channel, kind=kind)
    sent = letters.write(
        message,
        message.appointment,
        language="en",
        policy=policy,
        now=NOW,
        link=links.link(message),
    ).text.body

    query = {"kind": kind, "channel": channel, "appointment": message.appointment_id}
    shown = front_desk.get(PREVIEW, query)

    link = r"https://example\.org/a/([\w-]+)/"
    body = shown.json()["body"]
    tokens = re.findall(link, body)
    assert len(tokens) == count
    assert re.sub(link, links.link(message), body) == sent
    for token in tokens:
        with pytest.raises(Forged):
            links.read(token, Purpose.PAGE)


@pytest.mark.parametrize("for_series", ["false", "true"])
@pytest.mark.parametrize("language", [None, "en", "es", "zh"])
@pytest.mark.parametrize("channel", Channel.values)
@pytest.mark.parametrize("kind", MessageKind.values)
def test_everything_that_is_written_can_be_previewed(
    front_desk, kind, channel, language, for_series
):
    query = {"kind": kind, "channel": channel, "for_series": for_series}
    if language:
        query["language"] = language

    answer = front_desk.get(PREVIEW, query)

    refused = kind in {"reminder", "offer"} and for_series == "true"
    assert answer.status_code == (400 if refused else 200)
    if answer.status_code == 200:
        assert answer.json()["segments"] == (1 if channel == "sms" else None)


def test_a_preview_for_a_series_speaks_of_those_that_follow(front_desk):
    series = AppointmentSeriesFactory.create(every_weeks=1)
    first, *_ = [
        AppointmentFactory.create(
            series=series,
            occurs_on=start.date(),
            starts_at=start,
            therapist=series.therapist,
        )
        for start in (MONDAY_9AM, at(NEXT_MONDAY, "09:00"))
    ]

    answer = front_desk.get(
        PREVIEW, A_MAIL | {"appointment": first.pk, "for_series": "true"}
    )

    assert answer.json()["body"].startswith(
        "Booked weekly from Mon Jan 4, 9:00 AM, at Main Street.\n\nOn Jan 4, Jan 11."
    )
    assert len(Calendar.from_ical(answer.json()["calendar"]).events) == 2


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"channel": "sms"}, "?kind"),
        ({"kind": "booked"}, "?channel"),
        (A_TEXT | {"kind": "fax"}, "?kind"),
        (A_TEXT | {"kind": ["booked", "moved"]}, "?kind"),
        (A_TEXT | {"channel": "fax"}, "?channel"),
        (A_TEXT | {"language": "spanish"}, "?language"),
        (A_TEXT | {"language": ["en", "es"]}, "?language"),
        (A_TEXT | {"for_series": "yes"}, "?for_series"),
        (A_TEXT | {"appointment": "1"}, "?appointment"),
        (A_TEXT | {"client": "1"}, "?client"),
        (A_TEXT | {"kind": "reminder", "for_series": "true"}, "?for_series"),
    ],
)
def test_a_preview_refuses_what_it_does_not_know(front_desk, query, pointer):
    answer = front_desk.get(PREVIEW, query)

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_a_preview_for_a_series_needs_one(front_desk):
    appointment = AppointmentFactory.create()

    answer = front_desk.get(
        PREVIEW, A_TEXT | {"appointment": appointment.pk, "for_series": "true"}
    )

    assert answer.status_code == 400


def test_a_preview_of_what_is_not_there_is_not_found(front_desk):
    answer = front_desk.get(PREVIEW, A_TEXT | {"appointment": uuid4()})

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("caller", "status"),
    [("anonymous", 401), ("therapist", 403), ("front_desk", 200), ("manager", 200)],
)
def test_previews_are_the_front_desks(caller, status, request, api, as_therapist):
    callers = {
        "anonymous": lambda: api,
        "therapist": lambda: as_therapist(TherapistFactory.create()),
    }
    client = callers.get(caller, lambda: request.getfixturevalue(caller))()

    assert client.get(PREVIEW, A_TEXT).status_code == status
