"""Who looks for a therapist: what they said, as a search and as the engine take it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from clients.models import AgeGroup, Client, PresentingConcern
from config.errors import Malformed
from locations.models import Office
from scheduling import guarantees
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.scoring import (
    LATEST_DAYS,
    SOONEST_DAYS,
    VIDEO,
    Criterion,
    Seeker,
)
from scheduling.engine.wall_clock import DAY, MINUTE, day_of, instant
from scheduling.models import (
    ForWhom,
    Intake,
    Modality,
    Mode,
    PersonRole,
    SessionFormat,
    SessionType,
)
from scheduling.wishes import Wish

ALL_DAY = DAY // MINUTE
LONGEST_DAYS = 92  # that are looked at, however late somebody would like to begin

_FORMATS = {
    ForWhom.SELF: SessionFormat.INDIVIDUAL,
    ForWhom.MINOR: SessionFormat.INDIVIDUAL,
    ForWhom.COUPLE: SessionFormat.COUPLE,
    ForWhom.FAMILY: SessionFormat.FAMILY,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What is known of somebody who looks for a therapist. Empty means: any.

    `age_groups` are those of all who would come, `people` how many they are at least.
    `clients` are who they are, where all are clients already. `earlier_therapists` did
    not fit before.
    """

    session_type: SessionType
    for_whom: str = ForWhom.SELF
    age_groups: Collection[str] = (AgeGroup.ADULT,)
    people: int = 1
    state: str = "CA"
    main_concern: PresentingConcern | None = None
    other_concerns: Sequence[PresentingConcern] = ()
    modalities: Sequence[Modality] = ()
    languages: Sequence[str] = ()
    genders: Sequence[str] = ()
    offices: Sequence[Office] = ()
    by_video: bool = False
    weekdays: Sequence[int] = ()
    time_from: int = 0
    time_to: int = ALL_DAY
    start_within_days: int | None = None
    musts: Collection[str] = ()
    earlier_therapists: Collection[UUID] = ()
    clients: Sequence[Client] = ()

    @property
    def has_hours(self) -> bool:
        """Whether some weekdays or hours are wished for."""
        return bool(self.weekdays) or (self.time_from, self.time_to) != (0, ALL_DAY)

    @property
    def within_days(self) -> int:
        return (
            SOONEST_DAYS if self.start_within_days is None else self.start_within_days
        )

    def seeker(self) -> Seeker:
        """As the engine takes it: by keys, as texts."""
        places = [str(office.pk) for office in self.offices]
        return Seeker(
            session_type=str(self.session_type.pk),
            age_groups=[str(group) for group in self.age_groups],
            state=self.state,
            concern=None if self.main_concern is None else str(self.main_concern.pk),
            other_concerns=[str(concern.pk) for concern in self.other_concerns],
            modalities=[str(modality.pk) for modality in self.modalities],
            languages=self.languages,
            genders=[str(gender) for gender in self.genders],
            places=[*places, VIDEO] if self.by_video else places,
            has_hours=self.has_hours,
            within_days=self.within_days,
            musts=[Criterion(must) for must in self.musts],
            earlier=[str(key) for key in self.earlier_therapists],
        )

    def wish(self, *, now: int, is_public: bool = False) -> Wish:
        """As a search takes it: the wished hours at the wished places, from now on for
        four weeks, or for as long as they would like to begin within."""
        days = min(max(LATEST_DAYS, self.within_days), LONGEST_DAYS)
        last = day_of(now + days * DAY, PRACTICE_ZONE)
        modes: list[str] = []
        if self.offices and not self.by_video:
            modes = [Mode.IN_PERSON]
        elif self.by_video and not self.offices:
            modes = [Mode.TELEHEALTH]
        return Wish(
            session_type=self.session_type,
            start=now,
            end=instant(last, ALL_DAY, PRACTICE_ZONE),
            offices=[office.pk for office in self.offices],
            modes=modes,
            has_video_anywhere=self.by_video,
            weekdays=self.weekdays,
            time_from=self.time_from,
            time_to=self.time_to,
            clients=self.clients,
            size=max(self.people, self.session_type.clients_min),
            is_public=is_public,
        )

    def as_json(self) -> dict[str, Any]:  # Any: a piece of JSON
        """What is kept with an answer: nobody's name, and nothing in their words."""
        return {
            "session_type": self.session_type.slug,
            "for_whom": str(self.for_whom),
            "age_groups": sorted(map(str, self.age_groups)),
            "people": self.people,
            "state": self.state,
            "main_concern": self.main_concern and self.main_concern.slug,
            "other_concerns": sorted(one.slug for one in self.other_concerns),
            "modalities": sorted(one.slug for one in self.modalities),
            "languages": sorted(self.languages),
            "genders": sorted(map(str, self.genders)),
            "offices": sorted(one.slug for one in self.offices),
            "by_video": self.by_video,
            "weekdays": sorted(self.weekdays),
            "time_from": _on_the_wall(self.time_from),
            "time_to": _on_the_wall(self.time_to),
            "start_within_days": self.start_within_days,
            "musts": sorted(map(str, self.musts)),
            "earlier_therapists": sorted(map(str, self.earlier_therapists)),
        }


def _on_the_wall(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def session_type_for(for_whom: str) -> SessionType:
    """What somebody new begins with: the first session of the format that they need.

    Raises `Malformed` if the practice has none.
    """
    found = (
        SessionType.objects.filter(is_active=True, format=_FORMATS[ForWhom(for_whom)])
        .order_by("-for_new_clients", "telehealth_only", "duration_minutes", "slug")
        .first()
    )
    if found is None:
        raise Malformed(
            "There is no session type for that. Name one.", field="session_type"
        )
    return found


def of_intake(
    intake: Intake,
    *,
    now: int,
    session_type: SessionType | None = None,
    earlier_therapists: Collection[UUID] = (),
) -> Facts:
    """What an intake says, but for names and what was said in somebody's own words.

    Therapists who are known not to have fitted those who are clients already count as
    earlier ones, beside those named.
    """
    today = day_of(now, PRACTICE_ZONE)
    people = [
        person
        for person in intake.people.select_related("intake", "client")
        if person.role == PersonRole.CLIENT
    ]
    clients = [person.client for person in people if person.client is not None]
    known = [therapist.pk for therapist in guarantees.earlier_therapists(*clients)]
    return Facts(
        session_type=session_type or session_type_for(intake.for_whom),
        for_whom=intake.for_whom,
        age_groups=sorted({person.age_group_on(today) for person in people}),
        people=max(len(people), 1),
        state=intake.state,
        main_concern=intake.main_concern,
        other_concerns=list(intake.other_concerns.all()),
        modalities=list(intake.modalities.all()),
        languages=intake.languages,
        genders=intake.genders,
        offices=list(intake.offices.all()),
        by_video=intake.by_video,
        weekdays=intake.weekdays,
        time_from=intake.time_from,
        time_to=intake.time_to,
        start_within_days=intake.start_within_days,
        musts=intake.musts,
        earlier_therapists={*earlier_therapists, *known},
        clients=clients if len(clients) == len(people) else (),
    )
