"""What a feed answers, and when; as an app of the simplest kind reads it."""

import logging
from datetime import timedelta

import pytest
import time_machine
from icalendar import Calendar

from config.logs import DiscreetFormatter
from config.roles import Role
from scheduling.models import Appointment, AppointmentStatus, ClientLabel
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    CalendarLinkFactory,
    TherapistFactory,
    TimeOffFactory,
)
from tests.times import MONDAY_9AM, MONDAY_10AM, NOW, TUESDAY, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

FEED = "/calendar/hush.ics"


@pytest.fixture
def encino():
    return OfficeFactory.create(
        slug="encino", name="Encino", street="2 Oak Street", city="Encino"
    )


@pytest.fixture
def therapist(encino):
    return TherapistFactory.create(display_name="Ada Lima", offices=[encino])


@pytest.fixture
def link(therapist):
    return CalendarLinkFactory.create(therapist=therapist, secret="hush")


@pytest.fixture
def session(therapist, encino):
    room = RoomFactory.create(office=encino, name="Blue")
    robin = ClientFactory.create(first_name="Robin", last_name="Ray")
    return AppointmentFactory.create(
        therapist=therapist, room=room, clients=[robin], note="parks behind the house"
    )


def events(api, address=FEED):
    response = api.get(address)
    assert response.status_code == 200
    return Calendar.from_ical(response.content).walk("VEVENT")


def told(event):
    """An event's properties, as text."""
    return {
        name: value.to_ical().decode()
        for name, value in event.items()
        if name not in {"DTSTAMP", "LAST-MODIFIED"}
    }


def test_an_event_tells_when_and_where_and_not_with_whom(api, link, session):
    client = session.clients.get()

    [event] = events(api)

    assert told(event) == {
        "UID": str(session.pk),
        "DTSTART": "20270104T170000Z",
        "DTEND": "20270104T175000Z",
        "SUMMARY": "Session - Encino",
        "SEQUENCE": "1",
        "STATUS": "CONFIRMED",
        "TRANSP": "OPAQUE",
        "CLASS": "PRIVATE",
        "LOCATION": "Blue\\, 2 Oak Street\\, Encino",
        "DESCRIPTION": f"Client {client.pk}",
    }


def test_a_calendar_has_a_name_and_asks_to_be_read_again_soon(api, link):
    response = api.get(FEED)

    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response.content.decode().splitlines() == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//My LA Therapy//Calendar feed//EN",
        "NAME:Sessions - Ada Lima",
        "X-WR-CALNAME:Sessions - Ada Lima",
        "REFRESH-INTERVAL;VALUE=DURATION:PT15M",
        "X-PUBLISHED-TTL:PT15M",
        "END:VCALENDAR",
    ]


@pytest.mark.parametrize(
    ("label", "summary"),
    [
        (ClientLabel.ID, "Session - Encino"),
        (ClientLabel.INITIALS, "Session - Encino - S.R., Ø.B."),
        (ClientLabel.FIRST_NAME, "Session - Encino - Sam, Øyvind"),
    ],
)
def test_clients_are_called_as_the_link_says_and_never_by_their_last_name(
    api, link, therapist, session, *, label, summary
):
    session.attendances.all().delete()
    session.delete()
    clients = [
        ClientFactory.create(first_name="Robin", preferred_name="Sam", last_name="Ray"),
        ClientFactory.create(first_name="Øyvind", last_name="Bø"),
    ]
    AppointmentFactory.create(therapist=therapist, room=session.room, clients=clients)
    link.label = label
    link.save(update_fields=["label"])

    text = api.get(FEED).content.decode()

    [event] = Calendar.from_ical(text).walk("VEVENT")
    assert event["SUMMARY"] == summary
    assert ("DESCRIPTION" in event) == (label == ClientLabel.ID)
    told_of = ("Ray", "Bø", *(each.email for each in clients), clients[0].phone)
    assert [private for private in told_of if str(private) in text] == []


def test_video_is_told_with_the_office_the_therapist_sits_in_or_none(
    api, link, therapist, encino
):
    AppointmentFactory.create(
        therapist=therapist, office=encino, telehealth=True, starts_at=MONDAY_9AM
    )
    AppointmentFactory.create(
        therapist=therapist, office=None, telehealth=True, starts_at=MONDAY_10AM
    )

    found = [(each["SUMMARY"], each.get("LOCATION")) for each in events(api)]

    assert found == [
        ("Session by video - Encino", "2 Oak Street, Encino"),
        ("Session by video", None),
    ]


def test_an_office_has_the_sessions_of_all_who_work_there(api, encino):
    CalendarLinkFactory.create(office=encino, secret="hush", label="initials")
    room = RoomFactory.create(office=encino, name="Blue")
    therapist = TherapistFactory.create(display_name="Ada Lima")
    robin = ClientFactory.create(first_name="Robin", last_name="Ray")
    AppointmentFactory.create(room=room, therapist=therapist, clients=[robin])
    AppointmentFactory.create(therapist=therapist, starts_at=MONDAY_10AM)
    TimeOffFactory.create(therapist=therapist)

    assert [each["SUMMARY"] for each in events(api)] == ["Session - Ada Lima - R.R."]


def test_holds_are_not_shown_and_neither_is_what_became_of_them(
    api, link, therapist, encino
):
    AppointmentFactory.create(therapist=therapist, held=True)
    AppointmentFactory.create(
        therapist=therapist,
        starts_at=MONDAY_10AM,
        status=AppointmentStatus.RELEASED,
        hold_expires_at=NOW,
    )

    assert events(api) == []


def test_sessions_of_others_are_not_shown(api, link):
    AppointmentFactory.create()

    assert events(api) == []


def test_time_off_is_busy_and_says_no_more(api, link, therapist):
    absence = TimeOffFactory.create(therapist=therapist, note="dentist")

    [event] = events(api)

    assert told(event) == {
        "UID": str(absence.pk),
        "DTSTART": "20270104T170000Z",
        "DTEND": "20270105T010000Z",
        "SUMMARY": "Time off",
        "TRANSP": "OPAQUE",
        "CLASS": "PRIVATE",
    }


def test_a_move_is_the_same_event_with_a_higher_sequence(
    api, front_desk, link, session
):
    [before] = events(api)

    moved = front_desk.post(
        f"/api/v1/appointments/{session.pk}/reschedule/",
        {
            "starts_at": "2027-01-05T09:00:00-08:00",
            "override": ["outside_hours"],
            "override_reason": "Agreed",
        },
        headers={"If-Match": '"1"'},
    )

    [after] = events(api)
    assert moved.status_code == 200
    assert after["UID"] == before["UID"]
    assert (before["SEQUENCE"], after["SEQUENCE"]) == (1, 2)
    assert after["DTSTART"].dt == at(TUESDAY, "09:00")


def test_a_cancellation_is_told_for_thirty_days_and_keeps_no_time_busy(
    api, front_desk, link, session
):
    front_desk.post(
        f"/api/v1/appointments/{session.pk}/cancel/",
        {"by": "client"},
        headers={"If-Match": '"1"'},
    )

    [event] = events(api)
    with time_machine.travel(NOW + timedelta(days=30), tick=False):
        [after_a_month] = events(api)
    with time_machine.travel(NOW + timedelta(days=31), tick=False):
        later = events(api)

    assert told(event) == {
        "UID": str(session.pk),
        "DTSTART": "20270104T170000Z",
        "DTEND": "20270104T175000Z",
        "SUMMARY": "Cancelled: Session - Encino",
        "SEQUENCE": "2",
        "STATUS": "CANCELLED",
        "TRANSP": "TRANSPARENT",
        "CLASS": "PRIVATE",
        "LOCATION": "Blue\\, 2 Oak Street\\, Encino",
    }
    assert after_a_month == event
    assert later == []


def test_sixty_days_back_and_a_year_ahead_are_shown(api, link, therapist):
    for day in (-61, -60, 0, 365, 366):
        AppointmentFactory.create(
            therapist=therapist, starts_at=MONDAY_9AM + timedelta(days=day)
        )

    days = [(each["DTSTART"].dt - MONDAY_9AM).days for each in events(api)]

    assert days == [-60, 0, 365]


def test_who_left_a_session_is_not_told_and_who_missed_it_is(api, link, session):
    link.label = ClientLabel.FIRST_NAME
    link.save(update_fields=["label"])
    session.attendances.update(status="no_show")
    session.status = AppointmentStatus.NO_SHOW
    session.save(update_fields=["status"])

    [missed] = events(api)
    session.attendances.update(status="cancelled")
    [left] = events(api)

    assert missed["SUMMARY"] == "Session - Encino - Robin"
    assert left["SUMMARY"] == "Session - Encino"


def test_the_time_of_the_last_change_is_told_and_is_not_the_time_of_reading(
    api, link, session, therapist
):
    absence = TimeOffFactory.create(therapist=therapist)

    first = api.get(FEED).content
    with time_machine.travel(NOW + timedelta(hours=3), tick=False):
        again = api.get(FEED).content

    assert first == again
    told_at = {
        str(event["UID"]): {event["DTSTAMP"].dt, event["LAST-MODIFIED"].dt}
        for event in Calendar.from_ical(first).walk("VEVENT")
    }
    assert told_at == {
        str(row.pk): {row.events.latest("pgh_id").pgh_created_at.replace(microsecond=0)}
        for row in (session, absence)
    }


def test_text_that_would_break_the_form_is_quoted(api, encino):
    CalendarLinkFactory.create(
        therapist=TherapistFactory.create(display_name="A;b,c\\d\nEND:VCALENDAR"),
        secret="hush",
    )

    lines = api.get(FEED).content.decode().splitlines()

    assert lines[3] == "NAME:Sessions - A\\;b\\,c\\\\d\\nEND:VCALENDAR"
    assert lines.count("END:VCALENDAR") == 1


def test_an_app_that_has_it_all_is_told_so(api, link, session):
    first = api.get(FEED)

    again = api.get(FEED, headers={"If-None-Match": first["ETag"]})
    weakly = api.get(FEED, headers={"If-None-Match": f'"x", W/{first["ETag"]}'})

    for answer in (again, weakly):
        assert (answer.status_code, answer.content) == (304, b"")
        assert answer["ETag"] == first["ETag"]
        assert answer["Cache-Control"] == first["Cache-Control"] == "private, no-cache"


def _move(session, **_):
    Appointment.objects.filter(pk=session.pk).update(
        starts_at=MONDAY_10AM, ends_at=MONDAY_10AM + timedelta(minutes=50)
    )


def _rename_office(session, **_):
    session.office.street = "3 Elm Street"
    session.office.save(update_fields=["street"])


def _rename_client(session, **_):
    session.clients.update(preferred_name="Kim")


def _relabel(link, **_):
    link.label = ClientLabel.INITIALS
    link.save(update_fields=["label"])


def _take_time_off(link, **_):
    TimeOffFactory.create(therapist=link.therapist)


def _book(link, **_):
    AppointmentFactory.create(therapist=link.therapist, starts_at=MONDAY_10AM)


def _drop(session, **_):
    session.attendances.all().delete()
    session.delete()


@pytest.mark.parametrize(
    "change",
    [_move, _rename_office, _rename_client, _relabel, _take_time_off, _book, _drop],
)
def test_whatever_changes_a_feed_is_noticed(api, link, session, change):
    link.label = ClientLabel.FIRST_NAME
    link.save(update_fields=["label"])
    tag = api.get(FEED)["ETag"]

    change(link=link, session=session)
    answer = api.get(FEED, headers={"If-None-Match": tag})

    assert answer.status_code == 200
    assert answer["ETag"] != tag


def test_head_is_get_without_the_calendar(api, link, session):
    response = api.head(FEED)

    assert (response.status_code, response.content) == (200, b"")
    assert response["ETag"] == api.get(FEED)["ETag"]


@pytest.mark.parametrize("count", [1, 5])
def test_reading_takes_the_same_queries_for_any_number_of_sessions(
    api, link, therapist, *, count, django_assert_num_queries
):
    for hours in range(count):
        AppointmentFactory.create(
            therapist=therapist, starts_at=MONDAY_9AM + timedelta(hours=hours)
        )
    tag = api.get(FEED)["ETag"]

    with django_assert_num_queries(4):
        assert len(events(api)) == count
    with django_assert_num_queries(4):
        assert api.get(FEED, headers={"If-None-Match": tag}).status_code == 304


def _revoke(link):
    link.revoked_at = NOW
    link.save(update_fields=["revoked_at"])


def _therapist_leaves(link):
    link.therapist.is_active = False
    link.therapist.save(update_fields=["is_active"])


def _account_is_closed(link):
    link.therapist.user = UserFactory.create(role=Role.THERAPIST, is_active=False)
    link.therapist.save(update_fields=["user"])


def _whoever_was_told_leaves(link):
    link.issued_by = UserFactory.create(role=Role.FRONT_DESK, is_active=False)
    link.save(update_fields=["issued_by"])


def _whoever_was_told_has_another_job(link):
    link.issued_by = UserFactory.create(role=Role.THERAPIST)
    link.save(update_fields=["issued_by"])


def _whoever_was_told_has_no_job(link):
    link.therapist.user = link.issued_by = UserFactory.create()
    link.therapist.save(update_fields=["user"])
    link.save(update_fields=["issued_by"])


@pytest.mark.parametrize(
    "end",
    [
        _revoke,
        _therapist_leaves,
        _account_is_closed,
        _whoever_was_told_leaves,
        _whoever_was_told_has_another_job,
        _whoever_was_told_has_no_job,
    ],
)
def test_a_link_that_ended_is_answered_like_one_that_never_was(api, link, end):
    before = api.get(FEED).status_code
    end(link)

    ended = api.get(FEED)
    never = [
        api.get(f"/calendar/{secret}.ics")
        for secret in ("guess", "x" * 5000, "%00", "%ff", "é", "..", link.digest.hex())
    ]

    assert before == 200
    assert ended.status_code == 404
    for answer in never:
        assert answer.content == ended.content
        assert _headers(answer) == _headers(ended)


def test_a_closed_office_has_no_calendar(api):
    office = OfficeFactory.create(is_active=False)
    CalendarLinkFactory.create(office=office, secret="hush")

    assert api.get(FEED).status_code == 404


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.MANAGER])
def test_what_the_front_desk_was_told_lasts_while_they_are_the_front_desk(
    api, link, role
):
    link.issued_by = UserFactory.create(role=role)
    link.save(update_fields=["issued_by"])

    assert api.get(FEED).status_code == 200


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
)
@pytest.mark.parametrize("address", [FEED, "/calendar/guess.ics"])
def test_a_feed_is_read_and_nothing_else(api, link, method, address):
    assert api.generic(method, address).status_code == 405


@pytest.mark.parametrize("accepted", ["text/calendar", "text/html", "image/png", "x"])
def test_an_app_gets_a_calendar_whatever_it_accepts(api, link, accepted):
    response = api.get(f"{FEED}?nocache=1", headers={"accept": accepted})

    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"


def test_a_session_in_the_browser_makes_no_difference(front_desk, link, session):
    link.revoked_at = NOW
    link.save(update_fields=["revoked_at"])

    assert front_desk.get(FEED).status_code == 404


def test_one_address_may_not_ask_without_end(api, link, settings):
    settings.THROTTLE_ANON = "3/day"

    codes = [api.get(FEED).status_code for _ in range(5)]

    assert codes == [200, 200, 200, 429, 429]


def test_no_log_line_has_the_secret(api, link, settings):
    settings.THROTTLE_ANON = "2/day"
    lines = []
    handler = logging.Handler()
    handler.setFormatter(DiscreetFormatter())
    handler.emit = lambda record: lines.append(handler.format(record))
    logging.getLogger().addHandler(handler)

    codes = [
        api.get(address).status_code
        for address in (FEED, "/calendar/hush-not.ics", FEED, "/calendar/hush/")
    ]
    logging.getLogger().removeHandler(handler)

    assert codes == [200, 404, 429, 404]
    assert [line for line in lines if "hush" in line] == []
    assert len([line for line in lines if "/calendar/[secret]" in line]) >= 4


def _headers(response):
    of_this_request = {"X-Request-ID"}
    return {
        name: value for name, value in response.items() if name not in of_this_request
    }
