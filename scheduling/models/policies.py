"""What the practice has decided about notice, limits, fees and messages."""

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from config.noting import noting
from config.records import Record
from scheduling.engine.discretion import TELLING
from scheduling.models.therapists import SessionType, Therapist


class SessionLimits(Record):
    """The most sessions that a therapist has on a local day, in a week from Monday on,
    and in a row, that is without a break of `break_minutes`. Null is no word on it."""

    sessions_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    sessions_per_week = models.PositiveSmallIntegerField(null=True, blank=True)
    sessions_in_a_row = models.PositiveSmallIntegerField(null=True, blank=True)
    break_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        abstract = True


def _limits_constraints(model: str) -> list[models.BaseConstraint]:
    """Limits that leave something to book, and a break after so many sessions."""
    return [
        models.CheckConstraint(
            condition=Q(sessions_per_day__gte=1, sessions_per_day__lte=50),
            name=f"{model}_sessions_per_day",
        ),
        models.CheckConstraint(
            condition=Q(sessions_per_week__gte=1, sessions_per_week__lte=350),
            name=f"{model}_sessions_per_week",
        ),
        models.CheckConstraint(
            condition=Q(sessions_in_a_row__isnull=True, break_minutes__isnull=True)
            | Q(sessions_in_a_row__isnull=False, break_minutes__isnull=False),
            name=f"{model}_break_after_sessions",
        ),
        models.CheckConstraint(
            condition=Q(sessions_in_a_row__gte=1, sessions_in_a_row__lte=20),
            name=f"{model}_sessions_in_a_row",
        ),
        models.CheckConstraint(
            condition=Q(break_minutes__gte=5, break_minutes__lte=240),
            name=f"{model}_break_minutes",
        ),
    ]


@pghistory.track()
class PracticePolicy(SessionLimits):
    """The practice's own settings; there is one row.

    Quiet hours are minutes after local midnight, from `quiet_from_minute` over midnight
    to `quiet_until_minute`; equal values mean none. `sender_label` stands at the head
    of messages and must not give away what the practice does. `sms_per_day` and
    `sms_per_week`, from Monday on, are the most texts to one number that a reminder may
    add to; null is no word on it. An hour that is offered to somebody who waits is kept
    for `offer_minutes`.
    """

    singleton = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(max_length=100)
    sender_label = models.CharField(max_length=30, default="Your appointment")
    callback_phone = models.CharField(max_length=20, blank=True)
    minimum_notice_hours = models.PositiveSmallIntegerField(default=12)
    booking_horizon_days = models.PositiveSmallIntegerField(default=120)
    late_cancel_hours = models.PositiveSmallIntegerField(default=24)
    no_show_grace_minutes = models.PositiveSmallIntegerField(default=15)
    hold_minutes = models.PositiveSmallIntegerField(
        default=5, validators=[MinValueValidator(1)]
    )
    holds_per_user = models.PositiveSmallIntegerField(default=3)
    offer_minutes = models.PositiveSmallIntegerField(default=120, db_default=120)
    default_travel_minutes = models.PositiveSmallIntegerField(default=30)
    booked_notice_delay_minutes = models.PositiveSmallIntegerField(default=3)
    quiet_from_minute = models.PositiveSmallIntegerField(default=20 * 60)
    quiet_until_minute = models.PositiveSmallIntegerField(default=8 * 60)
    sms_per_day = models.PositiveSmallIntegerField(null=True, blank=True)
    sms_per_week = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "practice policies"
        constraints = [
            models.CheckConstraint(
                condition=Q(singleton=True), name="practice_policy_only_one"
            ),
            models.CheckConstraint(
                condition=Q(booking_horizon_days__gte=1, booking_horizon_days__lte=365),
                name="practice_policy_horizon",
            ),
            models.CheckConstraint(
                condition=Q(hold_minutes__gte=1, hold_minutes__lte=60),
                name="practice_policy_hold_minutes",
            ),
            models.CheckConstraint(
                condition=Q(holds_per_user__gte=1, holds_per_user__lte=20),
                name="practice_policy_holds_per_user",
            ),
            models.CheckConstraint(
                condition=Q(offer_minutes__gte=15, offer_minutes__lte=24 * 60),
                name="practice_policy_offer_minutes",
            ),
            models.CheckConstraint(
                condition=Q(
                    quiet_from_minute__lt=1440,
                    quiet_until_minute__lte=F("quiet_from_minute"),
                ),
                name="practice_policy_quiet_over_midnight",
            ),
            models.CheckConstraint(
                condition=~Q(sender_label__iregex=TELLING),
                name="practice_policy_label_tells_nothing",
            ),
            models.CheckConstraint(
                condition=Q(sms_per_day__gte=1, sms_per_day__lte=50),
                name="practice_policy_sms_per_day",
            ),
            models.CheckConstraint(
                condition=Q(sms_per_week__gte=1, sms_per_week__lte=350),
                name="practice_policy_sms_per_week",
            ),
            *_limits_constraints("practice_policy"),
        ]
        triggers = [
            noting(
                "INSERT INTO scheduling_planchange (session_type_id) VALUES (NULL);",
                columns=["quiet_from_minute", "quiet_until_minute"],
            )
        ]


@pghistory.track()
class PolicyOverride(SessionLimits):
    """What is decided otherwise for one therapist, or for one session type.

    Null is as the wider level says: a therapist's word goes before that of the session
    type, and that before the practice's. A session type has its buffers itself; those
    of a therapist hold around all of their sessions.
    """

    therapist = models.OneToOneField(
        Therapist,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="policy_override",
    )
    session_type = models.OneToOneField(
        SessionType,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="policy_override",
    )
    minimum_notice_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    booking_horizon_days = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_before_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    buffer_after_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    late_cancel_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    no_show_grace_minutes = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(therapist__isnull=True, session_type__isnull=False)
                | Q(therapist__isnull=False, session_type__isnull=True),
                name="policy_override_of_one",
            ),
            models.CheckConstraint(
                condition=Q(booking_horizon_days__gte=1, booking_horizon_days__lte=365),
                name="policy_override_horizon",
            ),
            models.CheckConstraint(
                condition=Q(therapist__isnull=False)
                | Q(
                    buffer_before_minutes__isnull=True,
                    buffer_after_minutes__isnull=True,
                ),
                name="policy_override_buffers_of_therapist",
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=120),
                name="policy_override_buffer_before",
            ),
            models.CheckConstraint(
                condition=Q(buffer_after_minutes__lte=120),
                name="policy_override_buffer_after",
            ),
            *_limits_constraints("policy_override"),
        ]
