"""Which messages go by which way, and what has to be planned anew after a change."""

import pghistory
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from clients.models import Channel, Client
from config.noting import noting
from config.records import Record
from scheduling.models.appointments import Appointment
from scheduling.models.therapists import SessionType


@pghistory.track()
class ReminderPlan(Record):
    """Which messages the practice's clients get; or those who come to one session type,
    or one client.

    The narrower plan takes the wider one's place as a whole: a client's goes before
    that of the session type, and that before the practice's. Notices go by `notices_by`
    where that way is open, else by the other. What is not told by message counts as
    told otherwise.
    """

    session_type = models.ForeignKey(
        SessionType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="reminder_plans",
    )
    client = models.ForeignKey(
        Client,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="reminder_plans",
    )
    notices_by = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    tells_booked = models.BooleanField(default=True)
    tells_moved = models.BooleanField(default=True)
    tells_cancelled = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(session_type__isnull=True) | Q(client__isnull=True),
                name="reminder_plan_of_one",
            ),
            models.UniqueConstraint(
                fields=["session_type", "client"],
                nulls_distinct=False,
                name="reminder_plan_once",
            ),
            models.CheckConstraint(
                condition=Q(notices_by__in=Channel.values),
                name="reminder_plan_notices_by",
            ),
        ]
        triggers = [
            noting(
                "INSERT INTO scheduling_planchange (session_type_id)"
                " SELECT {row}.session_type_id WHERE {row}.client_id IS NULL;"
                " INSERT INTO clients_contactchange (client_id)"
                " SELECT {row}.client_id WHERE {row}.client_id IS NOT NULL;",
                of=["session_type_id", "client_id"],
                columns=[
                    "session_type_id",
                    "client_id",
                    "notices_by",
                    "tells_booked",
                    "tells_moved",
                    "tells_cancelled",
                ],
            )
        ]


@pghistory.track()
class ReminderRule(Record):
    """A reminder of a plan: how long before a session, and by which way; by the other
    one where that is not open."""

    plan = models.ForeignKey(
        ReminderPlan, on_delete=models.CASCADE, related_name="reminders"
    )
    before_minutes = models.PositiveIntegerField()
    channel = models.CharField(max_length=5, choices=Channel)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "before_minutes", "channel"], name="reminder_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(before_minutes__gte=30, before_minutes__lte=60 * 24 * 14),
                name="reminder_rule_before_minutes",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="reminder_rule_channel"
            ),
        ]
        triggers = [
            noting(
                "INSERT INTO scheduling_planchange (session_type_id)"
                " SELECT session_type_id FROM scheduling_reminderplan"
                " WHERE id = {row}.plan_id AND client_id IS NULL;"
                " INSERT INTO clients_contactchange (client_id)"
                " SELECT client_id FROM scheduling_reminderplan"
                " WHERE id = {row}.plan_id AND client_id IS NOT NULL;",
                of=["plan_id"],
                columns=["plan_id", "before_minutes", "channel"],
            )
        ]


class PlanChange(models.Model):
    """That it changed what is sent to those who come to one session type; or, where it
    is null, to everybody.

    The database itself notes it, in the transaction of the change and whoever makes it:
    it has been known `since` then, also what is left of it for one therapist only.
    """

    session_type_id = models.UUIDField(null=True)
    therapist_id = models.UUIDField(null=True)
    since = models.DateTimeField(db_default=Now())

    def __str__(self) -> str:
        return f"PlanChange {self.pk}"


class Replanning(models.Model):
    """That the messages of an appointment are to be planned anew, after a change of
    what is sent to its clients; not `not_before`, while somebody is busy with it. What
    was ahead when the change became known, `since`, is not past for having waited."""

    appointment = models.ForeignKey(
        Appointment, on_delete=models.CASCADE, db_constraint=False, related_name="+"
    )
    not_before = models.DateTimeField(db_default=Now())
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], name="replanning_in_turn"),
        ]

    def __str__(self) -> str:
        return f"Replanning {self.pk}"
