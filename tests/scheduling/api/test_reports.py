import csv
import io
from collections import Counter
from datetime import date, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.content import POLICY
from config.roles import Role
from scheduling import slot_search
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    AttendanceStatus,
    GuaranteeState,
    Modality,
    SessionType,
    Therapist,
    WaitlistOffer,
)
from scheduling.wishes import Wish
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.guarantees import settled
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AttendanceFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
    WaitlistOfferFactory,
)
from tests.times import MONDAY, MONDAY_9AM, NOW, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

REPORTS = "/api/v1/reports/"
UTILISATION = f"{REPORTS}utilisation/"
CANCELLATIONS = f"{REPORTS}cancellations/"
MESSAGES = f"{REPORTS}messages/"
LEAD_TIME = f"{REPORTS}lead-time/"
HEAT_MAP = "/reports/utilisation.svg"
SHEET = "/day-sheet/venice/"
CLOSED = (
    *("completed", "cancelled", "late_cancelled", "cancelled_by_practice"),
    "no_show",
)


@pytest.fixture
def monday():
    """Ada in Venice on Mondays from nine to noon, with one session."""
    room = RoomFactory.create(office__slug="venice", office__name="Venice")
    therapist = TherapistFactory.create(display_name="Ada Lima", offices=[room.office])
    AppointmentFactory.create(therapist=therapist, room=room)
    return AvailabilityRuleFactory.create(
        therapist=therapist, office=room.office, end_minute=12 * 60
    )


def table(response):
    text = response.content.decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def test_utilisation_is_of_this_week_and_by_office(front_desk, monday):
    assert front_desk.get(UTILISATION).json() == {
        "from": "2027-01-04T00:00:00-08:00",
        "to": "2027-01-11T00:00:00-08:00",
        "timezone": "America/Los_Angeles",
        "results": [
            {
                "office": {"slug": "venice", "name": "Venice"},
                "therapist": None,
                "weekday": None,
                "hour": None,
                "available_minutes": 180,
                "booked_minutes": 50,
                "utilisation": 0.278,
            }
        ],
    }


def test_utilisation_is_by_whatever_is_asked_for(front_desk, monday):
    answer = front_desk.get(
        f"{UTILISATION}?by=therapist&by=hour&from=2027-01-04&to=2027-01-04"
    ).json()

    therapist = {"id": str(monday.therapist.pk), "display_name": "Ada Lima"}
    assert answer["results"] == [
        {
            "office": None,
            "therapist": therapist,
            "weekday": None,
            "hour": hour,
            "available_minutes": 60,
            "booked_minutes": booked,
            "utilisation": share,
        }
        for hour, booked, share in ((9, 50, 0.833), (10, 0, 0.0), (11, 0, 0.0))
    ]


def test_utilisation_narrows_by_office_and_therapist(front_desk, monday):
    AvailabilityRuleFactory.create()

    for query in ("office=venice", f"therapist={monday.therapist.pk}"):
        [row] = front_desk.get(f"{UTILISATION}?{query}").json()["results"]
        assert row["office"]["slug"] == "venice"


@pytest.mark.parametrize(
    ("query", "accepted"),
    [("format=csv", None), ("", "text/csv"), ("format=csv", "application/json")],
)
def test_a_report_is_a_spreadsheet_when_asked_for(front_desk, monday, query, accepted):
    headers = {"accept": accepted} if accepted else {}
    response = front_desk.get(f"{UTILISATION}?{query}", headers=headers)

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == (
        'attachment; filename="utilisation-2027-01-04-2027-01-10.csv"'
    )
    assert table(response) == [
        [
            *["office", "office_name", "therapist", "therapist_name", "weekday"],
            *["hour", "available_minutes", "booked_minutes", "utilisation"],
        ],
        ["venice", "Venice", "", "", "", "", "180", "50", "0.278"],
    ]


def test_a_problem_is_json_also_to_who_wants_a_spreadsheet(front_desk):
    response = front_desk.get(f"{UTILISATION}?format=csv&by=phase")

    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["errors"][0]["pointer"] == "?by"


@pytest.mark.parametrize("report", [UTILISATION, CANCELLATIONS, MESSAGES, HEAT_MAP])
@pytest.mark.parametrize(
    "query",
    [
        "from=2027-01-04&to=2027-01-03",
        "from=2027-01-04&to=2027-04-06",
        "from=1900-01-01&to=9999-12-31",
        "from=2027-W01-1",
        "from=%00",
        "from=2027-01-04&from=2027-01-05",
        "office=nowhere",
        "office=%00",
        "therapist=1",
        f"therapist={'a' * 5000}",
        "weeks=4",
        "limit=1",
    ],
)
def test_a_span_or_a_name_that_makes_no_sense_is_refused(front_desk, report, query):
    response = front_desk.get(f"{report}?{query}")

    assert response.status_code == 400
    assert response.json()["code"] == "invalid"


@pytest.mark.parametrize(
    "address",
    [
        f"{UTILISATION}?by=phase",
        f"{UTILISATION}?by=session_type",
        f"{CANCELLATIONS}?by=hour",
        f"{MESSAGES}?by=kind",
        f"{UTILISATION}?by=",
        f"{UTILISATION}?format=pdf",
        f"{UTILISATION}?format=",
        f"{HEAT_MAP}?by=office",
        f"{LEAD_TIME}",
        f"{LEAD_TIME}?session_type=nothing",
        f"{LEAD_TIME}?session_type=individual-50&from=2027-01-04",
        f"{SHEET}?date=monday",
        f"{SHEET}?date=2027-02-30",
        f"{SHEET}?date=%00",
        f"{SHEET}?day=2027-01-04",
    ],
)
def test_a_parameter_that_is_not_known_is_refused(front_desk, monday, address):
    assert front_desk.get(address).status_code == 400


def test_ninety_two_days_are_not_too_many_when_the_clock_goes_back(front_desk):
    query = "from=2026-10-01&to=2026-12-31"

    assert front_desk.get(f"{UTILISATION}?{query}").status_code == 200


def test_therapists_are_told_of_their_own_hours_and_of_nobody_elses(
    as_therapist, *, front_desk, monday
):
    other = AvailabilityRuleFactory.create(end_minute=10 * 60)
    ada = as_therapist(monday.therapist)

    def told(api, query):
        results = api.get(f"{UTILISATION}?by=therapist{query}").json()["results"]
        return [row["therapist"]["display_name"] for row in results]

    assert told(ada, "") == ["Ada Lima"]
    assert told(ada, f"&therapist={monday.therapist.pk}") == ["Ada Lima"]
    assert told(ada, f"&office={other.office.slug}") == []
    assert len(told(front_desk, "")) == 2
    assert other.office.name not in ada.get(HEAT_MAP).content.decode()


@pytest.mark.parametrize("address", [UTILISATION, HEAT_MAP])
def test_a_therapist_who_asks_of_a_colleague_finds_nothing(
    as_therapist, monday, address
):
    other = TherapistFactory.create()
    ada = as_therapist(monday.therapist)

    one = ada.get(f"{address}?therapist={other.pk}")
    both = ada.get(f"{address}?therapist={monday.therapist.pk}&therapist={other.pk}")

    assert (one.status_code, both.status_code) == (404, 404)


def test_a_therapist_without_a_calendar_has_no_report(api):
    somebody = signed_in(UserFactory.create(role=Role.THERAPIST))
    AvailabilityRuleFactory.create()

    assert somebody.get(UTILISATION).status_code == 404


@pytest.mark.parametrize(("address", "to_a_therapist"), [(HEAT_MAP, 200), (SHEET, 403)])
def test_pictures_and_pages_are_for_those_who_sign_in(
    front_desk, manager, as_therapist, *, api, monday, address, to_a_therapist
):
    ada = as_therapist(monday.therapist)

    codes = [each.get(address).status_code for each in (front_desk, manager, ada)]

    assert codes == [200, 200, to_a_therapist]
    assert [each.post(address).status_code for each in (front_desk,)] == [405]
    nobody = api.get(address)
    if address == SHEET:
        assert (nobody.status_code, nobody["Location"]) == (
            302,
            "/sign-in/?next=/day-sheet/venice/",
        )
    else:
        assert nobody.status_code == 401


@pytest.mark.parametrize("accepted", ["text/html", "image/avif,image/webp,*/*", "x/y"])
def test_a_picture_is_told_in_its_cells_and_in_words(front_desk, monday, accepted):
    response = front_desk.get(HEAT_MAP, headers={"accept": accepted})

    assert response["Content-Type"] == "image/svg+xml; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    picture = ElementTree.fromstring(response.content)  # noqa: S314  our own
    space = {"": "http://www.w3.org/2000/svg"}
    cells = {
        group.findtext("title", namespaces=space): group.findtext("text", "", space)
        for group in picture.findall("g", space)
    }
    assert cells == {
        "Venice, Monday 9:00 to 10:00: 50 of 60 minutes booked (83%)": "83",
        "Venice, Monday 10:00 to 11:00: 0 of 60 minutes booked (0%)": "0",
        "Venice, Monday 11:00 to 12:00: 0 of 60 minutes booked (0%)": "0",
    }
    assert picture.get("role") == "img"
    assert picture.findtext("title", "", space) == (
        "Share of hours that is booked, %, 2027-01-04 to 2027-01-10"
    )
    assert picture.findtext("desc", "", space) == ("Booked of all hours. Venice: 28%.")
    text = response.content.decode()
    assert ("<script" in text, "style=" in text, "href" in text) == (False,) * 3


def test_a_picture_quotes_names_and_marks_what_is_outside_hours(front_desk):
    room = RoomFactory.create(office__name='<script>"&')
    AppointmentFactory.create(room=room, starts_at=at(MONDAY, "18:00"))

    picture = ElementTree.fromstring(front_desk.get(HEAT_MAP).content)  # noqa: S314

    [title] = [
        each.text for each in picture.iter() if each.text and "outside" in each.text
    ]
    assert title == (
        '<script>"&, Monday 18:00 to 19:00: 50 minutes booked outside hours'
    )


def test_a_picture_has_a_band_for_each_of_two_offices_of_one_name(front_desk):
    for slug in ("by-the-sea", "inland"):
        office = OfficeFactory.create(slug=slug, name="Venice")
        ada = TherapistFactory.create(offices=[office])
        AvailabilityRuleFactory.create(therapist=ada, office=office, end_minute=10 * 60)

    picture = front_desk.get(HEAT_MAP).content.decode()

    assert picture.count('font-weight="bold"') == 2
    assert picture.count("Venice, Monday 9:00 to 10:00: 0 of 60 minutes") == 2


def test_a_picture_of_nothing_says_so(front_desk):
    assert "No hours." in front_desk.get(HEAT_MAP).content.decode()


def _sessions(monday):
    """Sessions of two therapists at two places, in every state."""
    room = monday.office.rooms.get()
    other = AvailabilityRuleFactory.create()
    intake = SessionTypeFactory.create(intake=True)
    for number, status in enumerate(AppointmentStatus):
        values = {"status": status}
        if status in {"cancelled", "late_cancelled", "cancelled_by_practice"}:
            values["cancelled_at"] = NOW
        if status in {"held", "released"}:
            values["hold_expires_at"] = NOW + timedelta(days=365)
        for day in range(number % 3 + 1):
            starts_at = MONDAY_9AM + timedelta(days=day + 1, hours=number)
            AppointmentFactory.create(
                therapist=monday.therapist, room=room, starts_at=starts_at, **values
            )
            AppointmentFactory.create(
                therapist=other.therapist,
                office=None,
                telehealth=True,
                session_type=intake,
                starts_at=starts_at + timedelta(days=1),
                **values,
            )
    AppointmentFactory.create(starts_at=MONDAY_9AM + timedelta(days=7))
    _refill(room)
    group = SessionTypeFactory.create(group=True)
    for day, statuses in enumerate(
        [
            ["attended", "attended", "no_show", "late_cancelled"],
            ["attended", "no_show", "no_show", "cancelled"],
        ]
    ):
        session = AppointmentFactory.create(
            therapist=monday.therapist,
            room=room,
            session_type=group,
            status="completed",
            starts_at=MONDAY_9AM + timedelta(days=day, hours=10),
            clients=[],
        )
        for status in statuses:
            AttendanceFactory.create(appointment=session, status=status)


def _refill(room):
    """Of those that were called off, some hours are taken from the waitlist: in time or
    before, by the same therapist or another, by an offer that came to something."""
    cancelled = Appointment.objects.filter(cancelled_at__isnull=False).order_by("pk")
    for number, session in enumerate(cancelled):
        booked = number % 4 != 1
        taken = AppointmentFactory.create(
            therapist=session.therapist if number % 4 else TherapistFactory.create(),
            office=None,
            telehealth=True,
            starts_at=session.starts_at + timedelta(minutes=25),
            ends_at=session.starts_at + timedelta(minutes=45),
            session_type=session.session_type,
            status="scheduled" if booked else "released",
        )
        WaitlistOfferFactory.create(
            appointment=taken,
            state="accepted" if booked else "lapsed",
            offered_at=NOW - timedelta(hours=1 if number % 4 == 2 else 0),
            expires_at=NOW,
            answered_at=NOW,
        )


def _was_refilled(session):
    return session.cancelled_at is not None and any(
        offer.state == "accepted"
        and offer.offered_at >= session.cancelled_at
        and offer.appointment.therapist_id == session.therapist_id
        and offer.appointment.starts_at < session.ends_at
        and session.starts_at < offer.appointment.ends_at
        for offer in WaitlistOffer.objects.select_related("appointment")
    )


@pytest.mark.parametrize(
    "by", [["office"], ["therapist"], ["session_type"], ["office", "session_type"]]
)
def test_outcomes_are_those_of_counting_one_by_one(front_desk, monday, by):
    _sessions(monday)

    query = "&".join(f"by={key}" for key in by)
    results = front_desk.get(f"{CANCELLATIONS}?{query}").json()["results"]

    counts, parts = Counter(), Counter()
    for session in Appointment.objects.select_related("office", "session_type"):
        if session.starts_at >= at(MONDAY + timedelta(days=7), "00:00"):
            continue
        key = {
            "office": session.office.slug if session.office else None,
            "therapist": str(session.therapist_id),
            "session_type": session.session_type.slug,
        }
        ours = tuple(key[name] for name in by)
        counts[(*ours, session.status)] += 1
        counts[(*ours, "refilled")] += _was_refilled(session)
        if session.status in {"held", "released"}:
            continue
        for part in session.attendances.all():
            parts[(*ours, part.status)] += 1
    told = Counter()
    for row in results:
        key = {
            "office": row["office"] and row["office"]["slug"],
            "therapist": row["therapist"] and row["therapist"]["id"],
            "session_type": row["session_type"] and row["session_type"]["slug"],
        }
        ours = tuple(key[name] for name in by)
        for name in CLOSED:
            told[(*ours, name)] += row[name]
            assert row[name] == counts[(*ours, name)]
        assert row["refilled"] == counts[(*ours, "refilled")]
        for name in AttendanceStatus.values:
            assert row[f"attendances_{name}"] == parts.pop((*ours, name), 0)
        assert row["attendances"] == sum(
            row[f"attendances_{name}"] for name in AttendanceStatus.values
        )
        still_open = [counts[(*ours, s)] for s in ("scheduled", "confirmed")]
        assert row["open"] == sum(still_open) + counts[(*ours, "checked_in")]
        assert row["sessions"] == row["open"] + sum(row[name] for name in CLOSED)
        assert all(row[name] is None for name in {*key} - {*by})
    assert not parts
    assert sum(row["refilled"] for row in results) > 0
    hidden = {"held", "released", "scheduled", "confirmed", "checked_in", "refilled"}
    closed = {key: n for key, n in counts.items() if key[-1] not in hidden}
    assert {key: n for key, n in told.items() if n} == closed


@pytest.mark.parametrize("day", [date(2026, 11, 1), date(2027, 3, 14)])
def test_outcomes_are_of_the_whole_day_when_the_clock_changes(front_desk, day):
    for starts_at in (
        at(day, "00:00") - timedelta(minutes=1),
        at(day, "00:00"),
        at(day, "23:59"),
        at(day + timedelta(days=1), "00:00"),
    ):
        AppointmentFactory.create(starts_at=starts_at, office=None, telehealth=True)

    answer = front_desk.get(f"{CANCELLATIONS}?from={day}&to={day}").json()

    assert [row["sessions"] for row in answer["results"]] == [2]


def test_outcomes_of_a_group_tell_who_came_and_who_did_not(front_desk, monday):
    session = AppointmentFactory.create(
        session_type=SessionTypeFactory.create(group=True),
        status="completed",
        starts_at=MONDAY_9AM + timedelta(days=1),
        clients=[],
    )
    for status in ("attended", "no_show", "no_show", "late_cancelled"):
        AttendanceFactory.create(appointment=session, status=status)

    [row] = front_desk.get(f"{CANCELLATIONS}?from=2027-01-05").json()["results"]

    assert (row["sessions"], row["completed"], row["no_show"]) == (1, 1, 0)
    told = [
        row[f"attendances_{name}"]
        for name in ("expected", "attended", "cancelled", "late_cancelled", "no_show")
    ]
    assert (row["attendances"], told) == (4, [0, 1, 0, 1, 2])


def test_outcomes_narrow_and_come_as_a_spreadsheet(front_desk, monday):
    _sessions(monday)

    response = front_desk.get(
        f"{CANCELLATIONS}?format=csv&office=venice&therapist={monday.therapist.pk}"
    )

    header, row = table(response)
    assert header[:7] == [
        *["office", "office_name", "therapist", "therapist_name", "session_type"],
        *["session_type_name", "sessions"],
    ]
    assert row[:7] == ["venice", "Venice", "", "", "", "", "20"]
    assert header[-3:] == [
        f"attendances_{name}" for name in ("cancelled", "late_cancelled", "no_show")
    ]


def test_lead_time_is_what_a_search_for_each_would_find(front_desk):
    ipt = ModalityFactory.create()
    cbt = ModalityFactory.create(slug="cbt", name="CBT", abbreviation="CBT")
    ModalityFactory.create(slug="art", name="Art", abbreviation="AT")
    rooms = [RoomFactory.create(office__name=name) for name in ("Encino", "Venice")]
    for number, modalities in enumerate(([ipt], [cbt], [ipt, cbt], [])):
        therapist = TherapistFactory.create(
            offices=[room.office for room in rooms],
            modalities=modalities,
            telehealth=number != 1,
        )
        for room in rooms[: number + 1]:
            AvailabilityRuleFactory.create(
                therapist=therapist,
                office=room.office,
                weekday=(number + 2 * rooms.index(room) + 1) % 5,
                mode="both" if number != 1 else "in_person",
            )
    kind = SessionType.objects.get()

    answer = front_desk.get(f"{LEAD_TIME}?session_type={kind.slug}").json()

    now = int(NOW.timestamp())
    expected = []
    for modality in Modality.objects.order_by("name"):
        for office in (*(room.office for room in rooms), None):
            wish = Wish(
                session_type=kind,
                start=now,
                end=now + 92 * 86400,
                modalities=[modality.pk],
                offices=[office.pk] if office else (),
                modes=["in_person" if office else "telehealth"],
            )
            first = slot_search.search(wish, now=now, limit=1).slots
            expected.append(
                (
                    modality.slug,
                    office.slug if office else None,
                    first[0].start if first else None,
                    first[0].therapist if first else None,
                )
            )
    assert [_lead(row) for row in answer["results"]] == expected
    assert len({start for *_, start, _ in expected}) > 3
    for row in answer["results"]:
        if row["slot"]:
            waited = _instant(row["slot"]["starts_at"]) - now
            assert row["days"] == round(waited / 86400, 1)


def test_lead_time_at_an_office_without_a_room_is_none(front_desk):
    venice = OfficeFactory.create(slug="venice")
    ada = TherapistFactory.create(
        offices=[venice], modalities=[ModalityFactory.create()]
    )
    AvailabilityRuleFactory.create(therapist=ada, office=venice)
    SessionTypeFactory.create()

    answer = front_desk.get(f"{LEAD_TIME}?session_type=individual-50").json()

    assert [
        (row["office"] and row["office"]["slug"], row["days"])
        for row in answer["results"]
    ] == [("venice", None), (None, 0.0)]


def test_lead_time_as_a_spreadsheet(front_desk):
    room = RoomFactory.create(office__slug="venice")
    AvailabilityRuleFactory.create(
        office=room.office,
        therapist=TherapistFactory.create(
            display_name="=Ada",
            offices=[room.office],
            modalities=[ModalityFactory.create()],
        ),
    )

    response = front_desk.get(f"{LEAD_TIME}?session_type=individual-50&format=csv")

    name, where, days = "interpersonal-psychotherapy", "venice", "0.0"
    assert table(response) == [
        ["modality", "office", "days", "starts_at", "therapist", "mode"],
        [name, where, days, "2027-01-04T09:00:00-08:00", "'=Ada", "in_person"],
        [name, "by video", days, "2027-01-04T09:00:00-08:00", "'=Ada", "telehealth"],
    ]


@pytest.mark.parametrize("count", [1, 4])
def test_a_report_takes_the_same_queries_for_any_number_of_rows(
    front_desk, monday, count
):
    ModalityFactory.create()
    for _ in range(count):
        AppointmentFactory.create(starts_at=MONDAY_9AM + timedelta(hours=1))

    counts = []
    for address in (UTILISATION, CANCELLATIONS):
        with CaptureQueriesContext(connection) as asked:
            front_desk.get(address)
        counts.append(len(asked))

    assert counts == [4, 4]  # three to know who is asking


def test_lead_time_takes_no_search_for_each_modality(front_desk, monday):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            front_desk.get(f"{LEAD_TIME}?session_type=individual-50")
        return len(asked)

    monday.therapist.modalities.add(ModalityFactory.create())
    few = queries()
    for number in range(5):
        modality = ModalityFactory.create(slug=f"m{number}", name=f"M {number}")
        Therapist.objects.get().modalities.add(modality)

    assert queries() == few


def test_a_day_sheet_is_a_page_to_print(front_desk, monday):
    session = Appointment.objects.get()
    client = session.clients.get()
    client.preferred_name = "<b>Sam"
    client.save(update_fields=["preferred_name"])

    response = front_desk.get(f"{SHEET}?date=2027-01-04")

    page = response.content.decode()
    assert response["Content-Type"] == "text/html; charset=utf-8"
    assert response["Cache-Control"] == "private, no-store"
    for words in (
        "Venice",
        "Monday, January 4, 2027",
        "1 session<",
        "9:00 AM \u2013 9:50 AM",
        "&lt;b&gt;Sam",
        "Ada Lima",
        "Individual session",
        "Printed January 4, 2027, 8:00 AM.",
        'href="/static/scheduling/day_sheet.css"',
    ):
        assert words in page
    assert ("<b>Sam" in page, "<script" in page, "://" in page) == (False,) * 3


def test_a_day_sheet_of_today_or_of_no_sessions(front_desk, monday):
    OfficeFactory.create(slug="encino")

    assert "1 session<" in front_desk.get(SHEET).content.decode()
    empty = front_desk.get("/day-sheet/encino/").content.decode()
    assert "No sessions on this day." in empty


@pytest.mark.parametrize(
    ("address", "status", "sentence"),
    [
        ("/day-sheet/nowhere/", 404, "There is no office of that name."),
        (f"{SHEET}?date=monday", 400, "Give a date, as in 2027-01-04."),
        (f"{SHEET}?day=2027-01-04", 400, "Known here: date."),
    ],
)
def test_a_day_sheet_that_cannot_be_is_a_page_that_says_why(
    front_desk, monday, address, status, sentence
):
    response = front_desk.get(address)

    page = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (
        status,
        "text/html; charset=utf-8",
    )
    assert sentence in page
    assert "{" not in page


def test_a_day_sheet_tells_a_therapist_that_it_is_not_for_them(as_therapist, monday):
    response = as_therapist(monday.therapist).get(SHEET)

    assert "Day sheets are for the front desk." in response.content.decode()


@pytest.mark.parametrize(
    ("address", "status"),
    [(HEAT_MAP, 200), (SHEET, 200), ("/day-sheet/nowhere/", 404)],
)
def test_pictures_and_pages_load_nothing_of_others(front_desk, monday, address, status):
    response = front_desk.get(address)

    assert response.status_code == status
    assert response["Content-Security-Policy"] == POLICY
    assert response["Cache-Control"] == "private, no-store"


def test_the_style_of_a_day_sheet_is_served(api):
    response = api.get("/static/scheduling/day_sheet.css")

    assert response.status_code == 200
    assert b"@media print" in b"".join(response.streaming_content)


def _lead(row):
    slot = row["slot"]
    return (
        row["modality"]["slug"],
        row["office"] and row["office"]["slug"],
        slot and _instant(slot["starts_at"]),
        slot and slot["therapist"]["id"],
    )


def _instant(text):
    return int(datetime.fromisoformat(text).timestamp())


def test_guarantees_are_counted_as_json_and_as_csv(front_desk):
    guarantee = settled(GuaranteeState.REFUNDED)
    therapist = guarantee.current.therapist
    query = "?from=2027-01-01&to=2027-01-04&by=therapist"

    told = front_desk.get("/api/v1/reports/guarantees/" + query)
    table = front_desk.get("/api/v1/reports/guarantees/" + query + "&format=csv")

    assert told.json()["results"] == [
        {
            "office": None,
            "therapist": {
                "id": str(therapist.pk),
                "display_name": therapist.display_name,
            },
            "modality": None,
            "matched": 1,
            "attended": 1,
            "continued": 0,
            "rematched": 0,
            "refund_asked": 1,
            "refunded": 1,
            "refunded_cents": 15000,
            "declined": 0,
            "days_to_session": 5.0,
        }
    ]
    assert table["Content-Type"].startswith("text/csv")
    assert table.content.decode().splitlines()[1] == (
        f",,{therapist.pk},{therapist.display_name},,,1,1,0,0,1,1,15000,0,5.0"
    )
