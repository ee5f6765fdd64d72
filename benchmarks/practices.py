"""Practices of any size, made by a few SQL statements for each.

Each treats a third of the concerns. Therapists work Monday to Friday from nine to one
and from two to six, alternate between two offices and change the office at noon on
Wednesdays. About 70 % of their hours are booked. Every hour and room is worked out from
the number of a therapist, so that nothing collides and a million sessions are one
statement.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.db import connection
from django.db.models import Field, GeneratedField, Model
from psycopg import sql

from benchmarks.caller import DESK, PASSWORD
from clients.models import Client, PresentingConcern
from config.roles import Role
from locations.models import Closure, Room
from scheduling import reference
from scheduling.availability import PRACTICE_ZONE
from scheduling.models import (
    Appointment,
    Attendance,
    AvailabilityOverride,
    AvailabilityRule,
    Modality,
    SessionType,
    Therapist,
    TimeOff,
)

TEMPLATE = "bench_empty"
CLIENTS = 30  # of each therapist


@dataclass(frozen=True, slots=True)
class Practice:
    """So many therapists, with sessions from some weeks ago to some weeks ahead."""

    name: str
    therapists: int
    weeks_before: int = 13
    weeks_ahead: int = 13

    @property
    def database(self) -> str:
        return f"bench_{self.name}"


def make(practice: Practice) -> None:
    """Fill a new database for `practice`; Django's connection stays with it.

    Triggers rest meanwhile, and with them history and foreign keys. All other
    constraints are at work, so no session overlaps another.
    """
    _create_anew(practice.database, template=TEMPLATE)
    today = datetime.now(PRACTICE_ZONE).date()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET synchronous_commit = off")
        for statement in statements(practice, today):
            cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def make_template() -> None:
    """A database with the tables, the reference data and someone at the front desk."""
    _create_anew(TEMPLATE)
    call_command("migrate", verbosity=0)
    reference.load()
    desk = User.objects.create_user(DESK, password=PASSWORD)
    desk.groups.add(Group.objects.get(name=Role.FRONT_DESK))
    connection.close()


def statements(practice: Practice, today: date) -> Iterator[str]:
    """What fills a database that holds the reference data and nothing else."""
    monday = today - timedelta(days=today.weekday())
    first = monday - timedelta(weeks=practice.weeks_before)
    last = monday + timedelta(weeks=practice.weeks_ahead)
    yield from _people(practice.therapists)
    yield from _places()
    yield from _hours(first, today, (last - first).days)
    yield from _sessions(first, last)


def insert(model: type[Model], source: str, **columns: str) -> str:
    """Insert `columns`, expressions over `source`; the rest as the model would."""
    values = {"id": "uuidv7()"}
    for field in model._meta.local_concrete_fields:  # noqa: SLF001  Django's public name
        if not isinstance(field, GeneratedField) and not field.primary_key:
            values[field.attname] = _default(field)
    values |= columns
    return (
        f"INSERT INTO {table_of(model)} ({', '.join(values)})"
        f" SELECT {', '.join(values.values())} FROM {source}"
    )


def table_of(model: type[Model]) -> str:
    return model._meta.db_table  # noqa: SLF001  Django's public name


def _create_anew(name: str, template: str = "template0") -> None:
    """Make an empty database, or a copy, and let Django's connection lead there."""
    _lead_to("postgres")
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    _lead_to(name)


def _lead_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


def _people(therapists: int) -> Iterator[str]:
    yield f"""CREATE TEMP TABLE team AS
        SELECT n, uuidv7() AS id FROM generate_series(0, {therapists - 1}) AS n"""
    yield insert(
        Therapist,
        "team",
        id="id",
        display_name="'Therapist ' || n",
        license_type="'lmft'",
        languages="ARRAY['en']",
        age_groups="ARRAY['adult']",
        accepts_new_clients="n % 4 <> 1",
    )
    for through, column, model in (
        (Therapist.session_types.through, "sessiontype_id", SessionType),
        (Therapist.modalities.through, "modality_id", Modality),
    ):
        yield f"""INSERT INTO {table_of(through)} (therapist_id, {column})
            SELECT team.id, offered.id FROM team, {table_of(model)} AS offered"""
    yield f"""INSERT INTO {table_of(Therapist.concerns.through)}
          (therapist_id, presentingconcern_id)
        SELECT team.id, treated.id FROM team, (
          SELECT row_number() OVER (ORDER BY slug) AS number, id
          FROM {table_of(PresentingConcern)}) AS treated
        WHERE (n + number) % 3 = 0"""
    yield f"""CREATE TEMP TABLE people AS
        SELECT n, k, uuidv7() AS id FROM team, generate_series(0, {CLIENTS - 1}) AS k"""
    yield insert(
        Client,
        "people",
        id="id",
        first_name="'Client'",
        last_name="n || '-' || k",
        born_on="date '1980-01-01'",
        email="'client-' || n || '-' || k || '@example.com'",
        telehealth_consent_on="date '2020-01-01'",
        created_at="now()",
    )


def _places() -> Iterator[str]:
    """At any time a fifth of the team is at each office, everyone in their own room."""
    yield """CREATE TEMP TABLE offices AS
        SELECT row_number() OVER (ORDER BY slug) - 1 AS number, id
        FROM locations_office"""
    yield """CREATE TEMP TABLE rooms AS
        SELECT offices.id AS office_id, k, uuidv7() AS id
        FROM offices, generate_series(0, (SELECT max(n) / 5 FROM team)) AS k"""
    yield insert(
        Room, "rooms", id="id", office_id="office_id", name="'Room ' || k",
        capacity="2 + k % 3",
    )  # fmt: skip
    yield """CREATE TEMP TABLE places AS
        SELECT n, team.id AS therapist_id, weekday, half,
          offices.id AS office_id, rooms.id AS room_id
        FROM team, generate_series(0, 4) AS weekday, generate_series(0, 1) AS half,
          offices, rooms
        WHERE offices.number = (n + weekday % 2 + (weekday = 2 AND half = 1)::int) % 5
          AND rooms.office_id = offices.id AND rooms.k = n / 5"""
    worked_at = table_of(Therapist.offices.through)
    yield f"""INSERT INTO {worked_at} (therapist_id, office_id)
        SELECT DISTINCT therapist_id, office_id FROM places"""


def _hours(first: date, today: date, days: int) -> Iterator[str]:
    """Hours, a week off for everyone, some Saturdays, and days when all is closed."""
    yield insert(
        AvailabilityRule,
        "places",
        therapist_id="therapist_id",
        office_id="office_id",
        weekday="weekday",
        start_minute="(9 + 5 * half) * 60",
        end_minute="(13 + 5 * half) * 60",
        valid_from=f"date '{first}'",
    )
    yield f"""CREATE TEMP TABLE away AS
        SELECT n, id, date '{first}' + n * 7 % {days} AS since FROM team"""
    yield insert(
        TimeOff,
        "away",
        therapist_id="id",
        starts_at=_midnight("since"),
        ends_at=_midnight("since + 7"),
    )
    saturday = today + timedelta(days=5 - today.weekday())
    yield insert(
        AvailabilityOverride,
        "places WHERE weekday = 0 AND half = 0 AND n % 10 = 0",
        therapist_id="therapist_id",
        office_id="office_id",
        date=f"date '{saturday}'",
        start_minute="600",
        end_minute="840",
    )
    closed = f"(date '{today}' + 9 + number::int)"
    yield insert(
        Closure,
        "offices",
        office_id="id",
        starts_at=_midnight(closed),
        ends_at=_midnight(f"{closed} + 1"),
    )


def _sessions(first: date, last: date) -> Iterator[str]:
    """Fifty minutes at each full hour, two thirds of them in person."""
    chance = "(hashtext(places.n || ' ' || day || ' ' || hour) & 2147483647)"
    yield f"""CREATE TEMP TABLE diary AS
        SELECT uuidv7() AS id, places.*, starts_at, people.id AS client_id,
          chance % 3 > 0 AS in_person,
          CASE WHEN chance % 100 < 4 THEN 'cancelled'
               WHEN starts_at < now() THEN 'completed' ELSE 'scheduled' END AS status
        FROM (
          SELECT day::date, hour, (hour > 13)::int AS half,
            (day + make_interval(hours => hour)) AT TIME ZONE '{PRACTICE_ZONE.key}'
              AS starts_at
          FROM generate_series(timestamp '{first}', '{last - timedelta(days=1)}',
                               '1 day') AS day,
            unnest(ARRAY[9, 10, 11, 12, 14, 15, 16, 17]) AS hour) AS calendar
        JOIN places ON weekday = extract(isodow FROM day) - 1
          AND places.half = calendar.half
        JOIN away ON away.n = places.n AND day NOT BETWEEN since AND since + 6
        JOIN people ON people.n = places.n
          AND k = (extract(epoch FROM starts_at)::bigint / 3600) % {CLIENTS}
        CROSS JOIN LATERAL (SELECT {chance} AS chance) AS luck
        WHERE chance % 100 < 70
        ORDER BY starts_at, places.n"""
    yield insert(
        Appointment,
        f"diary, (SELECT id AS kind FROM {table_of(SessionType)}"
        " WHERE slug = 'individual-50') AS session_type",
        id="id",
        therapist_id="therapist_id",
        office_id="office_id",
        room_id="CASE WHEN in_person THEN room_id END",
        session_type_id="kind",
        mode="CASE WHEN in_person THEN 'in_person' ELSE 'telehealth' END",
        status="status",
        starts_at="starts_at",
        ends_at="starts_at + interval '50 minutes'",
        late_cancel_at="starts_at - interval '1 day'",
        cancelled_at="CASE WHEN status = 'cancelled' THEN now() END",
        created_at="now()",
    )
    yield insert(
        Attendance,
        "diary",
        appointment_id="id",
        client_id="client_id",
        status="""CASE status WHEN 'completed' THEN 'attended'
            WHEN 'scheduled' THEN 'expected' ELSE status END""",
        starts_at="starts_at",
        ends_at="starts_at + interval '50 minutes'",
        occupies="status <> 'cancelled'",
    )


def _midnight(day: str) -> str:
    return f"({day})::timestamp AT TIME ZONE '{PRACTICE_ZONE.key}'"


def _default(field: "Field[object, object]") -> str:
    return sql.Literal(field.get_default()).as_string()
