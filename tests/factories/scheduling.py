"""Therapists at work, and what is booked with them."""

from datetime import date, timedelta
from hashlib import sha256

import factory
from factory.django import DjangoModelFactory

from clients.models import AgeGroup, Channel
from config.clock import database_now
from scheduling.engine.wall_clock import as_datetime, hours_before
from scheduling.knowledge import facts_digest
from scheduling.models import (
    OCCUPYING,
    Answer,
    AnswerKind,
    AnswerVia,
    Appointment,
    AppointmentSeries,
    Attendance,
    AvailabilityOverride,
    AvailabilityRule,
    CalendarLink,
    Decision,
    LicenseType,
    Message,
    MessageKind,
    MessageResolution,
    Modality,
    Mode,
    PolicyOverride,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
    SessionType,
    Therapist,
    TimeOff,
    WaitlistEntry,
    WaitlistOffer,
    WorkMode,
)
from tests.factories.clients import ClientFactory
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.times import MONDAY_9AM, NOW, ZONE


class ModalityFactory(DjangoModelFactory[Modality]):
    class Meta:
        model = Modality
        django_get_or_create = ("slug",)

    slug = "interpersonal-psychotherapy"
    name = "Interpersonal Psychotherapy"
    abbreviation = "IPT"


class SessionTypeFactory(DjangoModelFactory[SessionType]):
    """Fifty minutes, ten minutes for notes after, every half hour."""

    class Meta:
        model = SessionType
        django_get_or_create = ("slug",)

    class Params:
        couples = factory.Trait(
            slug="couples-80",
            name="Couples session",
            format="couple",
            duration_minutes=80,
            clients_min=2,
            clients_max=2,
        )
        group = factory.Trait(
            slug="group-90",
            name="Group session",
            format="group",
            duration_minutes=90,
            clients_max=4,
        )
        consultation = factory.Trait(
            slug="consultation-15",
            name="Free consultation",
            duration_minutes=15,
            for_new_clients=True,
        )
        intake = factory.Trait(
            slug="intake-50", name="First session", for_new_clients=True
        )

    slug = "individual-50"
    name = "Individual session"
    duration_minutes = 50
    buffer_after_minutes = 10
    start_every_minutes = 30


class TherapistFactory(DjangoModelFactory[Therapist]):
    """Sees adults in individual sessions at one office and by video."""

    class Meta:
        model = Therapist
        skip_postgeneration_save = True

    display_name = factory.Sequence("Dr. Example {}".format)
    license_type = LicenseType.PSYCHOLOGIST
    languages = ["en"]
    age_groups = [AgeGroup.ADULT]

    @factory.post_generation
    def offices(self, create, extracted, **kwargs):
        self.offices.set(extracted or [])

    @factory.post_generation
    def session_types(self, create, extracted, **kwargs):
        self.session_types.set(
            [SessionTypeFactory.create()] if extracted is None else extracted
        )

    @factory.post_generation
    def modalities(self, create, extracted, **kwargs):
        self.modalities.set(extracted or [])


class AvailabilityRuleFactory(DjangoModelFactory[AvailabilityRule]):
    """Mondays from nine to five at an office with a room, in person or by video."""

    class Meta:
        model = AvailabilityRule

    office = factory.LazyFunction(lambda: RoomFactory.create().office)
    therapist = factory.LazyAttribute(
        lambda o: TherapistFactory.create(offices=[o.office] if o.office else [])
    )
    weekday = 0
    start_minute = 9 * 60
    end_minute = 17 * 60
    valid_from = date(2026, 1, 5)
    mode = WorkMode.BOTH


class AvailabilityOverrideFactory(DjangoModelFactory[AvailabilityOverride]):
    class Meta:
        model = AvailabilityOverride

    office = factory.LazyFunction(lambda: RoomFactory.create().office)
    therapist = factory.LazyAttribute(
        lambda o: TherapistFactory.create(offices=[o.office] if o.office else [])
    )
    date = date(2027, 1, 9)
    start_minute = 10 * 60
    end_minute = 14 * 60


class TimeOffFactory(DjangoModelFactory[TimeOff]):
    class Meta:
        model = TimeOff

    therapist = factory.SubFactory(TherapistFactory)
    starts_at = MONDAY_9AM
    ends_at = MONDAY_9AM + timedelta(hours=8)


class CalendarLinkFactory(DjangoModelFactory[CalendarLink]):
    """Of a therapist, or of an office if that is given; its secret is `secret`, and
    whoever runs the server was told it."""

    class Meta:
        model = CalendarLink
        exclude = ("secret",)

    secret = factory.Sequence("secret{}".format)
    digest = factory.LazyAttribute(lambda o: sha256(o.secret.encode()).digest())
    office = None
    therapist = factory.LazyAttribute(
        lambda o: None if o.office else TherapistFactory.create()
    )
    issued_at = NOW


class AppointmentFactory(DjangoModelFactory[Appointment]):
    """Fifty minutes in person on Monday at nine, scheduled, with one client."""

    class Meta:
        model = Appointment
        skip_postgeneration_save = True

    class Params:
        cancelled = factory.Trait(
            status=Appointment.Status.CANCELLED,
            cancelled_at=factory.LazyAttribute(lambda o: o.starts_at - timedelta(3)),
        )
        held = factory.Trait(
            status=Appointment.Status.HELD,
            # By PostgreSQL's clock, which tests do not move.
            hold_expires_at=factory.LazyFunction(
                lambda: database_now() + timedelta(minutes=5)
            ),
        )
        telehealth = factory.Trait(mode=Mode.TELEHEALTH, room=None)

    room = factory.SubFactory(RoomFactory)
    office = factory.LazyAttribute(
        lambda o: o.room.office if o.room else OfficeFactory.create()
    )
    therapist = factory.LazyAttribute(
        lambda o: TherapistFactory.create(offices=[o.office] if o.office else [])
    )
    session_type = factory.SubFactory(SessionTypeFactory)
    mode = Mode.IN_PERSON
    starts_at = MONDAY_9AM
    ends_at = factory.LazyAttribute(
        lambda o: o.starts_at + timedelta(minutes=o.session_type.duration_minutes)
    )
    late_cancel_at = factory.LazyAttribute(
        lambda o: as_datetime(hours_before(int(o.starts_at.timestamp()), 24, ZONE))
    )

    @factory.post_generation
    def clients(self, create, extracted, **kwargs):
        clients = [ClientFactory.create()] if extracted is None else extracted
        for client in clients:
            AttendanceFactory.create(appointment=self, client=client)


class AppointmentSeriesFactory(DjangoModelFactory[AppointmentSeries]):
    """Every Monday at nine, in person; without an occurrence yet."""

    class Meta:
        model = AppointmentSeries

    office = factory.SubFactory(OfficeFactory)
    therapist = factory.LazyAttribute(
        lambda o: TherapistFactory.create(offices=[o.office] if o.office else [])
    )
    session_type = factory.SubFactory(SessionTypeFactory)
    mode = Mode.IN_PERSON
    weekday = 0
    start_minute = 9 * 60
    every_weeks = 1


class AttendanceFactory(DjangoModelFactory[Attendance]):
    class Meta:
        model = Attendance

    appointment = factory.SubFactory(AppointmentFactory, clients=[])
    client = factory.SubFactory(ClientFactory)
    starts_at = factory.SelfAttribute("appointment.starts_at")
    ends_at = factory.SelfAttribute("appointment.ends_at")
    occupies = factory.LazyAttribute(lambda o: o.appointment.status in OCCUPYING)


class PracticePolicyFactory(DjangoModelFactory[PracticePolicy]):
    """The practice's own policy."""

    class Meta:
        model = PracticePolicy
        django_get_or_create = ("singleton",)

    singleton = True
    name = "My LA Therapy"
    callback_phone = "(310) 555-0100"


class PolicyOverrideFactory(DjangoModelFactory[PolicyOverride]):
    """For one therapist, or for one session type if that is given. It says nothing."""

    class Meta:
        model = PolicyOverride

    session_type = None
    therapist = factory.LazyAttribute(
        lambda o: None if o.session_type else TherapistFactory.create()
    )


class ReminderPlanFactory(DjangoModelFactory[ReminderPlan]):
    """The practice's; every notice, by e-mail if possible, and no reminder."""

    class Meta:
        model = ReminderPlan
        django_get_or_create = ("session_type", "client")

    session_type = None
    client = None


class ReminderRuleFactory(DjangoModelFactory[ReminderRule]):
    """Of the practice's plan: a text a day before."""

    class Meta:
        model = ReminderRule
        django_get_or_create = ("plan", "before_minutes", "channel")

    plan = factory.SubFactory(ReminderPlanFactory)
    before_minutes = 24 * 60
    channel = Channel.SMS


class MessageFactory(DjangoModelFactory[Message]):
    """A text that is due now, about an appointment of Monday."""

    class Meta:
        model = Message

    appointment = factory.SubFactory(AppointmentFactory)
    facts_version = factory.SelfAttribute("appointment.facts_version")
    facts_digest = factory.LazyAttribute(
        lambda o: facts_digest(o.appointment, has_left=o.kind == MessageKind.CANCELLED)
    )
    kind = MessageKind.REMINDER
    channel = Channel.SMS
    before_start_minutes = 24 * 60
    client = factory.LazyAttribute(lambda o: o.appointment.attendances.get().client)
    recipient = factory.SelfAttribute("client.pk")
    due_at = NOW
    not_after = factory.LazyAttribute(
        lambda o: o.appointment.starts_at - timedelta(minutes=15)
    )


class AnswerFactory(DjangoModelFactory[Answer]):
    """Words that came back to the text about an appointment of Monday."""

    class Meta:
        model = Answer

    kind = AnswerKind.WORDS
    via = AnswerVia.SMS
    message = factory.SubFactory(MessageFactory, state="sent", sent_at=NOW)
    appointment = factory.LazyAttribute(lambda o: o.message and o.message.appointment)
    client = factory.LazyAttribute(lambda o: o.message and o.message.client)
    phone = "+13105550123"
    words = "I am late, sorry"
    at = NOW


class MessageResolutionFactory(DjangoModelFactory[MessageResolution]):
    class Meta:
        model = MessageResolution

    message = factory.SubFactory(MessageFactory)
    decision = Decision.TOLD_OTHERWISE
    at = NOW


class WaitlistEntryFactory(DjangoModelFactory[WaitlistEntry]):
    """Somebody who would come to anyone, anywhere, at any time in the next weeks."""

    class Meta:
        model = WaitlistEntry
        skip_postgeneration_save = True

    client = factory.SubFactory(ClientFactory)
    session_type = factory.SubFactory(SessionTypeFactory)
    until = date(2027, 2, 26)
    created_at = NOW

    @factory.post_generation
    def therapists(self, create, extracted, **kwargs):
        self.therapists.set(extracted or [])

    @factory.post_generation
    def offices(self, create, extracted, **kwargs):
        self.offices.set(extracted or [])


class WaitlistOfferFactory(DjangoModelFactory[WaitlistOffer]):
    """Monday at nine, kept for somebody who waits."""

    class Meta:
        model = WaitlistOffer

    entry = factory.SubFactory(WaitlistEntryFactory)
    appointment = factory.LazyAttribute(
        lambda o: AppointmentFactory.create(held=True, clients=[o.entry.client])
    )
    offered_at = NOW
    expires_at = factory.SelfAttribute("appointment.hold_expires_at")
