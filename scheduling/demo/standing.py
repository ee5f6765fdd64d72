"""Standing times: who comes to whom at which hour of the week."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from clients.models import AgeGroup, Client
from scheduling.demo.clientele import Party
from scheduling.engine.recurrence import weeks_between
from scheduling.models import AvailabilityRule, Mode, SessionType, Therapist, WorkMode

FILLED = 0.83  # of a therapist's hours, before holidays and cancellations
FULL_CALENDAR = 0.98
BY_VIDEO = 0.25  # of what could be either
EVERY_OTHER_WEEK = 0.1
MEMBERS = (4, 6)  # of a group: at least, at most
GRID = 30  # minutes
SHORTEST = 50


@dataclass(slots=True)
class StandingTime:
    """A party's hour, `minute` minutes after midnight, in the weeks of a rule."""

    rule: AvailabilityRule
    minute: int
    session_type: SessionType
    clients: Sequence[Client]
    mode: Mode
    every_weeks: int = 1
    phase: int = 0

    def falls_on(self, day: date) -> bool:
        weeks = weeks_between(self.rule.valid_from, day)
        return weeks % self.every_weeks == self.phase


def give_out(
    rules: Iterable[AvailabilityRule],
    parties: Iterable[Party],
    offered: Mapping[Therapist, Mapping[str, SessionType]],
    today: date,
    random: Random,
) -> list[StandingTime]:
    """Fill the hours of the rules. The first rule is of whoever is busiest."""
    desk = _Desk(offered, today, random)
    # In front whoever needs a particular therapist, at the end whom anybody can see.
    desk.waiting = sorted(parties, key=desk.is_easy)
    busiest: Therapist | None = None
    for rule in rules:
        busiest = busiest or rule.therapist
        desk.fill(rule, FULL_CALENDAR if rule.therapist is busiest else FILLED)
    for group in desk.groups:
        group.clients = desk.members(group)
    return [*desk.groups, *desk.given]


@dataclass(slots=True)
class _Desk:
    """Gives hours to those who wait."""

    offered: Mapping[Therapist, Mapping[str, SessionType]]
    today: date
    random: Random
    waiting: list[Party] = field(default_factory=list)
    given: list[StandingTime] = field(default_factory=list)
    groups: list[StandingTime] = field(default_factory=list)

    def is_easy(self, party: Party) -> bool:
        return self._ages(party) == {AgeGroup.ADULT} and len(party.clients) == 1

    def fill(self, rule: AvailabilityRule, share: float) -> None:
        """Give out hours from the first on, leaving some free."""
        minute = rule.start_minute
        group = self.offered[rule.therapist].get("group-90")
        if group is not None and not self._has_group(rule.therapist):
            self.groups.append(StandingTime(rule, minute, group, [], Mode.IN_PERSON))
            minute += _needed(group)
        while minute + SHORTEST <= rule.end_minute:
            if self.random.random() < share:
                minute += self._give(rule, minute)
            else:
                minute += 2 * GRID

    def members(self, group: StandingTime) -> list[Client]:
        """Adults who have no standing time on the group's day."""
        busy = {
            client
            for time in [*self.given, *self.groups]
            if time.rule.weekday == group.rule.weekday
            for client in time.clients
        }
        free = {
            client: None
            for time in self.given
            for client in time.clients
            if len(time.clients) == 1
            and client not in busy
            and client.age_group_on(self.today) == AgeGroup.ADULT
        }
        return self.random.sample(list(free), self.random.randint(*MEMBERS))

    def _give(self, rule: AvailabilityRule, minute: int) -> int:
        """Give an hour to one party, or to two in turn. How long it takes."""
        party = self._next(rule, minute)
        if party is None:
            return 2 * GRID
        parties = [party]
        if rule.every_weeks == 1 and self.random.random() < EVERY_OTHER_WEEK:
            parties += [one for one in [self._next(rule, minute)] if one is not None]
        times = [
            StandingTime(
                rule,
                minute,
                self.offered[rule.therapist][one.session_type],
                one.clients,
                self._mode(rule, one),
                every_weeks=len(parties),
                phase=phase,
            )
            for phase, one in enumerate(parties)
        ]
        self.given += times
        return max(_needed(time.session_type) for time in times)

    def _next(self, rule: AvailabilityRule, minute: int) -> Party | None:
        """One of those who wait, or a client of the therapist's for a second hour."""
        left = rule.end_minute - minute
        from_the_end = self.random.random() < 0.5  # noqa: PLR2004  as often as not
        for party in reversed(self.waiting) if from_the_end else self.waiting:
            if self._suits(party, rule, left):
                self.waiting.remove(party)
                return party
        return self._again(rule)

    def _again(self, rule: AvailabilityRule) -> Party | None:
        mine = [time for time in self.given if time.rule.therapist is rule.therapist]
        for time in mine:
            party = Party(time.clients, time.session_type.slug)
            days = [one.rule.weekday for one in mine if one.clients is time.clients]
            comes_once = len(days) == 1 and rule.weekday not in days
            is_alone = len(party.clients) == 1
            if is_alone and comes_once and self._suits(party, rule, SHORTEST):
                return party
        return None

    def _suits(self, party: Party, rule: AvailabilityRule, minutes: int) -> bool:
        kind = self.offered[rule.therapist].get(party.session_type)
        if kind is None or kind.duration_minutes > minutes:
            return False
        if rule.mode == WorkMode.TELEHEALTH and not party.may_call:
            return False
        return self._ages(party) <= set(rule.therapist.age_groups)

    def _mode(self, rule: AvailabilityRule, party: Party) -> Mode:
        if rule.mode != WorkMode.BOTH:
            return Mode(rule.mode)
        by_video = party.may_call and self.random.random() < BY_VIDEO
        return Mode.TELEHEALTH if by_video else Mode.IN_PERSON

    def _ages(self, party: Party) -> set[AgeGroup]:
        return {client.age_group_on(self.today) for client in party.clients}

    def _has_group(self, therapist: Therapist) -> bool:
        return any(group.rule.therapist is therapist for group in self.groups)


def _needed(kind: SessionType) -> int:
    """Minutes from one start to the next, on the grid."""
    return -(-(kind.duration_minutes + kind.buffer_after_minutes) // GRID) * GRID
