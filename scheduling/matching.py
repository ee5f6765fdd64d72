"""Which therapists suit somebody, best first, and why.

Hard facts exclude, and every exclusion is told with its reasons; soft facts give
points, by a table of weights in versions. The hours are those that could be booked: one
search for all who are not excluded, which stops as soon as nobody else can come to
stand among those who are answered.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeAlias

from scheduling import firsts, teams, wishes
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine import scoring
from scheduling.engine.intervals import FOREVER
from scheduling.engine.scoring import (
    FULL,
    Criterion,
    Exclusion,
    Hours,
    Part,
    Profile,
    Seeker,
    Weights,
)
from scheduling.engine.wall_clock import day_of
from scheduling.firsts import Found
from scheduling.models import MatchWeights
from scheduling.seekers import ALL_DAY, Facts
from scheduling.teams import Team
from scheduling.wishes import Slot, Wish

# Where somebody stands: points, with the most first, then start, load and key.
Standing: TypeAlias = tuple[int, int, int, str]

ANSWERED = 10  # therapists, unless somebody asks for more or fewer
MOST_ANSWERED = 50
SLOTS = 3  # of each
OF_HOURS = (Criterion.HOURS, Criterion.SOON)

WHY_NOT: Mapping[Exclusion, str] = {
    Exclusion.EARLIER_THERAPIST: "Was no fit before.",
    Exclusion.FORMAT: "Does not offer this kind of session.",
    Exclusion.AGE_GROUP: "Does not see clients of that age.",
    Exclusion.STATE: "Is not licensed in that state.",
    Exclusion.NOT_ACCEPTING: "Takes no new clients at present.",
    Exclusion.CONCERN: "Does not name the main concern, which is a must.",
    Exclusion.MODALITY: "Practises none of the wished modalities, which is a must.",
    Exclusion.LANGUAGE: "Speaks none of the wished languages, which is a must.",
    Exclusion.GENDER: "Is not known to be of the wished gender, which is a must.",
    Exclusion.PLACE: "Works at none of the wished places, which is a must.",
    Exclusion.HOURS: "Has no time in the wished hours, which is a must.",
}


@dataclass(frozen=True, slots=True)
class Suited:
    """A therapist who is answered: the points, where from, and the first slots."""

    therapist: str
    name: str
    score: int
    parts: Sequence[Part]
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True)
class Excluded:
    therapist: str
    name: str
    reasons: Sequence[Exclusion]


@dataclass(frozen=True, slots=True)
class Ranking:
    """Who suits but is not among the first that were asked for is in neither."""

    ranked: Sequence[Suited]
    excluded: Sequence[Excluded]


def rank(
    facts: Facts,
    weights: MatchWeights,
    *,
    now: datetime,
    limit: int = ANSWERED,
    is_public: bool = False,
) -> Ranking:
    """The first `limit` therapists by score, then by their earliest hour, then the one
    with less load, then by key.

    What is public tells nothing of anybody's load: it gives no points then, and equals
    go by their earliest hour and then by key. Of a
    session type that is not open to everyone it tells no hours either: they give no
    points, and exclude nobody. Hours that are a must are looked at only of those whom
    nothing else excludes.
    """
    instant = int(now.timestamp())
    team, seeker = teams.read(), facts.seeker()
    wish = facts.wish(now=instant, is_public=is_public)
    untold = {Criterion.LOAD} if is_public else set()
    if not wishes.is_open(wish):
        untold |= {Criterion.HOURS, Criterion.SOON}
        musts = set(seeker.musts) - untold
        seeker = replace(seeker, has_hours=False, musts=musts)
    suitable, excluded = _sort_out(seeker, team)
    search = _Search(
        wish=wish,
        seeker=seeker,
        weights=table(weights, team, without=untold),
        team=team,
        profiles=suitable,
        now=instant,
        limit=limit,
    )
    search.run()
    for key in search.leave_out_without_hours():
        excluded[key] = [Exclusion.HOURS]
    return Ranking(
        ranked=search.answer(),
        excluded=[
            Excluded(key, team.names[key], excluded[key]) for key in sorted(excluded)
        ],
    )


def table(
    weights: MatchWeights, team: Team, *, without: Collection[Criterion] = ()
) -> Weights:
    """A version as the engine takes it: modalities by key."""
    told = {Criterion(name): most for name, most in weights.points.items()}
    points = {name: most for name, most in told.items() if name not in without}
    leading = [
        team.modalities[slug] for slug in weights.leading if slug in team.modalities
    ]
    return Weights(points, leading, weights.supporting)


def _sort_out(
    seeker: Seeker, team: Team
) -> tuple[list[Profile], dict[str, list[Exclusion]]]:
    """Whom nothing excludes but perhaps their hours, and why everybody else."""
    suitable: list[Profile] = []
    excluded: dict[str, list[Exclusion]] = {}
    in_time = Hours(wished=0, any=0)
    for profile in team.profiles:
        if reasons := scoring.exclusions(seeker, profile, in_time):
            excluded[profile.id] = reasons
        else:
            suitable.append(profile)
    return suitable, excluded


@dataclass(slots=True)
class _Search:
    """The hours of those who can still come to stand among the first `limit`.

    But for how soon and in which hours somebody has time, all points are known before.
    So it is known as well what somebody without a slot up to some time can reach at
    most, and whoever cannot pass those who have one is looked at no more.
    """

    wish: Wish
    seeker: Seeker
    weights: Weights
    team: Team
    profiles: list[Profile]
    now: int
    limit: int
    fixed: dict[str, int] = field(default_factory=dict)
    found: dict[str, tuple[Hours, int]] = field(default_factory=dict)
    gains: dict[Hours, int] = field(default_factory=dict)
    loads: dict[str, int] = field(default_factory=dict)

    def run(self) -> None:
        self.profiles = self._contenders()
        if not self.wish.is_public:
            self.profiles = teams.with_loads(self.profiles, now=self.now)
        at_once = self._gain(Hours(0, 0))
        for profile in self.profiles:
            told = self._parts(profile, Hours(0, 0))
            self.fixed[profile.id] = sum(part.points for part in told) - at_once
            load = FULL + 1 if profile.load is None else profile.load
            self.loads[profile.id] = load
        for batch in self._batches():
            self._look_at(batch)

    def _contenders(self) -> list[Profile]:
        """Without those who could not come in even if they had no session and time at
        once, while the others had none and never."""
        if self._decides_hours() or len(self.profiles) <= self.limit:
            return self.profiles
        best = {
            profile.id: sum(part.points for part in self._parts(profile, Hours(0, 0)))
            for profile in self.profiles
        }
        luck = self._gain(Hours(0, 0)) + self.weights.points.get(Criterion.LOAD, 0)
        least = heapq.nlargest(self.limit, best.values())[-1] - luck
        return [profile for profile in self.profiles if best[profile.id] >= least]

    def leave_out_without_hours(self) -> list[str]:
        """Those who have no time in the wished hours, where that is a must; they count
        no more."""
        if not self._decides_hours():
            return []
        late = [
            profile.id
            for profile in self.profiles
            if self.found[profile.id][0].wished is None
        ]
        self.profiles = [one for one in self.profiles if one.id not in set(late)]
        for key in late:
            del self.found[key]
        return late

    def answer(self) -> list[Suited]:
        profiles = {profile.id: profile for profile in self.profiles}
        first = heapq.nsmallest(self.limit, self.found, key=self._standing)
        slots = firsts.of_each(
            self.wish,
            [key for key in first if self.found[key][0].wished is not None],
            now=self.now,
            most=SLOTS,
        )
        answered = []
        for key in first:
            parts = self._parts(profiles[key], self.found[key][0])
            score = sum(part.points for part in parts)
            name = self.team.names[key]
            answered.append(Suited(key, name, score, parts, slots.get(key, ())))
        return answered

    def _batches(self) -> list[list[str]]:
        """First those with the most points, all of a score together; then the rest."""
        keys = sorted(self.fixed, key=lambda key: (-self.fixed[key], key))
        if self._decides_hours() or len(keys) <= self.limit:
            return [keys]
        least = self.fixed[keys[self.limit - 1]]
        enough = sum(self.fixed[key] >= least for key in keys)
        return [keys[:enough], keys[enough:]]

    def _decides_hours(self) -> bool:
        return self.seeker.has_hours and Criterion.HOURS in self.seeker.musts

    def _look_at(self, batch: Sequence[str]) -> None:
        batch = self._worth(batch, self.now)
        if not batch:
            return

        def still(until: int, slots: Found) -> Collection[str]:
            self._keep(slots, as_wished=True)
            return self._worth([key for key in batch if key not in slots], until)

        if self._decides_hours():
            slots = firsts.of_each(self.wish, batch, now=self.now, most=1)
            self._keep(slots, as_wished=True)
        else:
            slots = firsts.in_a_race(self.wish, batch, now=self.now, still=still)
        # Who was left on the way cannot come to stand among the first any more.
        late = self._worth([key for key in batch if key not in slots], self.wish.end)
        if late and self.seeker.has_hours and not self._decides_hours():
            at_any_time = replace(self.wish, weekdays=(), time_from=0, time_to=ALL_DAY)
            slots = firsts.of_each(at_any_time, late, now=self.now, most=1)
            self._keep(slots, as_wished=False)
        for key in late:
            self.found.setdefault(key, (Hours(), FOREVER.end))

    def _keep(self, slots: Found, *, as_wished: bool) -> None:
        for key, (first, *_) in slots.items():
            days = self._days_until(first.start)
            hours = Hours(wished=days if as_wished else None, any=days)
            self.found.setdefault(key, (hours, first.start))

    def _worth(self, keys: Iterable[str], until: int) -> list[str]:
        """Those of `keys`, without a slot before `until`, who can come to stand among
        the first."""
        worst = self._worst()
        if worst is None:
            return list(keys)
        days = self._days_until(until)
        later = self._gain(Hours(days, days))
        at_another_time = self._gain(Hours(None, 0)) if self.seeker.has_hours else 0
        return [
            key
            for key in keys
            if self._place(key, later, until) <= worst
            or self._place(key, at_another_time, self.now) <= worst
        ]

    def _worst(self) -> Standing | None:
        """Where the last of the first stands; None while there are too few."""
        if self._decides_hours() or len(self.found) < self.limit:
            return None
        return heapq.nsmallest(self.limit, map(self._standing, self.found))[-1]

    def _standing(self, key: str) -> Standing:
        hours, start = self.found[key]
        return self._place(key, self._gain(hours), start)

    def _place(self, key: str, gain: int, start: int) -> Standing:
        return -self.fixed[key] - gain, start, self.loads[key], key

    def _gain(self, hours: Hours) -> int:
        """The points for how soon and in which hours, whoever it is."""
        if hours not in self.gains:
            points = self.weights.points
            of_hours = {
                one: points.get(one, 0) for one in (Criterion.HOURS, Criterion.SOON)
            }
            anybody = Profile(id="")
            told = scoring.parts(
                self.seeker, anybody, hours, Weights(of_hours), self.team.terms
            )
            self.gains[hours] = sum(part.points for part in told)
        return self.gains[hours]

    def _days_until(self, moment: int) -> int:
        return (day_of(moment, PRACTICE_ZONE) - day_of(self.now, PRACTICE_ZONE)).days

    def _parts(self, profile: Profile, hours: Hours) -> list[Part]:
        return scoring.parts(self.seeker, profile, hours, self.weights, self.team.terms)
