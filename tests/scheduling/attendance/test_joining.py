"""Another client comes, or one who had left comes after all."""

from datetime import date, timedelta

import pytest

from config.errors import Malformed
from scheduling import coverage
from scheduling.engine.rules import Code
from scheduling.models import Appointment, Message, Mode
from scheduling.placement import Full, RulesForbid, SlotTaken
from scheduling.transitions import InvalidTransition
from tests.factories.clients import ClientFactory
from tests.factories.locations import RoomFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    SessionTypeFactory,
    TimeOffFactory,
)
from tests.scheduling.attendance.conftest import (
    AFTER,
    START,
    TOO_LATE,
    add,
    booked,
    codes,
    counts,
    everything,
    members,
    parts,
    remove,
)
from tests.times import NEXT_MONDAY, NOW, at

pytestmark = pytest.mark.django_db


def test_who_joins_has_a_part_of_their_own(group):
    client = ClientFactory.create()

    add(group, client)

    assert counts(group) == ("scheduled", 2, 1)
    part = group.attendances.get(client=client)
    assert (part.status, part.fee, part.occupies) == ("expected", "none", True)
    assert (part.starts_at, part.ends_at) == (group.starts_at, group.ends_at)


def test_a_larger_room_is_taken_when_the_present_one_is_too_small(group):
    client = ClientFactory.create()
    small = group.room

    after = add(group, client)

    assert (small.capacity, after.room.capacity) == (2, 3)
    assert len(parts(group)) == 3


def test_the_room_is_kept_while_it_does(hours):
    kind = SessionTypeFactory.create(group=True)
    group = booked(hours, kind, room=hours.office.rooms.get(capacity=3))
    RoomFactory.create(office=hours.office, capacity=3)

    after = add(group, ClientFactory.create())

    assert after.room == group.room


def test_no_room_for_one_more_is_a_conflict(hours):
    group = booked(hours, SessionTypeFactory.create(group=True), size=3)
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        add(group, ClientFactory.create())

    assert codes(refusal) == ["no_room"]
    assert everything() == before


def a_busy_client(hours):
    client = ClientFactory.create()
    AppointmentFactory.create(starts_at=START + timedelta(minutes=30), clients=[client])
    return client


def a_child(hours):
    return ClientFactory.create(born_on=date(2015, 5, 17))


def a_new_client(hours):
    hours.therapist.accepts_new_clients = False
    hours.therapist.save()
    return ClientFactory.create()


@pytest.mark.parametrize(
    ("somebody", "error", "reasons"),
    [
        (a_busy_client, SlotTaken, ["client_busy"]),
        (a_child, RulesForbid, ["not_offered"]),
        (a_new_client, RulesForbid, ["caseload"]),
    ],
)
def test_who_joins_is_asked_about_as_in_a_booking(
    group, hours, somebody, error, reasons
):
    client = somebody(hours)
    before = everything()

    with pytest.raises(error) as refusal:
        add(group, client)

    assert codes(refusal) == reasons
    assert len(refusal.value.alternatives) == 3 or error is RulesForbid
    assert everything() == before


def test_consent_that_one_did_without_is_asked_of_the_next(hours):
    kind = SessionTypeFactory.create(group=True)
    group = booked(hours, kind, mode=Mode.TELEHEALTH)
    without = ClientFactory.create_batch(2, telehealth_consent_on=None)
    said = {"overrides": [Code.CONSENT], "override_reason": "Signed on paper."}
    group = add(group, without[0], **said)
    before = everything()

    with pytest.raises(RulesForbid) as refusal:
        add(group, without[1])

    assert codes(refusal) == ["consent"]
    assert everything() == before
    assert (group.overridden, group.override_reason) == (
        ["consent"],
        "Signed on paper.",
    )


def test_what_was_overridden_for_the_session_stays_so(hours):
    group = booked(
        hours,
        SessionTypeFactory.create(group=True),
        starts_at=at(NEXT_MONDAY, "16:30"),
        overrides=[Code.OUTSIDE_HOURS],
        override_reason="As agreed.",
    )

    after = add(group, ClientFactory.create())

    assert (after.overridden, after.override_reason) == (
        ["outside_hours"],
        "As agreed.",
    )


def test_a_further_soft_rule_needs_a_reason_of_its_own(hours):
    group = booked(
        hours,
        SessionTypeFactory.create(group=True),
        starts_at=at(NEXT_MONDAY, "16:30"),
        overrides=[Code.OUTSIDE_HOURS],
        override_reason="As agreed.",
    )
    TimeOffFactory.create(
        therapist=hours.therapist,
        starts_at=group.starts_at,
        ends_at=group.ends_at,
    )
    client = ClientFactory.create()
    before = everything()

    with pytest.raises(RulesForbid) as refusal:
        add(group, client)
    with pytest.raises(Malformed):
        add(group, client, overrides=[Code.TIME_OFF])
    assert everything() == before
    after = add(
        group, client, overrides=[Code.TIME_OFF], override_reason="Will come in."
    )

    assert codes(refusal) == ["time_off"]
    assert (after.overridden, after.override_reason) == (
        ["outside_hours", "time_off"],
        "As agreed.\nWill come in.",
    )


def test_once_it_has_begun_who_joins_is_recorded_with_a_reason(group):
    client = ClientFactory.create()

    with pytest.raises(RulesForbid) as refusal:
        add(group, client, now=AFTER)
    add(
        group,
        client,
        now=AFTER,
        overrides=[Code.PAST],
        override_reason="Came along.",
    )

    assert codes(refusal) == ["past"]
    assert len(parts(group)) == 3
    assert not Message.objects.filter(client=client).exists()


def test_as_many_come_as_the_session_type_is_for(couple):
    before = everything()

    with pytest.raises(Full):
        add(couple, ClientFactory.create())

    assert everything() == before


def test_a_place_that_was_left_since_it_was_looked_at_is_taken(couple):
    seen = Appointment.objects.with_parts().get(pk=couple.pk)
    couple = remove(couple, members(couple)[0])

    after = add(seen, ClientFactory.create(), version=couple.version)

    assert after.attendances.active().count() == 2


def test_who_left_since_it_was_looked_at_comes_back(group):
    seen = Appointment.objects.with_parts().get(pk=group.pk)
    client, _ = members(group)
    group = remove(group, client)

    after = add(seen, client, version=group.version)

    assert after.attendances.active().count() == 2


def test_who_comes_already_cannot_be_added(group):
    client, _ = members(group)
    before = everything()

    with pytest.raises(InvalidTransition):
        add(group, client)

    assert everything() == before


def test_who_had_left_comes_back_with_the_same_part(group):
    client, _ = members(group)
    group = remove(group, client, now=TOO_LATE, reason="Ill")
    part = group.attendances.get(client=client)

    group = add(group, client, now=TOO_LATE)

    back = group.attendances.get(client=client)
    assert (back.pk, back.status, back.fee) == (part.pk, "expected", "none")
    assert (back.cancelled_at, back.cancel_reason) == (None, "")
    assert counts(group) == ("scheduled", 3, 1)


def test_who_left_and_was_booked_elsewhere_cannot_come_back(group):
    client, _ = members(group)
    group = remove(group, client)
    AppointmentFactory.create(starts_at=START, clients=[client])
    before = everything()

    with pytest.raises(SlotTaken) as refusal:
        add(group, client)

    assert codes(refusal) == ["client_busy"]
    assert everything() == before


def test_who_left_in_time_is_a_new_client_still(group, hours):
    client, _ = members(group)
    group = remove(group, client)
    hours.therapist.accepts_new_clients = False
    hours.therapist.save()
    before = everything()

    with pytest.raises(RulesForbid) as refusal:
        add(group, client)

    assert codes(refusal) == ["caseload"]
    assert everything() == before


def test_a_couple_that_one_has_left_is_not_full(couple):
    leaves, _ = members(couple)
    couple = remove(couple, leaves)

    add(couple, ClientFactory.create())

    assert parts(couple) == [
        ("cancelled", "none"),
        ("expected", "none"),
        ("expected", "none"),
    ]


def test_somebody_may_join_a_session_that_is_kept_though_its_therapist_has_left(group):
    """What was decided about the session stays decided, for the reason given then."""
    group.therapist.is_active = False
    group.therapist.save(update_fields=["is_active"])
    kept = coverage.keep(group, reason="A last time", version=1, now=NOW)

    add(
        kept,
        ClientFactory.create(),
        overrides=[Code.NOT_OFFERED],
        override_reason="With the others",
    )

    kept.refresh_from_db()
    assert kept.overridden == ["therapist_inactive", "not_offered"]
    assert kept.override_reason == "A last time\nWith the others"
