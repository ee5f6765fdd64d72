"""What a wait looks like: in answers, and in the requests that begin or change one."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from clients.models import PresentingConcern
from config.api import fields
from config.api.serializers import StrictModelSerializer, StrictSerializer
from locations.models import Office
from scheduling import waitlist
from scheduling.api.caseload import clients_visible_to
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedPersonSerializer,
    NamedTherapistSerializer,
    NamedUserSerializer,
)
from scheduling.api.slots import SlotSerializer
from scheduling.models import (
    EntryState,
    Modality,
    Mode,
    SessionType,
    Therapist,
    WaitlistEntry,
    WaitlistOffer,
)
from scheduling.models.waitlist import MOST_OFFERS_PER_DAY


class LiveOfferSerializer(StrictModelSerializer[WaitlistOffer]):
    """What they are offered at the moment."""

    starts_at = fields.InstantField(
        source="appointment.starts_at", zone="appointment.timezone"
    )
    expires_at = fields.InstantField(zone="appointment.timezone")

    class Meta:
        model = WaitlistOffer
        fields = ["id", "starts_at", "expires_at"]
        read_only_fields = fields


class WaitlistEntrySerializer(StrictModelSerializer[WaitlistEntry]):
    """No `therapists`, `offices`, `modes` or `weekdays` mean any.

    `passed_over_at` is when an hour that would have suited was offered to the next,
    since no way to this client was open. `booked_meanwhile` is the start of a session
    of that kind, still ahead, that the client has been booked for since they wait: they
    may not need to wait any more.
    """

    state = serializers.SerializerMethodField()
    client = NamedPersonSerializer()
    session_type = fields.CharField(source="session_type.slug")
    therapists = NamedTherapistSerializer(many=True)
    offices = NamedOfficeSerializer(many=True)
    modality = fields.CharField(source="modality.slug", allow_null=True, default=None)
    concern = fields.CharField(source="concern.slug", allow_null=True, default=None)
    modes = fields.ListField(child=fields.ChoiceField(choices=Mode.choices))
    time_from = fields.WallTimeField()
    time_to = fields.WallTimeField(allow_24=True)
    passed_over_at = fields.InstantField(allow_null=True)
    booked_meanwhile = fields.InstantField(allow_null=True)
    offer = serializers.SerializerMethodField()
    created_at = fields.InstantField()
    created_by = NamedUserSerializer(allow_null=True)

    class Meta:
        model = WaitlistEntry
        fields = [
            "id",
            "state",
            "version",
            "client",
            "session_type",
            "therapists",
            "offices",
            "modality",
            "concern",
            "modes",
            "weekdays",
            "time_from",
            "time_to",
            "until",
            "offers_per_day",
            "passed_over_at",
            "booked_meanwhile",
            "offer",
            "created_at",
            "created_by",
        ]
        read_only_fields = fields

    @extend_schema_field(fields.ChoiceField(choices=EntryState.choices))
    def get_state(self, entry: WaitlistEntry) -> str:
        lapsed = waitlist.has_lapsed(entry, timezone.now())
        return str(EntryState.LAPSED if lapsed else entry.state)

    @extend_schema_field(LiveOfferSerializer(allow_null=True))
    def get_offer(self, entry: WaitlistEntry) -> dict[str, Any] | None:
        live = list(entry.offers.all())  # as prefetched: those that are out
        return LiveOfferSerializer(live[0]).data if live else None


class JoinedWaitlistSerializer(WaitlistEntrySerializer):
    """With up to three hours that are free already."""

    slots_now = SlotSerializer(many=True)

    class Meta(WaitlistEntrySerializer.Meta):
        fields = [*WaitlistEntrySerializer.Meta.fields, "slots_now"]
        read_only_fields = fields


class WaitlistWishSerializer(StrictSerializer):
    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.filter(is_active=True)
    )
    therapists = fields.KeyField(
        queryset=Therapist.objects.active(), many=True, required=False
    )
    offices = fields.SlugKeyField(
        queryset=Office.objects.all(), many=True, required=False
    )
    modality = fields.SlugKeyField(
        queryset=Modality.objects.all(), required=False, allow_null=True
    )
    concern = fields.SlugKeyField(
        queryset=PresentingConcern.objects.all(), required=False, allow_null=True
    )
    modes = fields.ListField(
        child=fields.ChoiceField(choices=Mode.choices), required=False
    )
    weekdays = fields.ListField(
        child=fields.IntegerField(min_value=0, max_value=6), required=False
    )
    time_from = fields.WallTimeField(required=False)
    time_to = fields.WallTimeField(allow_24=True, required=False)
    until = fields.LocalDateField()
    offers_per_day = fields.IntegerField(
        min_value=1, max_value=MOST_OFFERS_PER_DAY, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:  # Any: of each field
        entry = self.instance
        begins = attrs.get("time_from", getattr(entry, "time_from", 0))
        if attrs.get("time_to", getattr(entry, "time_to", 1440)) <= begins:
            raise ValidationError({"time_to": ["This is not after the beginning."]})
        return attrs


class JoinWaitlistSerializer(WaitlistWishSerializer):
    client = fields.KeyField(scope=clients_visible_to)
