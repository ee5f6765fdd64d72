"""Loads the demo into a database that holds nothing else.

It comes in teams: 24 therapists, their 300 clients and rooms of their own. Each team is
made and written before the next, so that memory does not grow with the scale.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

import pghistory
from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, User
from django.db import connection, transaction
from django.db.models import Model, QuerySet, prefetch_related_objects

from clients.models import Client, ContactChange, PresentingConcern
from config.roles import Role
from locations.models import Office
from scheduling import availability, recipients, reference
from scheduling.availability import PRACTICE_ZONE
from scheduling.demo import (
    absences,
    clientele,
    inbox,
    ledger,
    outcomes,
    premises,
    promises,
    rows,
    sessions,
    staff,
    standing,
    waiting,
)
from scheduling.demo.clientele import Clientele
from scheduling.demo.diary import Diary, Session
from scheduling.demo.inbox import Inbox
from scheduling.demo.outcomes import Outcome
from scheduling.demo.staff import Offers, Team
from scheduling.engine.intervals import Interval
from scheduling.engine.wall_clock import DAY, MINUTE, instant
from scheduling.models import (
    Appointment,
    Intake,
    Modality,
    Opening,
    PlanChange,
    PracticePolicy,
    SessionType,
    Therapist,
)
from scheduling.recipients import Terms

WEEKS_BEFORE = WEEKS_AFTER = 4
LONGEST_LEAD = timedelta(days=30)
REAL = (Therapist, Client, Appointment, Intake)  # whose rows are the practice's own
MARK = "demo"  # of what the demo wrote, in its history


class HoldsRealData(Exception):
    """The database has rows that are not the demo's; nothing was written."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When the demo is loaded: its days lie around `today`."""

    today: date
    now: datetime

    @property
    def days(self) -> list[date]:
        first = self.today - timedelta(weeks=WEEKS_BEFORE)
        count = (WEEKS_BEFORE + WEEKS_AFTER) * 7
        return [first + timedelta(days=offset) for offset in range(count)]

    @property
    def span(self) -> Interval:
        first, *_, last = self.days
        return Interval(
            instant(first, 0, PRACTICE_ZONE),
            instant(last, DAY // MINUTE, PRACTICE_ZONE),
        )


def load(
    moment: Moment,
    *,
    seed: int,
    scale: int = 1,
    on_team: Callable[[int], None] = lambda _: None,
) -> bool:
    """Fill the database, and say whether it was necessary.

    `on_team` is told the number of each team that is done. Raises `HoldsRealData`.
    """
    mark = {"seed": seed, "date": moment.today.isoformat(), "scale": scale}
    with transaction.atomic():
        reference.load()
        policy = PracticePolicy.objects.select_for_update().get()
        if _is_loaded():
            return False
        if any(one.objects.exists() for one in REAL):
            raise HoldsRealData
        with pghistory.context(**{MARK: mark}):
            _keep_no_quiet_hours(policy)
            desk = _Loading(moment, _offers(), recipients.terms([]), _users())
            rows.write(premises.closures(moment.today, desk.offers.offices))
            for number in range(scale):
                desk.load_team(number, Random(f"{seed} {number}"))  # noqa: S311
                on_team(number)
            waiting.let_some_wait(moment.now, desk.users[Role.FRONT_DESK])
            _forget_changes()
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0; ANALYZE; RESET statement_timeout")
    return True


@dataclass(frozen=True, slots=True)
class _Loading:
    """What all teams have in common."""

    moment: Moment
    offers: Offers
    terms: Terms
    users: dict[Role, User]

    def load_team(self, number: int, random: Random) -> None:
        moment, days = self.moment, self.moment.days
        rows.write(premises.rooms(self.offers.offices))
        team = staff.hire(self.offers, days[0], random)
        if number == 0:
            team.therapists[0].user = self.users[Role.THERAPIST]
        clients = clientele.register(
            moment.today,
            staff.midnight(days[0]) - LONGEST_LEAD,
            number * clientele.CONTACTS,
            random,
        )
        rows.write([*team.rows(), *clients.rows()])
        diary = self._diary(team)
        self._fill(diary, team, clients, random)
        settled = self._write_appointments(diary.sessions, clients, random)
        if number == 0:
            self._write_intakes(diary.sessions, clients, team.therapists[0])
            promises.make(
                clients.newcomers, settled, team.therapists, self.users, moment.now
            )
        # Foreign keys are checked at the end of a transaction; this one is long.
        connection.check_constraints()

    def _write_intakes(
        self, booked: Sequence[Session], clients: Clientele, therapist: Therapist
    ) -> None:
        """With one from somebody who comes to `therapist` every so often."""
        treated = next(
            session.clients[0]
            for session in booked
            if session.therapist is therapist and session.series
            if session.session_type.clients_max == 1
        )
        told = Inbox(
            self.moment.today,
            self.moment.now,
            self.users[Role.FRONT_DESK],
            Random(f"{treated.email} {self.moment.today}"),  # noqa: S311
            PresentingConcern.objects.in_bulk(field_name="slug"),
            {office.slug: office for office in self.offers.offices},
        )
        inbox.fill(told, known=clients.newcomers[0], treated=treated)
        rows.write(told.rows())

    def _diary(self, team: Team) -> Diary:
        """Empty calendars, read back as search and booking would read them."""
        keys = [str(therapist.pk) for therapist in team.therapists]
        span = self.moment.span
        booked_from = span.start - int(LONGEST_LEAD.total_seconds())
        return Diary(
            availability.facts(keys, span, now=booked_from, with_notice=False),
            self.offers.offices,
        )

    def _fill(
        self, diary: Diary, team: Team, clients: Clientele, random: Random
    ) -> None:
        days, kinds = self.moment.days, self.offers.session_types
        times = standing.give_out(
            team.rules_in_turn(), clients.parties, team.offered, days[0], random
        )
        sessions.keep_standing_times(diary, times, days, random)
        sessions.welcome(
            diary,
            clients.newcomers,
            [one for one in team.therapists if one.accepts_new_clients],
            [kinds["consultation-15"], kinds["intake-50"]],
            days=days,
            random=random,
        )
        sessions.make_exceptions(diary, random)

    def _write_appointments(
        self, booked: Sequence[Session], clients: Clientele, random: Random
    ) -> Sequence[Outcome]:
        now = self.moment.now
        settled = outcomes.settle(
            booked,
            self.terms.policy,
            self.users[Role.FRONT_DESK],
            int(now.timestamp()),
            random,
        )
        absences.let_some_miss(settled, random)
        absences.decide_fees(
            settled, self.terms.policy, self.users[Role.FRONT_DESK], random
        )
        prefetch_related_objects(clients.clients, "guardians")
        terms = recipients.terms(one.pk for one in clients.clients)
        messages = ledger.write(settled, terms, now, random)
        series = {one.series.pk: one.series for one in booked if one.series}
        for row in series.values():
            row.created_by = self.users[Role.FRONT_DESK]
        rows.write(series.values())
        rows.write(outcome.appointment for outcome in settled)
        rows.write(one for outcome in settled for one in outcome.attendances)
        rows.write(messages)
        return settled


def _forget_changes() -> None:
    """What was written is planned by the terms there are: nothing is to be done."""
    for noted in (ContactChange, PlanChange, Opening):
        noted.objects.all().delete()


def _is_loaded() -> bool:
    """Whether the demo has changed the policy here, as its history would tell."""
    changes: QuerySet[Model] = QuerySet(
        apps.get_model("scheduling", "PracticePolicyEvent")
    )
    return changes.filter(pgh_context__metadata__has_key=MARK).exists()


def _keep_no_quiet_hours(policy: PracticePolicy) -> None:
    """So that the first reminder leaves within a minute at any time of day."""
    policy.quiet_from_minute = policy.quiet_until_minute = 0
    policy.callback_phone = "(310) 555-0100"
    policy.save(
        update_fields=["quiet_from_minute", "quiet_until_minute", "callback_phone"]
    )


def _offers() -> Offers:
    modalities = list(
        Modality.objects.filter(is_active=True)
        .prefetch_related("concerns")
        .order_by("slug")
    )
    return Offers(
        offices=list(Office.objects.filter(is_active=True).order_by("slug")),
        session_types=SessionType.objects.in_bulk(field_name="slug"),
        modalities=modalities,
        concerns={
            modality.pk: sorted(concern.pk for concern in modality.concerns.all())
            for modality in modalities
        },
    )


def _users() -> dict[Role, User]:
    """One sign-in for each role. Hashing is slow on purpose, so it is done once."""
    password = make_password(settings.DEMO_PASSWORD)
    names = {
        Role.FRONT_DESK: "frontdesk",
        Role.MANAGER: "manager",
        Role.THERAPIST: "therapist",
    }
    users = {
        role: User.objects.create(
            username=name, password=password, is_staff=role == Role.MANAGER
        )
        for role, name in names.items()
    }
    for role, user in users.items():
        user.groups.add(Group.objects.get(name=role.value))
    return users
