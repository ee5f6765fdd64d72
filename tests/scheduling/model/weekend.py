"""Random steps through a weekend at the practice, each with what it does on paper.

An operation that is new becomes a rule here, an answer of `Paper`, and what it writes
on paper once it was taken.
"""

from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from scheduling import booking, coverage, orders, progress
from scheduling.models import (
    AvailabilityOverride,
    AvailabilityRule,
    Message,
    MessageState,
    TimeOff,
)
from tests.scheduling.model import paper
from tests.scheduling.model.choices import (
    HELD,
    SOFT,
    ages,
    days,
    has_sessions,
    moments,
    numbers,
    overriding,
    parties,
    pick,
    places,
    rooms_at,
    therapists,
)
from tests.scheduling.model.making import Making
from tests.scheduling.model.premises import HOURS, MONDAY, ROOMS, Window
from tests.times import ZONE, at

PROGRESS = {
    "confirm": (progress.confirm, "confirmed"),
    "check_in": (progress.check_in, "checked_in"),
    "complete": (progress.complete, "completed"),
    "no_show": (progress.no_show, "no_show"),
    "reopen": (progress.reopen, "scheduled"),
}


class Weekend(Making):
    """One random weekend; everything it wrote is rolled back at its end."""

    @initialize(wishes=st.lists(st.tuples(parties, numbers), min_size=3, max_size=9))
    def open_the_practice(self, wishes):
        for therapist, office, mode, day, opens, closes in HOURS:
            window = Window(therapist, office, mode, at(day, opens), at(day, closes))
            self._add_hours(window, AvailabilityRule)
        for party, number in wishes:
            self.book_what_is_offered(party, number)

    @precondition(has_sessions)
    @rule(
        number=numbers,
        therapist=st.none() | therapists,
        place=st.none() | places,
        start=moments,
        override=overriding,
        age=ages,
    )
    def reschedule(self, *, number, therapist, place, start, override, age):
        session = self._session(number)
        office, mode = place or (session.what.office, session.what.mode)
        wanted = replace(
            session.what,
            therapist=therapist or session.what.therapist,
            office=office,
            mode=mode,
            start=start,
            room=None,
        )
        reasons = self.paper.reasons(wanted, moving=session)
        overrides = SOFT if override else frozenset()

        def move():
            order = orders.to_move(
                self.rows[session.key],
                therapist=self.cast.therapists[wanted.therapist],
                office=wanted.office and self.cast.offices[wanted.office],
                mode=mode,
                starts_at=start,
                overrides=overrides,
                override_reason=override,
            )
            return booking.reschedule(
                order, version=session.version - age, now=self.paper.now
            )

        expected = self._standing("reschedule", session, age) or reasons - overrides
        if self._agreed(expected, move, wanted, session):
            room, before = self.paper.room_for(wanted, moving=session), session.news
            moved = replace(wanted, room=room)
            if (moved, reasons & overrides) == (session.what, session.overridden):
                return
            session.what, session.status = moved, "scheduled"
            session.overridden = reasons & overrides
            session.moves += 1
            session.version += 1
            if session.news != before:
                session.facts += 1
                self.paper.tell(session)

    @precondition(has_sessions)
    @rule(number=numbers, by=st.sampled_from(["client", "practice"]), age=ages)
    def cancel(self, number, by, age):
        session = self._session(number)
        status = "cancelled"
        if by == "practice":
            status = "cancelled_by_practice"
        elif self.paper.now > session.late_from:
            status = "late_cancelled"

        def cancel():
            return booking.cancel(
                self.rows[session.key],
                by=by,
                version=session.version - age,
                now=self.paper.now,
            )

        if self._agreed(self._standing("cancel", session, age), cancel):
            session.status = status
            session.version += 1
            session.facts += 1
            self.paper.tell(session)

    @precondition(has_sessions)
    @rule(
        number=numbers,
        action=st.sampled_from(list(PROGRESS)),
        wait=st.sampled_from([None, -120, 0, 15, 900]),  # until so many minutes after
        age=ages,
    )
    def advance(self, *, number, action, wait, age):
        session = self._session(number)
        if wait is not None:
            self._go_to(session.what.start + timedelta(minutes=wait))
        operation, status = PROGRESS[action]
        options = {"may_correct": number % 2 == 0} if action == "check_in" else {}
        expected = self._standing(
            action, session, age, corrects=options.get("may_correct", False)
        )
        taken = set()
        if not expected and session.status == "no_show":
            taken = self.paper.reasons(session.what, moving=session) & paper.HARD

        def advance():
            return operation(
                self.rows[session.key],
                version=session.version - age,
                now=self.paper.now,
                **options,
            )

        if self._agreed(expected, advance, one_of=taken):
            session.status = status
            session.version += 1

    @precondition(has_sessions)
    @rule(number=numbers, age=ages)
    def amend(self, number, age):
        session = self._session(number)
        room = pick(number, rooms_at(session.what.office) or list(ROOMS))

        def amend():
            return booking.amend(
                self.rows[session.key],
                room=self.cast.rooms[room],
                version=session.version - age,
            )

        if self._agreed(self._against_room(session, room, age), amend):
            session.version += room != session.what.room
            session.what = replace(session.what, room=room)

    def _against_room(self, session, room, age):
        if ROOMS[room].office != session.what.office or session.what.room is None:
            return {"malformed"}
        if age:
            return {"stale"}
        if room == session.what.room:
            return set()
        wanted = replace(session.what, room=room)
        if ROOMS[room].capacity < len(wanted.clients):
            return self._standing("amend", session, age) or {"no_room"}
        taken = self.paper.reasons(wanted, moving=session) & {"room_busy"}
        return self._standing("amend", session, age) or taken

    @rule(
        therapist=therapists,
        place=places,
        day=days,
        opens=st.integers(8, 14),
        hours=st.integers(1, 4),
        model=st.sampled_from([AvailabilityRule, AvailabilityOverride]),
    )
    def add_hours(self, *, therapist, place, day, opens, hours, model):
        office, mode = place
        window = Window(
            therapist,
            office,
            mode,
            at(day, f"{opens:02}:00"),
            at(day, f"{opens + hours:02}:00"),
        )
        self._add_hours(window, model)

    @precondition(lambda self: self.paper.windows)
    @rule(number=numbers)
    def withdraw_hours(self, number):
        row = pick(number, list(self.paper.windows))
        del self.paper.windows[row]
        row.delete()

    @rule(therapist=therapists, start=moments, hours=st.integers(1, 6))
    def take_off(self, therapist, start, hours):
        off = Window(therapist, None, "", start, start + timedelta(hours=hours))
        row = TimeOff(
            therapist=self.cast.therapists[therapist],
            starts_at=off.start,
            ends_at=off.end,
        )

        uncovered = coverage.take_off(row, now=self.paper.now)

        told = {each.appointment.pk for each in uncovered}
        assert told == self.paper.standing_in(off)
        self.paper.time_off[row] = off

    @precondition(lambda self: self.paper.time_off)
    @rule(number=numbers)
    def come_back(self, number):
        row = pick(number, list(self.paper.time_off))
        del self.paper.time_off[row]
        row.delete()

    @rule(minutes=st.sampled_from([5, 60, 720]))
    def let_time_pass(self, minutes):
        self._go_to(self.paper.now + timedelta(minutes=minutes))

    @rule()
    def send_what_is_due(self):
        due = Message.objects.pending().filter(due_at__lte=self.paper.now)
        for message in due:
            session = self.paper.sessions[message.appointment_id]
            client = self.cast.names[message.recipient]
            before = message.before_start_minutes
            session.sent.add((client, message.kind, before, message.facts_version))
            session.heard[client] = session.news
        due.update(state=MessageState.SENT, sent_at=self.paper.now)

    def _standing(self, action, session, age, *, corrects=False):
        if age:
            return {"stale"}
        if self.paper.forbids(action, session, corrects=corrects):
            return {"invalid_transition"}
        return set()

    def _session(self, number):
        """Mostly one that has not been called off."""
        sessions = [
            one for one in self.paper.sessions.values() if one.status not in HELD
        ]
        alive = [one for one in sessions if not one.is_called_off]
        return pick(number, alive if alive and number % 10 else sessions)

    def _go_to(self, moment):
        self.paper.now = min(max(self.paper.now, moment), at(MONDAY, "13:00"))

    def _add_hours(self, window, model):
        when = window.start.astimezone(ZONE)
        opens = when.hour * 60 + when.minute
        closes = window.end.astimezone(ZONE)
        if model is AvailabilityRule:
            day = {"weekday": when.weekday(), "valid_from": when.date()}
        else:
            day = {"date": when.date()}
        row = model.objects.create(
            therapist=self.cast.therapists[window.therapist],
            office=self.cast.offices[window.office],
            mode=window.mode,
            start_minute=opens,
            end_minute=closes.hour * 60 + closes.minute,
            **day,
        )
        self.paper.windows[row] = window
