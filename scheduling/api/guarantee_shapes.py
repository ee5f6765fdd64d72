"""What a guarantee looks like: in answers, and in the requests that move it."""

from typing import Any

from rest_framework import serializers

from config.api import fields
from config.api.serializers import StrictSerializer
from scheduling.api.caseload import clients_visible_to
from scheduling.api.names import (
    NamedOfficeSerializer,
    NamedPersonSerializer,
    NamedTherapistSerializer,
    NamedUserSerializer,
)
from scheduling.models import (
    LONGEST_WHY,
    MOST_CENTS,
    OUTCOMES,
    Appointment,
    AppointmentStatus,
    GuaranteeState,
    Intake,
    Match,
    Mode,
    NoFit,
    Party,
    Therapist,
)

LONGEST_WORDS = 1000
# What may be done about a guarantee, as the last part of the address.
STEPS = [
    (step, step)
    for step in (
        "choose",
        "trial",
        "continue",
        "ask-rematch",
        "ask-refund",
        "refund",
        "decline",
    )
]
ENDINGS = [(each, each.label) for each in OUTCOMES]


class TrialSerializer(StrictSerializer):
    id = fields.KeyValueField()
    status = fields.ChoiceField(choices=AppointmentStatus.choices)
    mode = fields.ChoiceField(choices=Mode.choices)
    starts_at = fields.InstantField(zone="timezone")
    ends_at = fields.InstantField(zone="timezone")
    timezone = fields.CharField()
    office = NamedOfficeSerializer(allow_null=True)


class GuaranteeRoundSerializer(StrictSerializer):
    """A therapist whom the client was matched with. `words` are for the manager and for
    those who treat the client; for everybody else they are null."""

    number = fields.IntegerField(source="row.number")
    therapist = NamedTherapistSerializer(source="row.therapist")
    match = fields.KeyValueField(source="row.match_id", allow_null=True)
    matched_at = fields.InstantField(source="row.matched_at")
    trial = TrialSerializer(source="session", allow_null=True)
    is_free = fields.BooleanField(
        help_text="Whether nothing is asked for the first session."
    )
    outcome = fields.ChoiceField(
        source="row.outcome", choices=ENDINGS, allow_blank=True
    )
    said_by = fields.ChoiceField(
        source="row.said_by", choices=Party.choices, allow_blank=True
    )
    reason = fields.ChoiceField(
        source="row.reason", choices=NoFit.choices, allow_blank=True
    )
    words = fields.CharField(allow_null=True)
    told_at = fields.InstantField(source="row.told_at", allow_null=True)
    told_to = NamedUserSerializer(source="row.told_to", allow_null=True)


class SettlementSerializer(StrictSerializer):
    """What the manager has decided; no amount where the refund was declined."""

    amount_cents = fields.IntegerField(source="refund_cents", allow_null=True)
    currency = fields.CharField()
    reason = fields.CharField(source="settled_because")
    decided_at = fields.InstantField(source="settled_at")
    decided_by = NamedUserSerializer(source="settled_by")


class GuaranteeSerializer(StrictSerializer):
    """`rounds` are in order; the last is the present one, and its therapist and first
    session stand outside as well.

    `ask_until` is the last day on which a rematch or a refund may be asked for, while
    nobody has said what comes of it. `credit_until` is the last day for the free first
    session after a rematch, and for the money instead; `credit_lapsed` says that it
    went by before anybody was chosen, and nothing is left to be done. `may` names the
    steps that state and clock allow, whoever may take them.
    """

    id = fields.KeyValueField(source="row.id")
    version = fields.IntegerField(source="row.version")
    state = fields.ChoiceField(source="row.progress", choices=GuaranteeState.choices)
    may = fields.ListField(child=fields.ChoiceField(choices=STEPS))
    client = NamedPersonSerializer()
    intake = fields.KeyValueField(source="row.intake_id", allow_null=True)
    therapist = NamedTherapistSerializer(allow_null=True)
    trial = TrialSerializer(allow_null=True)
    ask_until = fields.LocalDateField(allow_null=True)
    credit_until = fields.LocalDateField(source="row.credit_until", allow_null=True)
    credit_lapsed = fields.BooleanField()
    settlement = SettlementSerializer(allow_null=True)
    rounds = GuaranteeRoundSerializer(many=True)
    created_at = fields.InstantField(source="row.created_at")


class ChooseSerializer(StrictSerializer):
    """With whom, and from which match it was chosen."""

    therapist = fields.KeyField(queryset=Therapist.objects.active())
    match = fields.KeyField(queryset=Match.objects.all(), allow_null=True, default=None)


class OpenGuaranteeSerializer(ChooseSerializer):
    """The client may be left out: it is then the first one of the intake. Without a
    therapist, nobody has been chosen yet."""

    client = fields.KeyField(scope=clients_visible_to, required=False)
    intake = fields.KeyField(queryset=Intake.objects.all(), required=False)
    therapist = fields.KeyField(queryset=Therapist.objects.active(), required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:  # Any: of each field
        if "client" not in attrs and "intake" not in attrs:
            raise serializers.ValidationError(
                {"client": "Name the client, or the intake."}
            )
        if attrs["match"] is not None and "therapist" not in attrs:
            raise serializers.ValidationError(
                {"therapist": "Name the therapist who was chosen from the match."}
            )
        return attrs


class NameTrialSerializer(StrictSerializer):
    appointment = fields.KeyField(scope=Appointment.objects.visible_to)


class NoFitSerializer(StrictSerializer):
    """Who says so, and why. `words` reach the manager and those who treat the client,
    and nobody else."""

    by = fields.ChoiceField(source="said_by", choices=Party.choices)
    reason = fields.ChoiceField(choices=NoFit.choices)
    words = fields.CharField(
        required=False, default="", allow_blank=True, max_length=LONGEST_WORDS
    )


class RefundSerializer(StrictSerializer):
    amount_cents = fields.IntegerField(min_value=1, max_value=MOST_CENTS)
    reason = fields.CharField(max_length=LONGEST_WHY)


class DeclineSerializer(StrictSerializer):
    reason = fields.CharField(max_length=LONGEST_WHY)
