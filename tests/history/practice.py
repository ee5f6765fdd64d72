"""A practice that is tiny and hot: `python -m tests.history.practice` makes it.

Four therapists work day and night at each of three offices with four rooms in all, and
eight clients want to see any of them, alone or in a group. A hold lasts a minute.
"""

import django
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from tests.history.calls import PASSWORD

USERS = [f"desk-{number}" for number in range(4)]
ROOMS = {"east": 1, "middle": 2, "west": 1}
THERAPISTS = 4
CLIENTS = 8


def main() -> None:
    django.setup()
    call_command("migrate", verbosity=0)
    _furnish()


def _furnish() -> None:
    from config.roles import Role  # noqa: PLC0415  models, after setup
    from tests.factories import (  # noqa: PLC0415
        clients,
        config,
        locations,
        scheduling,
    )

    scheduling.PracticePolicyFactory.create(hold_minutes=1, default_travel_minutes=0)
    scheduling.ReminderRuleFactory.create(before_minutes=24 * 60, channel="sms")
    scheduling.ReminderRuleFactory.create(before_minutes=2 * 60, channel="email")
    session_types = [
        scheduling.SessionTypeFactory.create(),
        scheduling.SessionTypeFactory.create(group=True),
    ]
    offices = [locations.OfficeFactory.create(slug=slug) for slug in ROOMS]
    for office in offices:
        locations.RoomFactory.create_batch(ROOMS[office.slug], office=office)
    for _ in range(THERAPISTS):
        therapist = scheduling.TherapistFactory.create(
            offices=offices, session_types=session_types
        )
        for office in offices:
            for weekday in range(7):
                scheduling.AvailabilityRuleFactory.create(
                    therapist=therapist,
                    office=office,
                    weekday=weekday,
                    start_minute=0,
                    end_minute=1440,
                )
    clients.ClientFactory.create_batch(CLIENTS)
    password = make_password(PASSWORD)
    for username in USERS:
        config.UserFactory.create(
            username=username, password=password, role=Role.FRONT_DESK
        )


if __name__ == "__main__":
    main()
