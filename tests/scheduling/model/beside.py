"""The real practice beside the one on paper, and what must be the same in both."""

from dataclasses import replace
from datetime import timedelta
from itertools import cycle
from types import SimpleNamespace

from django.db import transaction
from hypothesis.stateful import RuleBasedStateMachine, invariant

from config.errors import Malformed, Stale
from scheduling import slot_search
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import as_datetime
from scheduling.holds import TooManyHolds
from scheduling.models import Appointment, Attendance, Message
from scheduling.placement import HoldExpired, RulesForbid, SlotTaken
from scheduling.transitions import InvalidTransition
from scheduling.wishes import Wish
from tests.scheduling.model import paper
from tests.scheduling.model.paper import Paper
from tests.scheduling.model.premises import MONDAY, SATURDAY, SUNDAY, Wanted
from tests.times import ZONE, at

COLUMNS = [
    "pk",
    "therapist",
    "office",
    "room",
    "mode",
    "status",
    "starts_at",
    "ends_at",
    "late_cancel_at",
    "version",
    "facts_version",
    "reschedules",
    "overridden",
]
ATTENDANCE = {
    "completed": "attended",
    "cancelled": "cancelled",
    "cancelled_by_practice": "cancelled",
    "late_cancelled": "late_cancelled",
    "no_show": "no_show",
}


class Beside(RuleBasedStateMachine):
    """What a machine needs to compare; everything it wrote is rolled back at its end.

    `cast` are the rows of the premises, `steps` counts those of all examples. Holds
    that have `lapsed` stay as they are until somebody meets them: only what follows
    from them is compared.
    """

    cast: SimpleNamespace
    steps = 0

    def __init__(self):
        super().__init__()
        self.rollback = transaction.atomic()
        self.rollback.__enter__()
        self.paper = Paper()
        self.rows = {}
        self.lapsed = set()
        self.searches = cycle(
            (party, day)
            for party in [
                ("individual", ("robin",)),
                ("couple", ("robin", "sam")),
                ("individual", ("kim",)),
                ("consultation", ("pat",)),
            ]
            for day in (SATURDAY, SUNDAY, MONDAY)
        )

    def teardown(self):
        transaction.set_rollback(True)
        self.rollback.__exit__(None, None, None)

    @invariant()
    def the_rows_are_as_on_paper(self):
        type(self).steps += 1
        rows = Appointment.objects.exclude(pk__in=self.lapsed).values_list(*COLUMNS)
        assert {
            key: (*(self.cast.names[name] for name in (who, where, room)), *rest)
            for key, who, where, room, *rest in rows
        } == {
            session.key: (
                session.what.therapist,
                session.what.office,
                session.what.room,
                session.what.mode,
                session.status,
                session.what.start,
                session.what.end,
                session.late_from,
                session.version,
                session.facts,
                session.moves,
                [code for code in Code if code in session.overridden],
            )
            for session in self.paper.sessions.values()
            if session.key not in self.lapsed
        }

    @invariant()
    def each_clients_part_is_as_on_paper(self):
        attendances = Attendance.objects.exclude(
            appointment__in=self.lapsed
        ).values_list(
            "appointment", "client", "status", "starts_at", "ends_at", "occupies"
        )
        assert {
            (key, self.cast.names[client], *rest) for key, client, *rest in attendances
        } == {
            (
                session.key,
                client,
                ATTENDANCE.get(session.status, "expected"),
                session.what.start,
                session.what.end,
                session.status in paper.OCCUPYING,
            )
            for session in self.paper.sessions.values()
            for client in session.what.clients
            if session.key not in self.lapsed
        }

    @invariant()
    def exactly_what_can_be_booked_is_offered(self):
        (kind, clients), day = next(self.searches)
        first, last = at(day, "00:00"), at(day + timedelta(days=1), "00:00")
        wish = Wish(
            session_type=self.cast.kinds[kind],
            start=int(first.timestamp()),
            end=int(last.timestamp()),
            clients=[self.cast.clients[name] for name in clients],
        )

        page = slot_search.search(wish, now=int(self.paper.now.timestamp()), limit=500)

        found = [
            (self._wanted(slot, kind, clients), slot.rooms_free) for slot in page.slots
        ]
        expected = self.paper.offers(kind, clients, first, last)
        assert sorted(found, key=repr) == expected

    @invariant()
    def the_messages_that_wait_are_those_of_today(self):
        waiting = Message.objects.pending().values_list(
            "appointment",
            "recipient",
            "kind",
            "before_start_minutes",
            "facts_version",
            "due_at",
        )
        assert {
            (key, self.cast.names[client], *rest) for key, client, *rest, _ in waiting
        } == {
            (session.key, *message)
            for session in self.paper.sessions.values()
            for message in self.paper.messages(session)
        }
        assert all(8 <= row[-1].astimezone(ZONE).hour < 20 for row in waiting)

    def _agreed(self, expected, operation, wanted=None, moving=None, *, one_of=()):
        """Run an operation; it is refused for exactly what is `expected`, or for a part
        of `one_of`, where the database speaks. The row, if it was not refused."""
        try:
            row = operation()
        except Malformed:
            reasons = {"malformed"}
        except Stale:
            reasons = {"stale"}
        except InvalidTransition:
            reasons = {"invalid_transition"}
        except (TooManyHolds, HoldExpired) as refused:
            reasons = {refused.code}
        except (SlotTaken, RulesForbid) as refused:
            reasons = {reason.code for reason in refused.reasons}
            self._check(refused, reasons, wanted, moving)
        else:
            assert (expected, set(one_of)) == (set(), set())
            self.rows[row.pk] = row
            return row
        assert reasons == expected or reasons <= set(one_of)
        return None

    def _check(self, refusal, reasons, wanted, moving):
        """A hard reason makes it a conflict. Each alternative can be booked, and there
        are some if there is anything to offer."""
        assert isinstance(refusal, SlotTaken) == bool(reasons & paper.HARD)
        if wanted is None:
            return
        for slot in refusal.alternatives:
            other = self._wanted(slot, wanted.kind, wanted.clients)
            assert self.paper.reasons(other, moving) == set()
        offers = self.paper.offers(
            wanted.kind, wanted.clients, self.paper.now, at(MONDAY, "23:00"), moving
        )
        here = moving and replace(moving.what, room=None)
        others = [offer for offer, _ in offers if offer != here]
        assert len(refusal.alternatives) <= 3
        assert bool(refusal.alternatives) == bool(others)

    def _in_rows(self, wanted):
        return {
            "session_type": self.cast.kinds[wanted.kind],
            "clients": [self.cast.clients[name] for name in wanted.clients],
            "therapist": self.cast.therapists[wanted.therapist],
            "office": self.cast.offices[wanted.office],
            "room": self.cast.rooms[wanted.room],
            "mode": wanted.mode,
            "starts_at": wanted.start,
        }

    def _wanted(self, slot, kind, clients):
        return Wanted(
            kind,
            clients,
            self.cast.names[slot.therapist],
            self.cast.names[slot.office or None],
            slot.mode,
            as_datetime(slot.start),
        )
