"""Orders: what is to be booked, or where an appointment is to move."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import EllipsisType
from typing import Any
from uuid import UUID

from clients.models import Client
from config.errors import Malformed
from locations.models import Office, Room
from scheduling.engine import rules
from scheduling.engine.intervals import Interval
from scheduling.engine.rules import Code
from scheduling.engine.wall_clock import MINUTE
from scheduling.models import (
    ATTENDING,
    Appointment,
    Mode,
    SessionType,
    Therapist,
    read_parts,
)

# To have overridden one of these for one client is no word about another.
ABOUT_A_PERSON = frozenset({Code.CASELOAD, Code.CONSENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be booked. One that makes no sense cannot be made: `Malformed`.

    Without an office it is telehealth from elsewhere; without a room, the smallest that
    fits is taken. `overrides` are the soft rules to set aside, for `override_reason`;
    `exempt_from` are rules that do not bind it. What it `replaces`, the appointment
    that moves or the hold that is booked, does not stand in its way. Only a hold need
    not name its clients. Of somebody `joining` those who come already, the rules are
    asked for themselves.
    """

    therapist: Therapist
    clients: Sequence[Client]
    session_type: SessionType
    office: Office | None
    mode: Mode
    starts_at: datetime
    room: Room | None = None
    overrides: Collection[Code] = ()
    override_reason: str = ""
    exempt_from: Collection[Code] = ()
    replaces: Appointment | None = None
    joining: Client | None = None
    is_hold: bool = False

    def __post_init__(self) -> None:
        size, kind = len(self.clients), self.session_type
        if len({client.pk for client in self.clients}) < size:
            raise Malformed("A client is named twice.", field="clients")
        if not self._fewest <= size <= kind.clients_max:
            raise Malformed(f"{kind.name} is {kind.for_whom}.", field="clients")
        if self.mode == Mode.IN_PERSON and self.office is None:
            raise Malformed("A session in person needs an office.", field="office")
        if self.room is not None and self.mode == Mode.TELEHEALTH:
            raise Malformed("A telehealth session needs no room.", field="room")
        if self.room is not None and self.room.office_id != self.office_id:
            raise Malformed("The room is not at that office.", field="room")
        if hard := rules.HARD.intersection(self.overrides):
            raise Malformed(f"{min(hard)} cannot be overridden.", field="override")
        if self.overrides and not self.override_reason.strip():
            raise Malformed(
                "Overriding a rule needs a reason.", field="override_reason"
            )

    @property
    def _fewest(self) -> int:
        """A hold may be for nobody yet; a session goes on without those who left it.

        That all of them have left, since it was called off, is for the locks to tell.
        """
        moves = self.replaces is not None and not self.replaces.is_hold
        return 0 if self.is_hold or moves else self.session_type.clients_min

    @property
    def moved(self) -> Appointment:
        """The appointment that moves; `ValueError` if this is for something new."""
        if self.replaces is None:
            raise ValueError("The order is for something new.")
        return self.replaces

    @property
    def in_question(self) -> Sequence[Client]:
        """Whom the rules about people are asked about."""
        return self.clients if self.joining is None else [self.joining]

    @property
    def office_id(self) -> UUID | None:
        return self.office.pk if self.office else None

    @property
    def time(self) -> Interval:
        start = int(self.starts_at.timestamp())
        return Interval(start, start + self.session_type.duration_minutes * MINUTE)


def to_move(
    appointment: Appointment,
    *,
    starts_at: datetime,
    therapist: Therapist | None = None,
    office: Office | EllipsisType | None = ...,
    mode: Mode | None = None,
    room: Room | None = None,
    overrides: Collection[Code] = (),
    override_reason: str = "",
) -> Order:
    """The order that moves `appointment`: what is not given stays as it is.

    No office is elsewhere, from where a therapist calls. The room stays with the office
    as long as it is free. The horizon does not bind an occurrence of a series that
    stays within a week of where it was. Raises `Malformed`.
    """
    mode = mode or Mode(appointment.mode)
    office = appointment.office if office is ... else office
    return Order(
        therapist=therapist or appointment.therapist,
        clients=expected(appointment),
        session_type=appointment.session_type,
        office=office,
        mode=mode,
        starts_at=starts_at,
        room=room,
        overrides=overrides,
        override_reason=override_reason,
        exempt_from=(Code.HORIZON,) if _stays_near(appointment, starts_at) else (),
        replaces=appointment,
    )


def _stays_near(occurrence: Appointment, starts_at: datetime) -> bool:
    is_near = starts_at <= occurrence.starts_at + timedelta(weeks=1)
    return occurrence.series_id is not None and is_near


def expected(appointment: Appointment) -> list[Client]:
    """Those who still come, in the order in which they were booked."""
    read_parts([appointment])
    parts = appointment.attendances.all()
    return [part.client for part in parts if part.status in ATTENDING]


def to_join(
    appointment: Appointment,
    client: Client,
    *,
    overrides: Collection[Code] = (),
    override_reason: str = "",
) -> Order:
    """The order that takes `client` into `appointment` as well.

    What has been overridden there stays so, for the reason given then, unless it was
    about a person. Raises `Malformed`.
    """
    known = set(Code).intersection(appointment.overridden) - ABOUT_A_PERSON
    if overrides:
        known.update(overrides)
    else:
        override_reason = appointment.override_reason
    return Order(
        therapist=appointment.therapist,
        clients=[*expected(appointment), client],
        session_type=appointment.session_type,
        office=appointment.office,
        mode=Mode(appointment.mode),
        starts_at=appointment.starts_at,
        overrides=known,
        override_reason=override_reason,
        exempt_from=[Code.HORIZON] if appointment.series_id else [],
        replaces=appointment,
        joining=client,
    )


def to_book(
    hold: Appointment,
    *,
    clients: Sequence[Client],
    room: Room | None = None,
    overrides: Collection[Code] = (),
    override_reason: str = "",
    **asked: object,
) -> Order:
    """The order that books what `hold` keeps, in its room unless another is named.

    What else is `asked` must be as it was held; `Malformed` names what is not. What has
    been booked since may also have moved: that it is over is for `book` to say.
    """
    kept: dict[str, Any] = {  # Any: of each field
        "therapist": hold.therapist,
        "session_type": hold.session_type,
        "office": hold.office,
        "mode": Mode(hold.mode),
        "starts_at": hold.starts_at,
    }
    for name, value in asked.items():
        if hold.is_hold and value != kept[name]:
            raise Malformed("This is not what the hold keeps.", field=name)
    return Order(
        clients=clients,
        room=room,
        overrides=overrides,
        override_reason=override_reason,
        replaces=hold,
        **kept | asked,
    )
