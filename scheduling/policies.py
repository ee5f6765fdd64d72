"""What holds for a therapist with a session type: the narrowest word that was said.

A therapist's own word goes before that of the session type, and that before the
practice's.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import ZoneInfo

from scheduling import snapshots
from scheduling.engine import rules
from scheduling.engine.limits import Limits
from scheduling.engine.wall_clock import DAY, HOUR, MINUTE, day_of, instant
from scheduling.models import Appointment, PracticePolicy, SessionType

Word: TypeAlias = Mapping[str, Any]  # Any: what the columns of a level say, by name

BUFFERS = ("buffer_before_minutes", "buffer_after_minutes")
TIMES = (
    "minimum_notice_hours",
    "booking_horizon_days",
    "late_cancel_hours",
    "no_show_grace_minutes",
)
LIMITS = ("sessions_per_day", "sessions_per_week", "sessions_in_a_row", "break_minutes")


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is settled for one therapist with one session type."""

    minimum_notice_hours: int
    booking_horizon_days: int
    buffer_before_minutes: int
    buffer_after_minutes: int
    late_cancel_hours: int
    no_show_grace_minutes: int
    limits: Limits

    def closes_at(self, now: int, zone: ZoneInfo) -> int:
        """The end of the last day that can be booked."""
        last = day_of(now, zone) + timedelta(days=self.booking_horizon_days)
        return instant(last, DAY // MINUTE, zone)

    def binding(self, practice: rules.Practice, *, with_notice: bool) -> rules.Policy:
        """The part that decides about times."""
        notice = self.minimum_notice_hours * HOUR if with_notice else 0
        return rules.Policy(
            opens_at=practice.now + notice,
            closes_at=self.closes_at(practice.now, practice.zone),
            buffer_before=self.buffer_before_minutes * MINUTE,
            buffer_after=self.buffer_after_minutes * MINUTE,
            limits=self.limits,
        )


@dataclass(frozen=True, slots=True)
class Policies:
    """The practice's policy, and what overrides it by therapist and by session type."""

    practice: PracticePolicy
    of_therapists: Mapping[str, Word]
    of_session_types: Mapping[str, Word]

    @classmethod
    def of(cls, practice: PracticePolicy, overrides: Iterable[Word]) -> "Policies":
        therapists, session_types = {}, {}
        for word in overrides:
            if word["therapist_id"] is not None:
                therapists[word["therapist_id"]] = word
            else:
                session_types[word["session_type_id"]] = word
        return cls(practice, therapists, session_types)

    def terms(self, session_type: SessionType, therapist: str | None = None) -> Terms:
        """What holds for a therapist, or else for one without a word of their own."""
        said = {name: getattr(self.practice, name) for name in (*TIMES, *LIMITS)}
        said |= {name: getattr(session_type, name) for name in BUFFERS}
        said |= _said(self.of_session_types.get(str(session_type.pk), {}))
        if therapist is not None:
            said |= _said(self.of_therapists.get(therapist, {}))
        settled = {name: said[name] for name in (*TIMES, *BUFFERS)}
        return Terms(**settled, limits=_limits(said))

    def binding(
        self,
        session_type: SessionType,
        therapists: Iterable[str],
        practice: rules.Practice,
        *,
        with_notice: bool,
    ) -> dict[str, rules.Policy]:
        """What binds each of `therapists` with a session type."""
        usual = self.terms(session_type).binding(practice, with_notice=with_notice)
        own = {
            key: self.terms(session_type, key).binding(
                practice, with_notice=with_notice
            )
            for key in self.of_therapists
        }
        return {key: own.get(key, usual) for key in therapists}

    def buffers(self, therapist: str, before: int, after: int) -> tuple[int, int]:
        """The minutes around a therapist's session whose type has `before` and `after`.

        Their own word holds around all of their sessions.
        """
        word = self.of_therapists.get(therapist)
        if word is None:
            return before, after
        own = dict(zip(BUFFERS, (before, after), strict=True)) | _said(word)
        return own["buffer_before_minutes"], own["buffer_after_minutes"]

    def reach(self) -> int:
        """Seconds around a session in which others can count with it, for anybody."""
        overrides = [*self.of_therapists.values(), *self.of_session_types.values()]
        words = [vars(self.practice), *overrides]
        return max(_limits(word).reach for word in words)


def of_practice() -> PracticePolicy:
    """The practice's policy; its defaults until one is saved."""
    return PracticePolicy.objects.first() or PracticePolicy()


def terms_of(appointment: Appointment) -> Terms:
    """What holds for a session that is booked."""
    therapist = appointment.therapist_id
    said = read([therapist])
    return said.terms(appointment.session_type, str(therapist))


def read(therapists: Collection[UUID | str]) -> Policies:
    """The practice's policy and what overrides it, of some therapists."""
    return Policies.of(*snapshots.policies(therapists))


def _said(word: Word) -> dict[str, Any]:  # Any: as in a word
    return {name: value for name, value in word.items() if value is not None}


def _limits(word: Word) -> Limits:
    return Limits(
        per_day=word["sessions_per_day"],
        per_week=word["sessions_per_week"],
        in_a_row=word["sessions_in_a_row"],
        pause=(word["break_minutes"] or 0) * MINUTE,
    )
