"""The premises as rows."""

from types import SimpleNamespace

from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.locations import (
    ClosureFactory,
    OfficeFactory,
    RoomFactory,
    TravelTimeFactory,
)
from tests.factories.scheduling import (
    PracticePolicyFactory,
    ReminderRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.scheduling.model import premises


def cast():
    """The rows of every table by name; `names` tells them by key."""
    PracticePolicyFactory.create(
        booking_horizon_days=premises.HORIZON_DAYS, hold_minutes=60
    )
    for before in premises.REMINDERS:
        ReminderRuleFactory.create(before_minutes=before // premises.MINUTE)
    offices = {name: OfficeFactory.create(slug=name) for name in premises.OFFICES}
    TravelTimeFactory.create(
        origin=offices["encino"],
        destination=offices["venice"],
        minutes=premises.TRAVEL[frozenset(offices)] // premises.MINUTE,
    )
    kinds = {name: session_type(name, kind) for name, kind in premises.KINDS.items()}
    rows = {
        "offices": offices,
        "kinds": kinds,
        "rooms": {
            name: RoomFactory.create(
                office=offices[room.office], capacity=room.capacity
            )
            for name, room in premises.ROOMS.items()
        },
        "therapists": {
            name: therapist(one, offices, kinds)
            for name, one in premises.THERAPISTS.items()
        },
        "clients": {
            name: ClientFactory.create(
                born_on=one.of_age_on.replace(year=one.of_age_on.year - 18),
                telehealth_consent_on=one.of_age_on if one.consents_to_video else None,
            )
            for name, one in premises.CLIENTS.items()
        },
    }
    for office, start, end in premises.CLOSURES:
        ClosureFactory.create(office=offices[office], starts_at=start, ends_at=end)
    names = {
        key: name
        for table in rows.values()
        for name, row in table.items()
        for key in (row.pk, str(row.pk))
    }
    for table in rows.values():
        table[None] = None
    return SimpleNamespace(
        names={None: None, **names}, caller=UserFactory.create(), **rows
    )


def session_type(name, kind):
    return SessionTypeFactory.create(
        slug=name,
        duration_minutes=kind.minutes,
        buffer_before_minutes=kind.before // premises.MINUTE,
        buffer_after_minutes=kind.after // premises.MINUTE,
        start_every_minutes=premises.GRID // premises.MINUTE,
        clients_min=kind.size,
        clients_max=kind.size,
        telehealth_only=kind.by_video_only,
    )


def therapist(one, offices, kinds):
    return TherapistFactory.create(
        offices=[offices[name] for name in one.offices],
        session_types=[kinds[name] for name in one.kinds],
        age_groups=["adolescent", "adult"] if one.sees_adolescents else ["adult"],
        telehealth=one.by_video,
        accepts_new_clients=one.takes_new,
    )
