"""Whatever happens in whichever order, what waits is what planning anew would give.

But for one thing: a reminder whose time passed while no way was open to somebody waits
again when one opens within the day (test_replanning.py).
"""

from datetime import datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from clients.models import (
    Channel,
    Client,
    ConsentBasis,
    ConsentStatus,
    ContactChange,
    Guardian,
)
from scheduling import recipients, reminders, replanning
from scheduling.models import (
    NO_WAY,
    Appointment,
    AppointmentStatus,
    Attendance,
    AttendanceStatus,
    Message,
    MessageKind,
    MessageState,
    PlanChange,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
)
from scheduling.waiting import OWED_FOR
from tests.factories.clients import (
    ClientFactory,
    ContactConsentFactory,
    GuardianFactory,
)
from tests.factories.scheduling import (
    AppointmentFactory,
    PracticePolicyFactory,
    ReminderPlanFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
)
from tests.scheduling.test_reminders import NOW, change
from tests.times import FRIDAY, SUNDAY, THURSDAY, ZONE, at

pytestmark = pytest.mark.django_db

HOURS = (time(9), time(12), time(15), time(20, 30))  # it never is the small hours
OFFSETS = (120, 12 * 60, 24 * 60, 48 * 60)
ADDRESSES = {"email": ("", "robin@example.org"), "phone": ("", "+13105550199")}
EXAMPLES = settings(
    max_examples=15, deadline=None, suppress_health_check=list(HealthCheck)
)
CONTROL = settings(EXAMPLES, max_examples=50, phases=[Phase.generate])

level = st.sampled_from(["practice", "session_type", "client"])
channel = st.sampled_from(Channel.values)
who = st.integers(0, 1)
steps = st.one_of(
    st.tuples(
        st.just("plan"),
        level,
        channel,
        st.dictionaries(st.sampled_from(OFFSETS), channel),
    ),
    st.tuples(st.just("no_plan"), level),
    st.tuples(
        st.just("consent"), who, st.booleans(), channel, st.sampled_from(ConsentStatus)
    ),
    st.tuples(st.just("wish"), who, channel, st.booleans()),
    st.tuples(st.just("address"), who, st.sampled_from([*ADDRESSES]), st.booleans()),
    st.tuples(st.just("guardian_is"), st.booleans(), st.booleans()),
    st.tuples(st.just("basis"), st.sampled_from(["", *ConsentBasis.values])),
    st.tuples(st.just("quiet"), st.sampled_from([0, 18 * 60, 20 * 60])),
    st.tuples(st.just("move"), st.integers(0, 2), st.integers(-20, 20)),
    st.tuples(st.just("call_off"), st.integers(0, 2)),
    st.tuples(st.just("clock"), st.integers(0, 2), st.sampled_from(HOURS)),
)
stories = st.lists(steps, min_size=1, max_size=10)


class Practice:
    """Sessions of an adult, of a minor, and of both, and a clock that is driven."""

    def __init__(self):
        self.now = NOW
        PracticePolicyFactory.create()
        self.kind = SessionTypeFactory.create(couples=True)
        self.people = [
            ClientFactory.create(),
            ClientFactory.create(born_on=self.now.date().replace(year=2013)),
        ]
        self.guardian = GuardianFactory.create(client=self.people[1])
        ReminderRuleFactory.create()
        starts = (at(THURSDAY, "06:30"), at(FRIDAY, "10:00"), at(SUNDAY, "19:00"))
        parties = ([self.people[0]], [self.people[1]], self.people)
        self.appointments = [
            AppointmentFactory.create(
                starts_at=start, clients=party, session_type=self.kind
            )
            for start, party in zip(starts, parties, strict=True)
        ]
        for appointment in self.appointments:
            reminders.plan(appointment, now=self.now)
        self.follow()

    def follow(self):
        # PostgreSQL notes changes by a clock of its own, which nobody drives.
        for notes in (ContactChange, PlanChange):
            notes.objects.update(since=self.now)
        replanning.work_off(now=self.now)

    def take(self, step):
        name, *values = step
        getattr(self, name)(*values)
        self.follow()

    def plan(self, level, notices_by, rules):
        own = ReminderPlanFactory.create(**self.whom(level))
        ReminderPlan.objects.filter(pk=own.pk).update(notices_by=notices_by)
        own.reminders.all().delete()
        for minutes, channel in rules.items():
            ReminderRule.objects.create(
                plan=own, before_minutes=minutes, channel=channel
            )

    def no_plan(self, level):
        ReminderPlan.objects.filter(
            **{"session_type": None, "client": None} | self.whom(level)
        ).delete()

    def whom(self, level):
        return {
            "practice": {},
            "session_type": {"session_type": self.kind},
            "client": {"client": self.people[1]},
        }[level]

    def consent(self, who, of_guardian, channel, status):
        client = self.people[who]
        ContactConsentFactory.create(
            client=client,
            guardian=self.guardian if of_guardian and who else None,
            channel=channel,
            status=status,
            at=self.now + timedelta(microseconds=client.contact_consents.count()),
        )

    def wish(self, who, channel, value):
        Client.objects.filter(pk=self.people[who].pk).update(
            **{f"wants_{channel}": value}
        )

    def address(self, who, name, is_given):
        other = {"email": "phone", "phone": "email"}[name]
        row = Client.objects.get(pk=self.people[who].pk)
        if is_given or getattr(row, other):
            Client.objects.filter(pk=row.pk).update(**{name: ADDRESSES[name][is_given]})

    def guardian_is(self, receives, has_phone):
        Guardian.objects.update(
            receives_messages=receives, phone="+18185550199" if has_phone else ""
        )

    def basis(self, value):
        Client.objects.filter(pk=self.people[1].pk).update(consent_basis=value)

    def quiet(self, quiet_from):
        PracticePolicy.objects.update(
            quiet_from_minute=quiet_from, quiet_until_minute=8 * 60 if quiet_from else 0
        )

    def move(self, number, hours):
        appointment = self.appointment(number)
        start = appointment.starts_at + timedelta(hours=hours)
        if hours and start > self.now and appointment.status in reminders.EXPECTED:
            change(appointment, starts_at=start)
            reminders.replan(appointment, now=self.now)

    def call_off(self, number):
        appointment = self.appointment(number)
        if appointment.status in reminders.EXPECTED:
            appointment.attendances.update(
                status=AttendanceStatus.CANCELLED, cancelled_at=self.now
            )
            change(
                appointment,
                status=AppointmentStatus.CANCELLED,
                cancelled_at=self.now,
            )
            reminders.replan(appointment, now=self.now)

    def clock(self, days, hour):
        """Time passes, and what becomes due goes out."""
        day = self.now.astimezone(ZONE).date() + timedelta(days=days)
        self.now = max(self.now, datetime.combine(day, hour, tzinfo=ZONE))
        for row in Message.objects.pending().filter(due_at__lte=self.now):
            is_late = row.due_at > row.not_after
            row.state = MessageState.EXPIRED if is_late else MessageState.SENT
            row.sent_at = None if is_late else row.due_at
            row.save()

    def appointment(self, number):
        return Appointment.objects.get(pk=self.appointments[number].pk)


def check(practice):
    for number in range(3):
        appointment = practice.appointment(number)
        if appointment.starts_at > practice.now:
            now = practice.now
            assert waiting_reminders(appointment, now) == planned_anew(appointment, now)
            check_notices(appointment)


def waiting_reminders(appointment, now):
    rows = appointment.messages.pending().filter(kind=MessageKind.REMINDER)
    return sorted(what(row) for row in rows if not is_made_up_for(row, now))


def is_made_up_for(row, now):
    had_no_way = Message.objects.filter(
        appointment=row.appointment,
        recipient=row.recipient,
        before_start_minutes=row.before_start_minutes,
        events__state=MessageState.CANCELLED,
        events__last_error__in=NO_WAY,
    )
    return now - OWED_FOR < row.due_at < now and had_no_way.exists()


def what(row):
    return row.recipient, row.before_start_minutes, row.channel, row.due_at


def planned_anew(appointment, now):
    """As if it was booked now; without what each has been told at the same offset."""
    if appointment.status not in reminders.EXPECTED:
        return []
    told = {
        (row.recipient, row.before_start_minutes)
        for row in present(appointment).filter(
            kind=MessageKind.REMINDER, state=MessageState.SENT
        )
    }
    with transaction.atomic():
        appointment.messages.all().delete()
        reminders.plan(Appointment.objects.get(pk=appointment.pk), now=now)
        anew = [
            what(row)
            for row in appointment.messages.pending().filter(kind=MessageKind.REMINDER)
        ]
        transaction.set_rollback(True)
    return sorted(row for row in anew if row[:2] not in told)


def present(appointment):
    return appointment.messages.filter(facts_version=appointment.facts_version)


def check_notices(appointment):
    """Each waits for somebody who is to have it, does not know it, and by their way."""
    parts = Attendance.objects.filter(appointment=appointment).select_related("client")
    clients = [part.client for part in parts]
    terms = recipients.terms(client.pk for client in clients)
    ways = {}
    for recipient in recipients.of_clients(appointment, clients, terms):
        first = terms.plan(appointment, recipient.client).notices_by
        others = list(recipient.channels[:1])
        ways[recipient.person.pk] = [first] if first in recipient.channels else others
    notices = present(appointment).exclude(kind=MessageKind.REMINDER)
    told = set(notices.filter(state=MessageState.SENT).values_list("recipient"))
    waits = [(row.recipient, row.channel) for row in notices.pending()]
    assert len({person for person, _ in waits}) == len(waits)
    assert not {(person,) for person, _ in waits} & told
    assert all(ways.get(person) == [channel] for person, channel in waits)


def run(story):
    with transaction.atomic():
        practice = Practice()
        try:
            check(practice)
            for step in story:
                practice.take(step)
                check(practice)
        finally:
            transaction.set_rollback(True)


# A reminder that a plan drops does not come back when its time is over.
DROPPED = [
    ("plan", "session_type", "sms", {120: "sms"}),
    ("clock", 2, time(9)),
    ("no_plan", "session_type"),
]
# The text of the evening before goes when there is a way again.
UNREACHABLE = [
    ("wish", 0, "sms", False),
    ("address", 0, "email", False),
    ("clock", 2, time(9)),
    ("wish", 0, "sms", True),
]


@EXAMPLES
@given(stories)
@example(DROPPED)
@example(UNREACHABLE)
def test_what_waits_is_what_planning_anew_would_give(story):
    run(story)


@pytest.mark.parametrize(
    ("module", "name", "careless"),
    [
        (reminders, "renew", lambda *_, **__: None),
        (replanning, "_spread_plan_changes", lambda _: None),
        (replanning, "_spread_contact_changes", lambda _: None),
    ],
)
def test_control_planning_anew_notices_what_is_left_out(
    monkeypatch, module, name, careless
):
    monkeypatch.setattr(module, name, careless)

    with pytest.raises(AssertionError):
        CONTROL(given(stories)(run))()
