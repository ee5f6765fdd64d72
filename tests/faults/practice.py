"""A practice with many sessions at once: `python -m tests.faults.practice` makes it.

Each therapist sees a group of four by video, all of whom want text messages. News are
told without delay, and each is reminded an hour before. There are no quiet hours: a
run is made at any hour.
"""

import django
from django.contrib.auth.hashers import make_password
from django.core.management import call_command

from tests.history.calls import PASSWORD

DESK, MANAGER = "desk", "manager"
OFFICES = ["main", "doomed"]
GROUPS = 100
GROUP_SIZE = 4
REMINDED_BEFORE_MINUTES = 60


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

    scheduling.PracticePolicyFactory.create(
        booked_notice_delay_minutes=0,
        minimum_notice_hours=0,
        quiet_from_minute=0,
        quiet_until_minute=0,
    )
    scheduling.ReminderRuleFactory.create(
        before_minutes=REMINDED_BEFORE_MINUTES, channel="sms"
    )
    session_type = scheduling.SessionTypeFactory.create(group=True)
    offices = [locations.OfficeFactory.create(slug=slug) for slug in OFFICES]
    scheduling.TherapistFactory.create_batch(
        GROUPS, offices=offices, session_types=[session_type]
    )
    clients.ClientFactory.create_batch(GROUPS * GROUP_SIZE, wants_email=False)
    password = make_password(PASSWORD)
    for username, role in ((DESK, Role.FRONT_DESK), (MANAGER, Role.MANAGER)):
        config.UserFactory.create(username=username, password=password, role=role)


if __name__ == "__main__":
    main()
