"""What somebody looks for in a therapist, as a request gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from rest_framework import serializers

from clients.models import AgeGroup, PresentingConcern, age_group_of
from config.api import fields
from config.api.languages import LANGUAGE
from config.api.serializers import StrictSerializer
from locations.models import Office
from scheduling import matching, seekers
from scheduling.api.therapists import STATE
from scheduling.engine.scoring import MUSTS, Criterion
from scheduling.models import (
    ForWhom,
    Gender,
    Intake,
    Modality,
    SessionType,
    Therapist,
)
from scheduling.seekers import ALL_DAY, Facts

OLDEST = 126
MOST_PEOPLE = 10
LATEST = 365  # days
MINORS = {AgeGroup.CHILD, AgeGroup.ADOLESCENT}
MUST_CHOICES = [(one.value, one.value) for one in Criterion if one in MUSTS]
# What has to be wished for if it is to be a must.
WISHED_BY = {
    Criterion.CONCERN: {"main_concern"},
    Criterion.MODALITY: {"modalities"},
    Criterion.LANGUAGE: {"languages"},
    Criterion.GENDER: {"genders"},
    Criterion.PLACE: {"offices", "by_video"},
    Criterion.HOURS: {"weekdays", "time_from", "time_to"},
}


class WishesSerializer(StrictSerializer):
    """What is wished for. Empty means any; what is in `musts` excludes whoever does not
    meet it.

    Give `ages` of all who would come, or else `age_groups`; without either it is for
    adults. `offices` and `by_video` together mean: at one of these, or by video.
    `time_from` is of a session's start and `time_to` of its end, on the wall. `limit`
    is how many therapists are answered at most, by default ten.
    """

    session_type = fields.SlugKeyField(
        queryset=SessionType.objects.filter(is_active=True),
        required=False,
        help_text="By default what `for_whom` begins with.",
    )
    for_whom = fields.ChoiceField(
        choices=ForWhom.choices, required=False, help_text="By default self."
    )
    ages = serializers.ListField(
        child=fields.IntegerField(min_value=0, max_value=OLDEST),
        allow_empty=False,
        max_length=MOST_PEOPLE,
        required=False,
    )
    age_groups = fields.ListField(
        child=fields.ChoiceField(choices=AgeGroup.choices),
        allow_empty=False,
        required=False,
    )
    state = fields.CharField(
        validators=[STATE], required=False, help_text="By default CA."
    )
    main_concern = fields.SlugKeyField(
        queryset=PresentingConcern.objects.filter(is_active=True),
        required=False,
        allow_null=True,
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
        child=fields.CharField(validators=[LANGUAGE]), required=False
    )
    genders = fields.ListField(
        child=fields.ChoiceField(choices=Gender.choices), required=False
    )
    offices = fields.SlugKeyField(
        queryset=Office.objects.filter(is_active=True), many=True, required=False
    )
    by_video = fields.BooleanField(required=False)
    weekdays = fields.ListField(
        child=fields.IntegerField(min_value=0, max_value=6), required=False
    )
    time_from = fields.WallTimeField(required=False)
    time_to = fields.WallTimeField(allow_24=True, required=False)
    start_within_days = fields.IntegerField(
        min_value=0, max_value=LATEST, required=False, allow_null=True
    )
    musts = fields.ListField(
        child=fields.ChoiceField(choices=MUST_CHOICES), required=False
    )
    limit = fields.IntegerField(
        min_value=1, max_value=matching.MOST_ANSWERED, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("time_from", 0) >= attrs.get("time_to", ALL_DAY):
            raise _refused("time_to", "This is not after time_from.")
        if "ages" in attrs and "age_groups" in attrs:
            raise _refused("age_groups", "Give either ages or age_groups.")
        if attrs.get("for_whom") == ForWhom.MINOR:
            _check_minor(attrs)
        wished = {
            name for name, value in attrs.items() if value not in ([], None, False)
        }
        for must in attrs.get("musts", ()):
            if wished.isdisjoint(WISHED_BY[Criterion(must)]):
                raise _refused("musts", f"There is no such wish: {must}.")
        return attrs


class LookedForSerializer(WishesSerializer):
    """An intake, or the same facts directly. With an intake can be named the session
    type, earlier therapists and a limit; all the rest it says itself."""

    intake = fields.KeyField(queryset=Intake.objects.all(), required=False)
    earlier_therapists = fields.KeyField(
        queryset=Therapist.objects.all(), many=True, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        besides = {"intake", "session_type", "earlier_therapists", "limit"}
        said = WishesSerializer().fields.keys() & attrs.keys() - besides
        if "intake" in attrs and said:
            raise _refused(min(said), "The intake says this.")
        return super().validate(attrs)


def facts_of(
    asked: Mapping[str, Any],  # Any: of each field
    *,
    now: datetime,
) -> Facts:
    """What is asked, of an intake or directly. Raises `ValidationError`."""
    earlier = [therapist.pk for therapist in asked.get("earlier_therapists", ())]
    if "intake" in asked:
        return seekers.of_intake(
            asked["intake"],
            now=int(now.timestamp()),
            session_type=asked.get("session_type"),
            earlier_therapists=earlier,
        )
    for_whom = asked.get("for_whom", ForWhom.SELF.value)
    session_type = asked.get("session_type") or seekers.session_type_for(for_whom)
    time_from, time_to = asked.get("time_from", 0), asked.get("time_to", ALL_DAY)
    if time_to - time_from < session_type.duration_minutes:
        message = f"{session_type.name} takes {session_type.duration_minutes} minutes."
        raise _refused("time_to", message)
    ages: list[int] = asked.get("ages", [])
    if len(ages) > session_type.clients_max:
        message = f"{session_type.name} is {session_type.for_whom}."
        raise _refused("ages", message)
    groups = asked.get("age_groups") or sorted(set(map(age_group_of, ages)))
    return Facts(
        session_type=session_type,
        for_whom=for_whom,
        age_groups=groups or [AgeGroup.ADULT],
        people=max(len(ages), session_type.clients_min),
        state=asked.get("state", "CA"),
        main_concern=asked.get("main_concern"),
        other_concerns=asked.get("other_concerns", ()),
        modalities=asked.get("modalities", ()),
        languages=asked.get("languages", ()),
        genders=asked.get("genders", ()),
        offices=asked.get("offices", ()),
        by_video=asked.get("by_video", False),
        weekdays=asked.get("weekdays", ()),
        time_from=time_from,
        time_to=time_to,
        start_within_days=asked.get("start_within_days"),
        musts=asked.get("musts", ()),
        earlier_therapists=earlier,
    )


def _check_minor(asked: Mapping[str, Any]) -> None:  # Any: of each field
    ages, groups = asked.get("ages", []), asked.get("age_groups", [])
    if not ages and not groups:
        raise _refused("ages", "Say how old the minor is.")
    if not MINORS.issuperset([*map(age_group_of, ages), *groups]):
        raise _refused("ages" if ages else "age_groups", "A minor is under 18.")


def _refused(name: str, message: str) -> serializers.ValidationError:
    return serializers.ValidationError({name: [message]}, code="invalid")
