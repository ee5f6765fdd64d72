"""What the practice has decided about notice, fees and messages."""

import pghistory
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q

from clients.models import Channel
from config.records import Record


@pghistory.track()
class PracticePolicy(Record):
    """The practice's own settings; there is one row.

    Quiet hours are minutes after local midnight, from `quiet_from_minute` over midnight
    to `quiet_until_minute`; equal values mean none. `sender_label` stands at the head
    of messages and must not give away what the practice does.
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
    default_travel_minutes = models.PositiveSmallIntegerField(default=30)
    booked_notice_delay_minutes = models.PositiveSmallIntegerField(default=3)
    quiet_from_minute = models.PositiveSmallIntegerField(default=20 * 60)
    quiet_until_minute = models.PositiveSmallIntegerField(default=8 * 60)

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
                condition=Q(
                    quiet_from_minute__lt=1440,
                    quiet_until_minute__lte=F("quiet_from_minute"),
                ),
                name="practice_policy_quiet_over_midnight",
            ),
        ]


@pghistory.track()
class ReminderRule(Record):
    """A reminder that each appointment calls for: how long before, and by which way."""

    before_minutes = models.PositiveIntegerField()
    channel = models.CharField(max_length=5, choices=Channel)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["before_minutes", "channel"], name="reminder_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(before_minutes__gte=30, before_minutes__lte=60 * 24 * 14),
                name="reminder_rule_before_minutes",
            ),
            models.CheckConstraint(
                condition=Q(channel__in=Channel.values), name="reminder_rule_channel"
            ),
        ]
