"""Who waits for an hour, what they are offered, and which hours have become free."""

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from clients.models import Client, PresentingConcern
from config.noting import noting_opening
from config.records import Record
from locations.models import Closure, Office
from scheduling.models.appointments import Appointment
from scheduling.models.statuses import Mode
from scheduling.models.therapists import Modality, SessionType, Therapist

MOST_OFFERS_PER_DAY = 10


class EntryState(models.TextChoices):
    """`lapsed` is never stored: it is what the calendar makes of `waiting`."""

    WAITING = "waiting", "Waiting"
    BOOKED = "booked", "Booked"
    WITHDRAWN = "withdrawn", "Withdrawn"
    LAPSED = "lapsed", "Lapsed"


class OfferState(models.TextChoices):
    OFFERED = "offered", "Offered"
    ACCEPTED = "accepted", "Accepted"
    DECLINED = "declined", "Declined"
    LAPSED = "lapsed", "Lapsed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class OfferVia(models.TextChoices):
    """How an offer was answered."""

    LINK = "link", "By the link of a message"
    PHONE = "phone", "By telephone, to the front desk"


class Because(models.TextChoices):
    """Why an offer was taken back."""

    DESK = "desk", "The front desk took it back"
    BOOKED_OVER = "booked_over", "The hour was given to somebody else"
    ENTRY_WITHDRAWN = "entry_withdrawn", "They wait no longer"
    NOT_REACHED = "not_reached", "No message could reach them"


_STORED = [EntryState.WAITING, EntryState.BOOKED, EntryState.WITHDRAWN]


@pghistory.track()
class WaitlistEntry(Record):
    """A client's wish for an hour that is not free yet.

    Empty `therapists`, `offices`, `modes` or `weekdays` mean any; `modality` and
    `concern` narrow the therapists. `time_from` and `time_to` are minutes after local
    midnight, of a session's start and of its end. It lapses by itself after `until`.
    `passed_over_at` is when somebody else was last offered an hour that would have
    suited, since no way to this client was open.
    """

    State = EntryState

    client = models.ForeignKey(
        Client, on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    session_type = models.ForeignKey(
        SessionType, on_delete=models.PROTECT, related_name="waitlist_entries"
    )
    therapists = models.ManyToManyField(
        Therapist, related_name="waitlist_entries", blank=True
    )
    offices = models.ManyToManyField(
        Office, related_name="waitlist_entries", blank=True
    )
    modality = models.ForeignKey(
        Modality, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    concern = models.ForeignKey(
        PresentingConcern,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    modes = ArrayField(
        models.CharField(max_length=10, choices=Mode), default=list, blank=True
    )
    weekdays = ArrayField(
        models.PositiveSmallIntegerField(), default=list, blank=True
    )  # 0 is Monday
    time_from = models.PositiveSmallIntegerField(default=0)
    time_to = models.PositiveSmallIntegerField(default=1440)
    until = models.DateField()
    offers_per_day = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(
        max_length=9, choices=EntryState, default=EntryState.WAITING
    )
    passed_over_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=_STORED), name="waitlist_entry_state"
            ),
            models.CheckConstraint(
                condition=Q(time_to__gt=F("time_from"), time_to__lte=1440),
                name="waitlist_entry_within_a_day",
            ),
            models.CheckConstraint(
                condition=Q(weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="waitlist_entry_weekdays",
            ),
            models.CheckConstraint(
                condition=Q(modes__contained_by=Mode.values),
                name="waitlist_entry_modes",
            ),
            models.CheckConstraint(
                condition=Q(
                    offers_per_day__gte=1, offers_per_day__lte=MOST_OFFERS_PER_DAY
                ),
                name="waitlist_entry_offers_per_day",
            ),
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="waitlist_entry_by_age"),
            models.Index(
                fields=["created_at", "id"],
                condition=Q(state=EntryState.WAITING),
                name="waitlist_entry_waiting",
            ),
        ]


@pghistory.track(obj_field=None)
class WaitlistEntryTherapist(WaitlistEntry.therapists.through):  # type: ignore[name-defined,misc]
    """A therapist whom somebody waits for; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track(obj_field=None)
class WaitlistEntryOffice(WaitlistEntry.offices.through):  # type: ignore[name-defined,misc]
    """An office at which somebody waits for an hour; here so that history sees it."""

    class Meta:
        proxy = True


@pghistory.track()
class WaitlistOffer(Record):
    """An hour that is kept for whoever waits for one: `appointment` is the hold.

    It ends with that, at `expires_at`, by the database's clock; that it has lapsed is
    written down later. `because` says why one was taken back.
    """

    State = OfferState

    entry = models.ForeignKey(
        WaitlistEntry, on_delete=models.PROTECT, related_name="offers"
    )
    appointment = models.ForeignKey(
        Appointment, on_delete=models.PROTECT, related_name="offers", db_index=False
    )
    state = models.CharField(
        max_length=9, choices=OfferState, default=OfferState.OFFERED
    )
    offered_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    via = models.CharField(max_length=5, choices=OfferVia, blank=True)
    because = models.CharField(max_length=15, choices=Because, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], name="waitlist_offer_once_for_a_hold"
            ),
            models.UniqueConstraint(
                fields=["entry"],
                condition=Q(state=OfferState.OFFERED),
                name="waitlist_offer_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OfferState.values), name="waitlist_offer_state"
            ),
            models.CheckConstraint(
                condition=Q(state=OfferState.OFFERED, answered_at__isnull=True)
                | (~Q(state=OfferState.OFFERED) & Q(answered_at__isnull=False)),
                name="waitlist_offer_answered_at",
            ),
            models.CheckConstraint(
                condition=Q(via__in=["", *OfferVia.values]), name="waitlist_offer_via"
            ),
            models.CheckConstraint(
                condition=Q(state=OfferState.WITHDRAWN, because__in=Because.values)
                | (~Q(state=OfferState.WITHDRAWN) & Q(because="")),
                name="waitlist_offer_withdrawn_because",
            ),
        ]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=OfferState.OFFERED),
                name="waitlist_offer_live",
            ),
            models.Index(fields=["offered_at", "id"], name="waitlist_offer_by_time"),
        ]


class Opening(models.Model):
    """That hours of a therapist have, or may have, become free.

    The database itself notes it, in the transaction of the change and whoever makes it.
    It is not looked at before `not_before`, while somebody is busy with it or quiet
    hours last. Those who have waited no shorter than the entry `after` have been looked
    at already.
    """

    therapist_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    after = models.UUIDField(null=True)
    not_before = models.DateTimeField(db_default=Now())
    since = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [
            models.Index(fields=["not_before", "id"], name="opening_in_turn"),
        ]

    def __str__(self) -> str:
        return f"Opening {self.pk}"


class ClosureOpening(Closure):
    """A closure, which opens hours when it ends sooner or is withdrawn; here since
    locations know of no therapists."""

    class Meta:
        proxy = True
        triggers = [
            noting_opening(
                "INSERT INTO scheduling_opening (therapist_id, starts_at, ends_at)"
                " SELECT id, GREATEST(OLD.starts_at, now()), OLD.ends_at"
                " FROM scheduling_therapist AS therapist"
                " WHERE is_active AND OLD.ends_at > now() AND ("
                "  OLD.office_id IS NULL OR EXISTS ("
                "   SELECT FROM scheduling_therapist_offices AS worked_at"
                "   WHERE worked_at.therapist_id = therapist.id"
                "   AND worked_at.office_id = OLD.office_id));",
                on=pgtrigger.Update | pgtrigger.Delete,
            )
        ]
