"""The guarantee: a therapist who fits, or another one, or the money back."""

from typing import Any, Self
from uuid import UUID

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from clients.models import Client
from config.records import Record
from scheduling.models.appointments import Appointment
from scheduling.models.attendances import Attendance
from scheduling.models.guarantee_states import (
    ASKED,
    GUARANTEE_TRANSITIONS,
    OUTCOMES,
    SETTLED,
    STORED,
    STORED_TRANSITIONS,
    GuaranteeState,
    MovedBy,
    NoFit,
    Party,
)
from scheduling.models.intakes import Intake
from scheduling.models.matches import Match
from scheduling.models.statuses import ATTENDING, AppointmentStatus, AttendanceStatus
from scheduling.models.therapists import (
    SHORTEST_TRIAL_MINUTES,
    SessionFormat,
    Therapist,
)

CURRENCY = "USD"
MOST_CENTS = 1_000_000
MOST_ROUNDS = 2  # somebody is matched, and matched again once
LONGEST_WHY = 500

_S = GuaranteeState


def first_sessions(
    client: Any,  # Any: a row, or an outer reference
    therapist: Any,  # Any: likewise
    since: Any,  # Any: likewise
) -> QuerySet[Attendance]:
    """The client's part in their sessions with the therapist from `since` on, the
    earliest first: those to come and those that took place."""
    return (
        sessions_of(client)
        .filter(appointment__therapist=therapist, starts_at__gte=since)
        .order_by("starts_at", "pk")
    )


def sessions_of(
    client: Any,  # Any: a row, or an outer reference
) -> QuerySet[Attendance]:
    """The client's part in each session that is to come or took place with them, and of
    a type that may be the first one (`SessionType.may_be_trial`)."""
    return (
        Attendance.objects.filter(
            client=client,
            status__in=ATTENDING,
            occupies=True,
            appointment__session_type__duration_minutes__gte=SHORTEST_TRIAL_MINUTES,
        )
        .exclude(appointment__status=AppointmentStatus.HELD)
        .exclude(appointment__session_type__format=SessionFormat.GROUP)
    )


class GuaranteeQuerySet(models.QuerySet["Guarantee"]):
    def with_progress(self) -> Self:
        """With `session`, the key of the current round's first session if there is one,
        and `progress`, the state that follows from it.

        It is the one named as `trial` while that stands, else the earliest that the
        client has with the therapist since they were matched. What has been asked
        stands, whatever becomes of the session later.
        """
        named = sessions_of(OuterRef("client")).filter(
            appointment=OuterRef("current__trial")
        )
        first = first_sessions(
            OuterRef("client"),
            OuterRef("current__therapist"),
            OuterRef("current__matched_at"),
        )
        attended = Attendance.objects.filter(
            client=OuterRef("client"),
            appointment=OuterRef("session"),
            status=AttendanceStatus.ATTENDED,
            appointment__status=AppointmentStatus.COMPLETED,
        )
        return self.annotate(
            session=Case(
                When(~Q(state=_S.MATCHED) | Q(Exists(named)), then=F("current__trial")),
                default=Subquery(first.values("appointment")[:1]),
                output_field=models.UUIDField(),
            )
        ).annotate(
            progress=Case(
                When(~Q(state=_S.MATCHED), then=F("state")),
                When(Exists(attended), then=Value(_S.TRIAL_ATTENDED)),
                When(session__isnull=False, then=Value(_S.TRIAL_BOOKED)),
                default=F("state"),
                output_field=models.CharField(),
            )
        )

    def with_session_office(self) -> Self:
        """With `session_office`, where that session is; after `with_progress`."""
        sessions = Appointment.objects.filter(pk=OuterRef("session"))
        return self.annotate(session_office=Subquery(sessions.values("office")[:1]))


@pghistory.track()
class Guarantee(Record):
    """What the practice promises one new client, and how far that has come.

    `state` is what somebody has decided; whether the first session is booked or was
    attended is told by the session alone (`GuaranteeQuerySet.with_progress`). Who is
    matched again has a credit for a first session until `credit_until`, included.
    """

    State = GuaranteeState

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="guarantees", db_index=False
    )
    intake = models.ForeignKey(
        Intake,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guarantees",
    )
    state = models.CharField(
        max_length=14, choices=GuaranteeState, default=GuaranteeState.INTAKE
    )
    current = models.OneToOneField(
        "GuaranteeRound",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    credit_until = models.DateField(null=True, blank=True)
    refund_cents = models.PositiveIntegerField(null=True, blank=True)
    currency = models.CharField(max_length=3, default=CURRENCY)
    settled_because = models.CharField(max_length=LONGEST_WHY, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    objects = GuaranteeQuerySet.as_manager()

    # Of `with_progress`.
    session: UUID | None
    progress: str

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client"], name="guarantee_once"),
            models.CheckConstraint(
                condition=Q(state__in=STORED), name="guarantee_state"
            ),
            models.CheckConstraint(
                condition=Q(state=_S.INTAKE, current__isnull=True)
                | ~Q(state=_S.INTAKE) & Q(current__isnull=False),
                name="guarantee_matched",
            ),
            models.CheckConstraint(
                condition=Q(state__in=SETTLED, settled_at__isnull=False)
                & ~Q(settled_because="")
                | ~Q(state__in=SETTLED)
                & Q(settled_at__isnull=True, settled_because=""),
                name="guarantee_settled_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(
                    state=_S.REFUNDED,
                    refund_cents__isnull=False,
                    refund_cents__gte=1,
                    refund_cents__lte=MOST_CENTS,
                )
                | ~Q(state=_S.REFUNDED) & Q(refund_cents__isnull=True),
                name="guarantee_refund",
            ),
            models.CheckConstraint(
                condition=Q(currency=CURRENCY), name="guarantee_currency"
            ),
            models.CheckConstraint(
                condition=~Q(state=_S.REMATCH_ASKED) | Q(credit_until__isnull=False),
                name="guarantee_credit",
            ),
        ]
        indexes = [
            models.Index(fields=["-created_at", "-id"], name="guarantee_newest"),
            models.Index(
                fields=["state"],
                condition=Q(state__in=ASKED),
                name="guarantee_asked",
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="transitions", field="state", transitions=STORED_TRANSITIONS
            )
        ]

    def may_become(self, state: GuaranteeState) -> bool:
        """Whether somebody may bring it there from its `progress`."""
        mover = GUARANTEE_TRANSITIONS[self.progress].get(state)
        return mover is not None and mover != MovedBy.SESSION


@pghistory.track()
class GuaranteeRound(Record):
    """One therapist whom the client was matched with, and what came of it.

    `trial` is the first session where somebody has named it, and, from when there is an
    `outcome`, in any case. The outcome is said by one of the two parties, and recorded
    by a user; where it is no fit, with a reason.
    """

    guarantee = models.ForeignKey(
        Guarantee, on_delete=models.PROTECT, related_name="rounds"
    )
    number = models.PositiveSmallIntegerField()
    therapist = models.ForeignKey(
        Therapist, on_delete=models.PROTECT, related_name="guarantee_rounds"
    )
    match = models.ForeignKey(
        Match, on_delete=models.PROTECT, null=True, blank=True, related_name="rounds"
    )
    matched_at = models.DateTimeField()
    matched_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    trial = models.ForeignKey(
        Appointment,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="guarantee_rounds",
    )
    outcome = models.CharField(
        max_length=14, choices=[(each, each.label) for each in OUTCOMES], blank=True
    )
    said_by = models.CharField(max_length=9, choices=Party, blank=True)
    reason = models.CharField(max_length=13, choices=NoFit, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    told_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["guarantee", "number"], name="guarantee_round_number"
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1, number__lte=MOST_ROUNDS),
                name="guarantee_round_at_most_two",
            ),
            models.CheckConstraint(
                condition=Q(outcome="", told_at__isnull=True, reason="", said_by="")
                | Q(
                    outcome=_S.CONTINUES,
                    told_at__isnull=False,
                    trial__isnull=False,
                    reason="",
                )
                | Q(
                    outcome__in=ASKED,
                    told_at__isnull=False,
                    trial__isnull=False,
                    reason__in=NoFit.values,
                    said_by__in=Party.values,
                ),
                name="guarantee_round_outcome",
            ),
            # A second rematch would be a third round, and the outcome of the second.
            models.CheckConstraint(
                condition=Q(number=1) | ~Q(outcome=_S.REMATCH_ASKED),
                name="guarantee_round_rematch_once",
            ),
        ]
        indexes = [
            models.Index(fields=["matched_at"], name="guarantee_round_matched"),
        ]


class GuaranteeWords(Record):
    """What somebody said of why it is no fit, in their own words; once more if they
    want the money instead of another therapist.

    Apart from the round, so that whoever reads, lists or tracks guarantees has no way
    to come upon it.
    """

    round = models.ForeignKey(
        GuaranteeRound, on_delete=models.PROTECT, related_name="words"
    )
    text = models.CharField(max_length=1000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "guarantee words"
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="guarantee_words_said"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
            )
        ]
