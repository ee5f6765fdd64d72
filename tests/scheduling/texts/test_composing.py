"""What may be read on a locked telephone, by anyone."""

from datetime import UTC, date, datetime, timedelta
from itertools import product

import pytest

from clients.models import Channel
from locations.models import Office
from scheduling import texts
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    MessageKind,
    Mode,
    PracticePolicy,
    SessionType,
    Therapist,
)
from tests.times import MONDAY_9AM, at

OFFICES = {
    "Broadway": "127 Broadway Suite 205",
    "Ocean Park Blvd": "130 Ocean Park Blvd.",
    "Ventura Blvd": "16055 Ventura Blvd.",
    "Wilshire Blvd": "12100 Wilshire Blvd. 8th Floor",
    "National Blvd": "10801 National Blvd.",
}
# By the wall: the last minutes before and the first after each change of the clock, and
# the hour that comes twice.
WALL_TIMES = {
    datetime(2027, 1, 4, 17, tzinfo=UTC): "Mon Jan 4, 9:00 AM",
    datetime(2027, 3, 14, 9, 30, tzinfo=UTC): "Sun Mar 14, 1:30 AM",
    datetime(2027, 3, 14, 10, tzinfo=UTC): "Sun Mar 14, 3:00 AM",
    datetime(2027, 11, 7, 7, 59, tzinfo=UTC): "Sun Nov 7, 12:59 AM",
    datetime(2027, 11, 7, 8, 30, tzinfo=UTC): "Sun Nov 7, 1:30 AM PDT",
    datetime(2027, 11, 7, 9, 30, tzinfo=UTC): "Sun Nov 7, 1:30 AM PST",
    datetime(2027, 11, 7, 10, tzinfo=UTC): "Sun Nov 7, 2:00 AM",
    datetime(2027, 11, 10, 20, 30, tzinfo=UTC): "Wed Nov 10, 12:30 PM",
}
SPANISH_WALL_TIMES = {
    datetime(2027, 1, 4, 17, tzinfo=UTC): "lun 4 ene, 9:00 a. m.",
    datetime(2027, 3, 14, 10, tzinfo=UTC): "dom 14 mar, 3:00 a. m.",
    datetime(2027, 11, 7, 7, 59, tzinfo=UTC): "dom 7 nov, 12:59 a. m.",
    datetime(2027, 11, 7, 8, 30, tzinfo=UTC): "dom 7 nov, 1:30 a. m. PDT",
    datetime(2027, 11, 7, 9, 30, tzinfo=UTC): "dom 7 nov, 1:30 a. m. PST",
    datetime(2027, 12, 30, 20, 30, tzinfo=UTC): "jue 30 dic, 12:30 p. m.",
}


def policy(**values: object) -> PracticePolicy:
    return PracticePolicy(
        **{"name": "My LA Therapy", "callback_phone": "(310) 555-0100"} | values
    )


def appointment(**values: object) -> Appointment:
    """Monday at nine in Encino, with a therapist whose name would tell."""
    defaults = {
        "therapist": Therapist(display_name="Dr. Casey Quill, PhD"),
        "session_type": SessionType(name="Individual session"),
        "office": Office(name="Encino", street="16055 Ventura Blvd."),
        "mode": Mode.IN_PERSON,
        "starts_at": MONDAY_9AM,
        "ends_at": MONDAY_9AM + timedelta(minutes=50),
    }
    return Appointment(**defaults | values)


def recurring(every_weeks: int, *days: date) -> texts.Recurring:
    """At nine on each of `days`."""
    return texts.Recurring(
        every_weeks, [appointment(starts_at=at(day, "09:00")) for day in days]
    )


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            MessageKind.BOOKED,
            "Your appointment: booked for Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply C to confirm. "
            "Reply STOP to opt out.",
        ),
        (
            MessageKind.REMINDER,
            "Your appointment: reminder of Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply C to confirm. "
            "Reply STOP to opt out.",
        ),
        (
            MessageKind.MOVED,
            "Your appointment: changed to Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply C to confirm. "
            "Reply STOP to opt out.",
        ),
        (
            MessageKind.CANCELLED,
            "Your appointment: cancelled: Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply STOP to opt out.",
        ),
        (
            MessageKind.CORRECTION,
            "Your appointment: correction, now Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply STOP to opt out.",
        ),
    ],
)
def test_text_says_when_and_where_and_whom_to_call(kind, body):
    text = texts.compose(appointment(), kind=kind, channel=Channel.SMS, policy=policy())

    assert text.body == body


def test_text_corrects_a_message_that_crossed_a_cancellation():
    cancelled = appointment(
        status=AppointmentStatus.CANCELLED, mode=Mode.TELEHEALTH, office=None
    )

    text = texts.compose(
        cancelled, kind=MessageKind.CORRECTION, channel=Channel.SMS, policy=policy()
    )

    assert text.body == (
        "Your appointment: correction, cancelled: Mon Jan 4, 9:00 AM, by video. "
        "Questions? Call (310) 555-0100. Reply STOP to opt out."
    )


@pytest.mark.parametrize(
    ("kind", "every_weeks", "news"),
    [
        (MessageKind.BOOKED, 1, "booked weekly from"),
        (MessageKind.BOOKED, 2, "booked every 2 weeks from"),
        (MessageKind.MOVED, 1, "changed to weekly from"),
        (MessageKind.CANCELLED, 1, "cancelled: weekly from"),
        (MessageKind.CORRECTION, 26, "correction, now every 26 weeks from"),
    ],
)
def test_text_for_a_series_says_how_often_and_from_when(kind, every_weeks, news):
    text = texts.compose(
        appointment(),
        kind=kind,
        channel=Channel.SMS,
        policy=policy(),
        series=recurring(every_weeks, date(2027, 1, 4)),
    )

    assert text.body == (
        f"Your appointment: {news} Mon Jan 4, 9:00 AM, at Ventura Blvd. "
        "Questions? Call (310) 555-0100. Reply STOP to opt out."
    )


def test_mail_for_a_series_names_its_dates():
    """A series may have gaps, which nobody must be left to find out."""
    text = texts.compose(
        appointment(),
        kind=MessageKind.BOOKED,
        channel=Channel.EMAIL,
        policy=policy(),
        series=recurring(1, date(2027, 1, 4), date(2027, 1, 18)),
    )

    assert text.body.startswith(
        "Booked weekly from Mon Jan 4, 9:00 AM, at Ventura Blvd.\n\n"
        "On Jan 4, Jan 18.\n\n"
    )


def test_mail_says_the_same_in_paragraphs():
    text = texts.compose(
        appointment(), kind=MessageKind.MOVED, channel=Channel.EMAIL, policy=policy()
    )

    assert text == texts.Text(
        sender="Your appointment",
        subject="Your appointment: changed",
        body=(
            "Changed to Mon Jan 4, 9:00 AM, at Ventura Blvd.\n\n"
            "Questions? Call (310) 555-0100.\n\n"
            "To stop these e-mails, call (310) 555-0100.\n"
        ),
    )


def test_text_names_the_number_of_the_office_if_the_practice_has_none():
    office = Office(street="1 Main Street", phone="(818) 555-0100")

    numbers = [
        texts.compose(
            appointment(office=place),
            kind=MessageKind.BOOKED,
            channel=Channel.EMAIL,
            policy=policy(callback_phone=""),
        ).body
        for place in (office, Office(street="1 Main Street"))
    ]

    assert numbers == [
        "Booked for Mon Jan 4, 9:00 AM, at Main Street.\n\n"
        "Questions? Call (818) 555-0100.\n\n"
        "To stop these e-mails, call (818) 555-0100.\n",
        "Booked for Mon Jan 4, 9:00 AM, at Main Street.\n\n"
        "To stop these e-mails, tell the front desk.\n",
    ]


LINK = "https://visits.example/a/Xy7-q"
ANSWERED = [MessageKind.BOOKED, MessageKind.REMINDER, MessageKind.MOVED]


@pytest.mark.parametrize(
    ("kind", "news"),
    [
        (MessageKind.BOOKED, "cita reservada para el lun 4 ene, 9:00 a. m."),
        (MessageKind.REMINDER, "recordatorio de cita: lun 4 ene, 9:00 a. m."),
        (MessageKind.MOVED, "cita cambiada al lun 4 ene, 9:00 a. m."),
        (MessageKind.CANCELLED, "cita cancelada: lun 4 ene, 9:00 a. m."),
        (MessageKind.CORRECTION, "correccion, ahora el lun 4 ene, 9:00 a. m."),
    ],
)
def test_text_is_in_spanish_for_who_speaks_it(kind, news):
    text = texts.compose(
        appointment(), kind=kind, channel=Channel.SMS, policy=policy(), language="es"
    )

    answer = "Responda C para confirmar. " if kind in ANSWERED else ""
    assert text.body == (
        f"Aviso: {news}, en Ventura Blvd. ¿Dudas? Llame al (310) 555-0100. "
        f"{answer}Responda STOP para salir."
    )


def test_mail_in_spanish_keeps_its_accents():
    cancelled = appointment(
        status=AppointmentStatus.CANCELLED,
        office=Office(street="5 Avenida Pacífico"),
        starts_at=datetime(2027, 11, 6, 20, 30, tzinfo=UTC),
    )

    text = texts.compose(
        cancelled,
        kind=MessageKind.CORRECTION,
        channel=Channel.EMAIL,
        policy=policy(),
        series=recurring(2, date(2027, 11, 6), date(2027, 11, 24)),
        language="es",
    )

    assert text == texts.Text(
        sender="Aviso",
        subject="Aviso: corrección",
        body=(
            "Corrección, canceladas: cada 2 semanas desde el sáb 6 nov, 1:30 p. m., "
            "en Avenida Pacífico.\n\n"
            "Fechas: 6 nov, 24 nov.\n\n"
            "¿Dudas? Llame al (310) 555-0100.\n\n"
            "Para no recibir más correos, llame al (310) 555-0100.\n"
        ),
    )


@pytest.mark.parametrize("language", ["en", "fr", "zh", ""])
def test_any_other_language_is_english(language):
    text = texts.compose(
        appointment(),
        kind=MessageKind.MOVED,
        channel=Channel.EMAIL,
        policy=policy(),
        language=language,
    )

    assert text.body.startswith("Changed to Mon Jan 4, 9:00 AM")


def test_a_label_of_the_practices_own_stands_in_every_language():
    said = [
        texts.compose(
            appointment(),
            kind=MessageKind.BOOKED,
            channel=channel,
            policy=policy(sender_label="Desk on Main"),
            language="es",
        )
        for channel in Channel
    ]

    assert [text.sender for text in said] == ["Desk on Main"] * 2
    assert said[0].body.startswith("Desk on Main: cita reservada para el ")


@pytest.mark.parametrize("kind", [*{*MessageKind} - {MessageKind.OFFER}])
def test_mail_has_the_link_by_which_it_can_be_answered(kind):
    text = texts.compose(
        appointment(), kind=kind, channel=Channel.EMAIL, policy=policy(), link=LINK
    )

    answer = "To confirm, ask for a call, or cancel in time"
    asks = answer if kind in ANSWERED else "To ask for a call"
    assert f"\n\n{asks}: {LINK}\n\n" in text.body


def offered(**values):
    return appointment(
        status="held", hold_expires_at=at(date(2027, 1, 4), "08:15"), **values
    )


@pytest.mark.parametrize(
    ("language", "link", "body"),
    [
        (
            "en",
            "",
            "Your appointment: opening Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Answer by Mon 8:15 AM. Questions? Call (310) 555-0100. "
            "Reply STOP to opt out.",
        ),
        (
            "en",
            LINK,
            "Your appointment: opening Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            f"By Mon 8:15 AM: {LINK} Reply STOP to opt out.",
        ),
        (
            "es",
            "",
            "Aviso: hora libre: lun 4 ene, 9:00 a. m., en Ventura Blvd. "
            "Responda hasta lun 8:15 a. m. ¿Dudas? Llame al (310) 555-0100. "
            "Responda STOP para salir.",
        ),
        (
            "es",
            LINK,
            "Aviso: hora libre: lun 4 ene, 9:00 a. m., en Ventura Blvd. "
            f"Hasta lun 8:15 a. m.: {LINK} Responda STOP para salir.",
        ),
    ],
)
def test_an_offer_says_until_when_and_where_to_answer(language, link, body):
    text = texts.compose(
        offered(),
        kind=MessageKind.OFFER,
        channel=Channel.SMS,
        policy=policy(),
        language=language,
        link=link,
    )

    assert text.body == body
    assert len(body) <= texts.LONGEST_SMS


def test_the_link_of_an_offer_goes_before_the_place_and_the_number():
    link = LINK + "x" * (72 - len(LINK))

    text = texts.compose(
        offered(), kind="offer", channel=Channel.SMS, policy=policy(), link=link
    )

    assert text.body == (
        "Your appointment: opening Mon Jan 4, 9:00 AM. "
        f"By Mon 8:15 AM: {link} Reply STOP to opt out."
    )
    assert len(text.body) <= texts.LONGEST_SMS


def test_an_offer_whose_link_has_no_room_is_answered_by_telephone():
    text = texts.compose(
        offered(), kind="offer", channel=Channel.SMS, policy=policy(), link="x" * 120
    )

    assert "Answer by Mon 8:15 AM. Questions? Call (310) 555-0100." in text.body


def test_mail_has_the_link_of_an_offer():
    text = texts.compose(
        offered(), kind="offer", channel=Channel.EMAIL, policy=policy(), link=LINK
    )

    assert text.subject == "Your appointment: a time is free"
    assert f"\n\nAnswer by Mon 8:15 AM: {LINK}\n\n" in text.body


@pytest.mark.parametrize(
    ("language", "wall_times", "places"),
    [
        ("en", WALL_TIMES, ("at {}", "by video")),
        ("es", SPANISH_WALL_TIMES, ("en {}", "por video")),
    ],
)
def test_text_tells_wall_time_and_street_and_no_more(language, wall_times, places):
    """Every kind, office, mode, and time on either side of a change of the clock."""
    for kind, channel, (name, street), mode, (starts_at, wall_time) in product(
        MessageKind, Channel, OFFICES.items(), Mode, wall_times.items()
    ):
        text = texts.compose(
            appointment(
                office=Office(name="Encino", street=street),
                mode=mode,
                starts_at=starts_at,
            ),
            kind=kind,
            channel=channel,
            policy=policy(),
            language=language,
        )

        place = places[mode != Mode.IN_PERSON].format(name)
        assert f" {wall_time}, {place}." in text.body
        assert "(310) 555-0100" in text.body
