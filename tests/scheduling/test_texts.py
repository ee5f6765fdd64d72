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
from tests.times import MONDAY_9AM

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
FORBIDDEN = [
    *["therap", "psych", "session", "counsel", "clinic", "patient", "client"],
    *["dr.", "phd", "lmft", "grief", "interpersonal", "ipt", "individual"],
    *["reply cancel", "casey", "quill", "my la"],
]


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


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (
            MessageKind.BOOKED,
            "Your appointment: booked for Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply STOP to opt out.",
        ),
        (
            MessageKind.REMINDER,
            "Your appointment: reminder of Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply STOP to opt out.",
        ),
        (
            MessageKind.MOVED,
            "Your appointment: changed to Mon Jan 4, 9:00 AM, at Ventura Blvd. "
            "Questions? Call (310) 555-0100. Reply STOP to opt out.",
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
        series=texts.Recurring(every_weeks, [date(2027, 1, 4)]),
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
        series=texts.Recurring(1, [date(2027, 1, 4), date(2027, 1, 18)]),
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
        subject="Your appointment: changed",
        body=(
            "Changed to Mon Jan 4, 9:00 AM, at Ventura Blvd.\n\n"
            "Questions? Call (310) 555-0100.\n\n"
            "Reply STOP to opt out.\n"
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
        "Questions? Call (818) 555-0100.\n\nReply STOP to opt out.\n",
        "Booked for Mon Jan 4, 9:00 AM, at Main Street.\n\nReply STOP to opt out.\n",
    ]


@pytest.mark.parametrize("channel", list(Channel))
@pytest.mark.parametrize("status", ["scheduled", "cancelled"])
def test_no_text_tells_more_than_it_must(channel, status):
    """Every kind, office, mode, and time on either side of a change of the clock."""
    for kind, (name, street), mode, (starts_at, wall_time) in product(
        MessageKind, OFFICES.items(), Mode, WALL_TIMES.items()
    ):
        text = texts.compose(
            appointment(
                office=Office(name="Encino", street=street),
                mode=mode,
                status=status,
                starts_at=starts_at,
            ),
            kind=kind,
            channel=channel,
            policy=policy(),
        )

        place = f"at {name}" if mode == Mode.IN_PERSON else "by video"
        written = f"{text.subject} {text.body}".lower()
        assert f" {wall_time}, {place}." in text.body
        assert [word for word in FORBIDDEN if word in written] == []
        assert "(310) 555-0100" in text.body
        assert "Reply STOP" in text.body
        assert set(text.body) <= texts.GSM_7
        assert channel == Channel.EMAIL or len(text.body) <= texts.LONGEST_SMS


@pytest.mark.parametrize("series", [None, texts.Recurring(26, [date(2027, 11, 7)])])
@pytest.mark.parametrize("kind", list(MessageKind))
def test_text_fits_whatever_staff_have_entered(kind, series):
    """The longest label, number and street, in characters that an SMS does not have."""
    text = texts.compose(
        appointment(
            office=Office(
                street="1 " + "Crème Brûlée \u2013 \u201cNº 9\u201d {Plaza} " * 6
            ),
            status=AppointmentStatus.CANCELLED,
            starts_at=datetime(2027, 11, 7, 8, 30, tzinfo=UTC),
        ),
        kind=kind,
        channel=Channel.SMS,
        series=series,
        policy=policy(
            sender_label="Łabel\u2019s\n" * 3 + "123456", callback_phone="9" * 20
        ),
    )

    assert len(text.body) <= texts.LONGEST_SMS
    assert set(text.body) <= texts.GSM_7 - set("\n\r")
    assert text.body.endswith(f" Call {'9' * 20}. Reply STOP to opt out.")
