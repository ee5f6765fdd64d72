"""How an appointment comes about: booked, held, booked from a hold, or let go."""

from dataclasses import replace
from datetime import date

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from scheduling import booking, holds, orders
from scheduling.models import Appointment
from scheduling.orders import Order
from tests.scheduling.model.beside import Beside
from tests.scheduling.model.choices import (
    HELD,
    SOFT,
    has_holds,
    moments,
    numbers,
    overriding,
    parties,
    pick,
    places,
    rooms_at,
    therapists,
)
from tests.scheduling.model.paper import Session
from tests.scheduling.model.premises import IN_PERSON, MONDAY, Wanted
from tests.times import at

LONG_AGO = at(date(2020, 1, 1), "00:00")


class Making(Beside):
    """The steps by which appointments come about."""

    @rule(
        party=parties,
        therapist=therapists,
        place=places,
        start=moments,
        number=numbers,
        names_room=st.booleans(),
        override=overriding,
    )
    def book(self, *, party, therapist, place, start, number, names_room, override):
        office, mode = place
        room = (
            pick(number, rooms_at(office)) if names_room and mode == IN_PERSON else None
        )
        wanted = Wanted(*party, therapist, office, mode, start, room)
        self._book(wanted, override)

    @rule(party=parties, number=numbers)
    def book_what_is_offered(self, party, number):
        offers = self.paper.offers(*party, self.paper.now, at(MONDAY, "23:00"))
        if offers:
            wanted, _ = pick(number, offers)
            self._book(wanted, override="")

    @rule(party=parties, number=numbers, is_named=st.booleans())
    def hold_what_is_offered(self, party, number, is_named):
        offers = self.paper.offers(*party, self.paper.now, at(MONDAY, "23:00"))
        if offers:
            wanted, _ = pick(number, offers)
            self._hold(wanted if is_named else replace(wanted, clients=()))

    @rule(party=parties, therapist=therapists, place=places, start=moments)
    def hold(self, party, therapist, place, start):
        self._hold(Wanted(*party, therapist, *place, start))

    @precondition(has_holds)
    @rule(number=numbers, party=parties, override=overriding)
    def book_what_is_held(self, number, party, override):
        session = self._held(number)
        kind, clients = party
        if kind != session.what.kind:
            clients = session.what.clients
        wanted = replace(session.what, clients=clients, room=None)
        reasons = self.paper.reasons(wanted, moving=session)
        overrides = SOFT if override else frozenset()
        expected = reasons - overrides
        if not clients:
            expected = {"malformed"}
        elif session.status == "released":
            expected = {"hold_expired"}

        def book():
            order = orders.to_book(
                self.rows[session.key],
                clients=[self.cast.clients[name] for name in clients],
                overrides=overrides,
                override_reason=override,
            )
            return booking.book(order, now=self.paper.now)

        if self._agreed(expected, book, wanted, session):
            room = self.paper.room_for(wanted, moving=session)
            session.what, session.status = replace(wanted, room=room), "scheduled"
            session.overridden = reasons & overrides
            session.version += 1
            session.notices = {}
            self.paper.tell(session)

    @precondition(has_holds)
    @rule(number=numbers)
    def let_go(self, number):
        session = self._held(number)

        holds.let_go(self.rows[session.key])

        self._release(session)

    @precondition(has_holds)
    @rule(number=numbers)
    def lapse(self, number):
        session = self._held(number)
        if session.status == "held":
            row = Appointment.objects.filter(pk=session.key)
            row.update(hold_expires_at=LONG_AGO)
            self.lapsed.add(session.key)
            self._release(session)

    def _book(self, wanted, override):
        reasons = self.paper.reasons(wanted)
        overrides = SOFT if override else frozenset()

        def book():
            order = Order(
                **self._in_rows(wanted),
                overrides=overrides,
                override_reason=override,
            )
            return booking.book(order, now=self.paper.now)

        if row := self._agreed(reasons - overrides, book, wanted):
            session = self._add(row, wanted)
            session.overridden = reasons & overrides
            self.paper.tell(session)

    def _hold(self, wanted):
        expected = self.paper.reasons(wanted)
        if sum(one.status == "held" for one in self.paper.sessions.values()) >= 3:
            expected = {"too_many_holds"}

        def hold():
            order = Order(**self._in_rows(wanted), is_hold=True)
            return holds.hold(order, by=self.cast.caller, now=self.paper.now)

        if row := self._agreed(expected, hold, wanted if wanted.clients else None):
            self._add(row, wanted).status = "held"

    def _add(self, row, wanted):
        room = self.paper.room_for(wanted)
        session = Session(row.pk, replace(wanted, room=room))
        self.paper.sessions[row.pk] = session
        return session

    def _release(self, session):
        session.version += session.status == "held"
        session.status = "released"

    def _held(self, number):
        """Mostly one that is still kept."""
        holds = [one for one in self.paper.sessions.values() if one.status in HELD]
        kept = [one for one in holds if one.status == "held"]
        return pick(number, kept if kept and number % 5 else holds)
