"""The weeks that the therapists work: at one office, at two or three, or elsewhere."""

from typing import NamedTuple

from scheduling.models import WorkMode

MON, TUE, WED, THU, FRI, SAT, SUN = range(7)
HOME, SECOND, THIRD, ELSEWHERE = 0, 1, 2, None
IN_PERSON, VIDEO, BOTH = WorkMode.IN_PERSON, WorkMode.TELEHEALTH, WorkMode.BOTH


class Shift(NamedTuple):
    """Weekly hours at one of a therapist's offices; `phase` shifts them by weeks."""

    weekday: int
    start_hour: int
    end_hour: int
    place: int | None = HOME
    mode: WorkMode = BOTH
    every_weeks: int = 1
    phase: int = 0


WEEKS = (
    (
        Shift(MON, 9, 13),
        Shift(MON, 15, 19, SECOND),
        Shift(WED, 9, 13),
        Shift(WED, 14, 18),
        Shift(THU, 9, 14),
    ),
    (Shift(TUE, 9, 12), Shift(TUE, 14, 18, SECOND), Shift(THU, 10, 15, THIRD)),
    (
        Shift(MON, 17, 21, ELSEWHERE, VIDEO),
        Shift(WED, 17, 21, ELSEWHERE, VIDEO),
        Shift(SUN, 10, 15, ELSEWHERE, VIDEO),
    ),
    (Shift(MON, 8, 12), Shift(WED, 13, 19), Shift(FRI, 8, 11)),
    (Shift(TUE, 13, 20, HOME, IN_PERSON), Shift(SAT, 9, 14, SECOND)),
    (
        Shift(MON, 9, 13),
        Shift(THU, 9, 14, SECOND, BOTH, 2, 0),
        Shift(THU, 9, 14, THIRD, BOTH, 2, 1),
        Shift(FRI, 13, 17),
    ),
    (Shift(TUE, 18, 21, ELSEWHERE, VIDEO), Shift(WED, 8, 12), Shift(FRI, 9, 14)),
    (
        Shift(TUE, 9, 13, HOME, IN_PERSON),
        Shift(WED, 9, 13, SECOND, IN_PERSON),
        Shift(FRI, 10, 14, THIRD, IN_PERSON),
    ),
    (Shift(MON, 14, 20), Shift(THU, 14, 20)),
    (Shift(TUE, 8, 12), Shift(THU, 8, 12), Shift(SAT, 9, 13)),
    (
        Shift(WED, 16, 20, ELSEWHERE, VIDEO),
        Shift(FRI, 9, 13),
        Shift(SUN, 13, 17, ELSEWHERE, VIDEO),
    ),
    (Shift(TUE, 14, 19), Shift(FRI, 13, 18, SECOND), Shift(SAT, 10, 15, HOME, BOTH, 2)),
)

# Who is away, by number in the team: (day of the eight weeks, number of days).
VACATIONS = {3: (5, 7), 15: (20, 1), 10: (38, 9), 21: (45, 5), 6: (50, 2)}
# Who opens a Saturday at the home office: (day of the eight weeks, from, to).
EXTRA_HOURS = {1: (33, 10, 14), 8: (17, 9, 12), 13: (40, 9, 13)}
