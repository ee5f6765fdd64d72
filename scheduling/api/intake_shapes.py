"""How intakes look: as they are sent, as the front desk reads them, and as they are
registered."""

import re
from typing import Any, ClassVar

from django.core.validators import RegexValidator
from rest_framework import serializers

from clients.api.clients import AlikeSerializer
from clients.models import Client, ConsentBasis, PresentingConcern
from config.api import fields
from config.api.languages import LANGUAGE
from config.api.serializers import StrictModelSerializer, StrictSerializer
from locations.models import Office
from scheduling.api.names import NamedUserSerializer
from scheduling.engine.scoring import MUSTS as MAY_BE_MUSTS
from scheduling.intakes import PersonDetails
from scheduling.models import (
    ForWhom,
    Gender,
    Intake,
    IntakePerson,
    IntakeSource,
    IntakeStatus,
    IntakeWords,
    Modality,
    PersonRole,
)
from scheduling.registration import Turn

MOST_PEOPLE = 10
MOST_LANGUAGES = 5
LONGEST_NOTE = 4000
MUSTS = sorted(MAY_BE_MUSTS)

# What a form or a page may take for more than text: marks, links, control characters,
# and those that turn the direction of what follows.
_MORE_THAN_TEXT = re.compile(r"[<>\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]|://")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


def plain(text: str) -> None:
    """Raise `ValidationError` if a short text is more than words on a line."""
    if _MORE_THAN_TEXT.search(text):
        raise serializers.ValidationError("Give plain words, on one line.")


def without_controls(text: str) -> None:
    if _CONTROLS.search(text):
        raise serializers.ValidationError("There is a character that is none of text.")


class OneOfField(fields.ChoiceField):
    """Repeats nothing of what was sent: anybody may send anything here."""

    default_error_messages = {"invalid_choice": "This is none of the choices."}


class IntakePersonSerializer(StrictModelSerializer[IntakePerson]):
    """Of a `client`, either the birthday or the age is given. `client` is who they are
    registered as; of a guardian, whose guardian they are."""

    id = fields.KeyValueField(required=False)
    role = OneOfField(choices=PersonRole.choices, default=PersonRole.CLIENT)
    client = fields.KeyField(read_only=True)

    constraint_errors = {
        "intake_person_aged": ("born_on", "Give the birthday or the age."),
        "intake_person_born_since_1900": ("born_on", "Give a day from 1900 on."),
        "intake_person_age": ("age", "Give an age up to 126."),
    }

    class Meta:
        model = IntakePerson
        fields = [
            "id",
            "role",
            "first_name",
            "last_name",
            "preferred_name",
            "pronouns",
            "relationship",
            "born_on",
            "age",
            "email",
            "phone",
            "client",
        ]
        extra_kwargs: ClassVar = {
            name: {"validators": [plain]}
            for name in (
                *["first_name", "last_name"],
                *["preferred_name", "pronouns", "relationship"],
            )
        }

    def validate(self, attrs: dict[str, Any]) -> Any:  # Any: as the base
        if attrs.get("born_on") is not None and attrs.get("age") is not None:
            problem = "Give the birthday or the age, not both."
            raise serializers.ValidationError({"age": problem})
        return PersonDetails(**attrs)


class IntakeConsentsSerializer(StrictSerializer):
    """By which ways all of them may be written to."""

    sms = fields.BooleanField(source="wants_sms", required=False)
    email = fields.BooleanField(source="wants_email", required=False)


class IntakeSerializer(StrictModelSerializer[Intake]):
    """What somebody looks for. A wish that is empty means any; `musts` names those that
    exclude whoever does not meet them, each of which has to be wished for: `place` is
    `offices` and `by_video`, `hours` are `weekdays`, `time_from` and `time_to`.

    `self` names one adult; `minor` one client under 18 and a guardian, or, from twelve
    on, nobody else with the `consent_basis` `self_12plus`; `couple` two adults;
    `family` two to six clients.
    """

    status = fields.ChoiceField(choices=IntakeStatus.choices, read_only=True)
    source = fields.ChoiceField(  # type: ignore[assignment]  # a field's own name, too
        choices=IntakeSource.choices, read_only=True
    )
    for_whom = OneOfField(choices=ForWhom.choices)
    people = IntakePersonSerializer(  # type: ignore[call-arg]  # of the list's
        many=True, max_length=MOST_PEOPLE, allow_empty=False
    )
    main_concern = fields.SlugKeyField(
        queryset=PresentingConcern.objects.filter(is_active=True)
    )
    other_concerns = fields.SlugKeyField(
        queryset=PresentingConcern.objects.filter(is_active=True),
        many=True,
        required=False,
    )
    modalities = fields.SlugKeyField(
        queryset=Modality.objects.filter(is_active=True), many=True, required=False
    )
    languages = fields.ListField(
        child=fields.CharField(validators=[LANGUAGE]),
        max_length=MOST_LANGUAGES,
        required=False,
    )
    genders = fields.ListField(child=OneOfField(choices=Gender.choices), required=False)
    offices = fields.SlugKeyField(
        queryset=Office.objects.filter(is_active=True), many=True, required=False
    )
    weekdays = fields.ListField(
        child=fields.IntegerField(min_value=0, max_value=6), required=False
    )
    time_from = fields.WallTimeField(required=False)
    time_to = fields.WallTimeField(allow_24=True, required=False)
    musts = fields.ListField(child=OneOfField(choices=MUSTS), required=False)
    consents = IntakeConsentsSerializer(source="*", required=False)
    consent_basis = OneOfField(
        choices=ConsentBasis.choices, allow_blank=True, required=False
    )
    created_by = NamedUserSerializer(read_only=True, allow_null=True)
    settled_by = NamedUserSerializer(read_only=True, allow_null=True)

    class Meta:
        model = Intake
        fields = [
            "id",
            "status",
            "source",
            "version",
            "for_whom",
            "people",
            "state",
            "language",
            "main_concern",
            "other_concerns",
            "modalities",
            "languages",
            "genders",
            "offices",
            "by_video",
            "weekdays",
            "time_from",
            "time_to",
            "start_within_days",
            "musts",
            "consents",
            "telehealth_consent_on",
            "consent_basis",
            "closed_because",
            "created_at",
            "created_by",
            "settled_at",
            "settled_by",
        ]
        read_only_fields = ["version", "closed_because", "created_at", "settled_at"]
        extra_kwargs: ClassVar[dict[str, dict[str, Any]]] = {  # Any: of any field
            "state": {"validators": [RegexValidator(r"\A[A-Z]{2}\Z")]},
            "language": {"validators": [LANGUAGE]},
            "start_within_days": {"min_value": 1, "max_value": 365},
        }

    def get_validators(self) -> list[Any]:  # Any: as the base
        """What goes together, the operation knows; a change is a part of it."""
        return []


class SubmissionSerializer(IntakeSerializer):
    """`note` is in their own words, and read by nobody but those who treat them."""

    note = fields.CharField(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=LONGEST_NOTE,
        validators=[without_controls],
    )

    class Meta(IntakeSerializer.Meta):
        fields = [*IntakeSerializer.Meta.fields, "note"]


class CompletionSerializer(IntakeSerializer):
    """What of an intake is to change; people, when given, replace all of them."""

    for_whom = OneOfField(choices=ForWhom.choices, required=False)
    people = IntakePersonSerializer(  # type: ignore[call-arg]  # of the list's
        many=True, max_length=MOST_PEOPLE, allow_empty=False, required=False
    )
    main_concern = fields.SlugKeyField(
        queryset=PresentingConcern.objects.filter(is_active=True), required=False
    )


class ReceivedSerializer(StrictModelSerializer[Intake]):
    """All that whoever sends an intake is told."""

    class Meta:
        model = Intake
        fields = ["id", "created_at"]
        read_only_fields = fields


class TurnSerializer(StrictSerializer):
    """Who a person is already, or what was missing of somebody new."""

    id = fields.KeyValueField(source="person")
    client = fields.KeyField(
        queryset=Client.objects.all(), required=False, allow_null=True
    )
    born_on = fields.LocalDateField(required=False)
    email = fields.EmailField(required=False)
    phone = fields.PhoneField(required=False)

    def validate(self, attrs: dict[str, Any]) -> Any:  # Any: as the base
        return Turn(**attrs)


class IntakeRegistrationSerializer(StrictSerializer):
    """Whoever is not among the `people` is somebody new, as told."""

    people = TurnSerializer(  # type: ignore[call-arg]  # of the list's
        many=True, required=False, max_length=MOST_PEOPLE
    )


class ClosingSerializer(StrictSerializer):
    reason = fields.CharField(max_length=200, validators=[plain])


class ResemblanceSerializer(StrictSerializer):
    """Up to five clients that a person of the intake may be, the likest name first."""

    person = fields.KeyValueField(source="person.pk")
    possible_duplicates = AlikeSerializer(source="clients", many=True)


class RegisteredSerializer(IntakeSerializer):
    """With clients who may be the same person as one of those who are clients now."""

    resemblances = ResemblanceSerializer(many=True, read_only=True)

    class Meta(IntakeSerializer.Meta):
        fields = [*IntakeSerializer.Meta.fields, "resemblances"]


class ResemblancesSerializer(StrictSerializer):
    results = ResemblanceSerializer(many=True)


class IntakeWordsSerializer(StrictModelSerializer[IntakeWords]):
    note = fields.CharField(source="text")

    class Meta:
        model = IntakeWords
        fields = ["intake", "note", "created_at"]
        read_only_fields = fields
