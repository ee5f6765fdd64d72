"""What somebody wrote in their own words is for those who treat them, and is forgotten
with an intake that led to nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db import IntegrityError, transaction

from clients.models import AccessLog
from config.roles import Role
from scheduling import intakes, tasks
from scheduling.models import (
    AppointmentStatus,
    AttendanceStatus,
    Intake,
    IntakePerson,
    IntakeWords,
    Match,
    MatchWeights,
)
from scheduling.words import keep_of_intake
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.intakes import (
    IntakeFactory,
    IntakePersonFactory,
    IntakeWordsFactory,
)
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    ModalityFactory,
    TherapistFactory,
)
from tests.times import NOW

pytestmark = pytest.mark.django_db

# What history has of wishes: the name on an intake, and what can be wished for.
WISHES = {
    "IntakeOtherConcernEvent": ("other_concerns", PresentingConcernFactory),
    "IntakeModalityEvent": ("modalities", ModalityFactory),
    "IntakeOfficeEvent": ("offices", OfficeFactory),
}
LONG_AGO = NOW - timedelta(days=366)


def address(words):
    return f"/api/v1/intakes/{words.intake_id}/words/"


@pytest.fixture
def words():
    """Those of a couple who are clients now."""
    words = IntakeWordsFactory.create(
        intake=IntakeFactory.create(registered=True, for_whom="couple")
    )
    for client in ClientFactory.create_batch(2):
        IntakePersonFactory.create(intake=words.intake, client=client)
    return words


def clients_of(words):
    return [person.client for person in intakes.people_of(words.intake)]


def test_whoever_treats_one_of_them_reads_it_and_is_noted(words, as_therapist):
    one, other = clients_of(words)
    therapist = AppointmentFactory.create(clients=[one]).therapist
    reader = as_therapist(therapist)

    answers = [reader.get(address(words)) for _ in range(2)]

    assert [each.status_code for each in answers] == [200, 200]
    assert answers[0].json() == {
        "intake": str(words.intake_id),
        "note": "It has been a hard year.",
        "created_at": answers[0].json()["created_at"],
    }
    noted = [
        (each.user, each.action, set(each.clients)) for each in AccessLog.objects.all()
    ]
    assert noted == [(therapist.user, "intake words", {one.pk, other.pk})] * 2


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        ("held", 404),
        ("released", 404),
        ("cancelled", 404),
        ("cancelled_by_practice", 404),
        ("scheduled", 200),
        ("confirmed", 200),
        ("checked_in", 200),
        ("completed", 200),
        ("late_cancelled", 200),
        ("no_show", 200),
    ],
)
def test_what_became_of_the_session_decides(words, as_therapist, status, answer):
    appointment = AppointmentFactory.create(clients=clients_of(words)[:1])
    reader = as_therapist(appointment.therapist)
    called_off = status in {"cancelled", "late_cancelled", "cancelled_by_practice"}
    type(appointment).objects.filter(pk=appointment.pk).update(
        status=AppointmentStatus(status),
        hold_expires_at=NOW if status == "held" else None,
        cancelled_at=NOW if called_off else None,
    )

    assert reader.get(address(words)).status_code == answer


def test_whoever_treats_somebody_who_left_does_not_read_it(words, as_therapist):
    appointment = AppointmentFactory.create(clients=clients_of(words)[:1])
    appointment.attendances.update(status=AttendanceStatus.CANCELLED, cancelled_at=NOW)

    assert as_therapist(appointment.therapist).get(address(words)).status_code == 404


def test_nobody_else_reads_it(words, api, front_desk, manager, as_therapist):
    AppointmentFactory.create(clients=clients_of(words))
    AppointmentFactory.create(therapist=TherapistFactory.create(user=None))
    stranger = as_therapist(AppointmentFactory.create().therapist)

    answers = [
        caller.get(address(words)).status_code
        for caller in (api, front_desk, manager, stranger)
    ]

    assert answers == [401, 403, 403, 404]
    assert not AccessLog.objects.exists()


def test_a_manager_who_treats_them_reads_it(words, as_therapist):
    appointment = AppointmentFactory.create(clients=clients_of(words))
    reader = as_therapist(appointment.therapist)
    manager = UserFactory.create(role=Role.MANAGER)
    appointment.therapist.user.groups.add(*manager.groups.all())

    assert reader.get(address(words)).status_code == 200
    assert signed_in(manager).get(address(words)).status_code == 403


def test_where_nothing_was_written_there_is_nothing(as_therapist):
    appointment = AppointmentFactory.create()
    person = IntakePersonFactory.create(
        intake=IntakeFactory.create(registered=True), client=appointment.clients.get()
    )

    response = as_therapist(appointment.therapist).get(
        f"/api/v1/intakes/{person.intake_id}/words/"
    )

    assert response.status_code == 404


@pytest.mark.skipif(
    not (Path(settings.STATE_DIR) / "postgres.log").exists(),
    reason="the log of PostgreSQL is elsewhere",
)
def test_a_statement_that_fails_leaves_no_words_in_the_log_of_the_database():
    log = Path(settings.STATE_DIR) / "postgres.log"
    intake = IntakeWordsFactory.create().intake
    said = "a canary that sings of a failed statement"
    before = log.stat().st_size

    with pytest.raises(IntegrityError), transaction.atomic():
        keep_of_intake(intake.pk, said, now=NOW)

    tail = log.read_bytes()[before:]
    assert b"scheduling_intakewords" in tail
    assert said.encode() not in tail


def old(**fields):
    intake = IntakeFactory.create(changed_at=LONG_AGO, **fields)
    IntakePersonFactory.create(intake=intake)
    IntakeWordsFactory.create(intake=intake)
    return intake


def history(name):
    return apps.get_model("scheduling", name).objects.count()


@pytest.mark.parametrize("name", WISHES)
def test_history_tells_what_was_wished_for_and_is_no_more(name):
    wished, factory = WISHES[name]
    intake, row = IntakeFactory.create(), factory.create()

    getattr(intake, wished).add(row)
    getattr(intake, wished).clear()

    events = apps.get_model("scheduling", name).objects.order_by("pgh_id")
    column = f"{type(row).__name__.lower()}_id"
    assert list(events.values_list("pgh_label", "intake_id", column)) == [
        ("insert", intake.pk, row.pk),
        ("delete", intake.pk, row.pk),
    ]


def test_prune_forgets_what_led_to_nothing_with_its_history():
    closed, new = old(closed=True), old()
    for wished, factory in WISHES.values():
        getattr(new, wished).add(factory.create())
    match = Match.objects.create(
        intake=new,
        weights=MatchWeights.objects.create(version=90, points={}),
        facts={},
        ranked=[],
        excluded=[],
        created_at=LONG_AGO,
    )
    Intake.objects.filter(pk=closed.pk).update(language="es")

    count = intakes.prune(now=NOW)

    match.refresh_from_db()
    assert (count, match.intake) == (2, None)
    for rows in (Intake, IntakePerson, IntakeWords):
        assert not rows.objects.exists()
    assert (history("IntakeEvent"), history("IntakePersonEvent")) == (0, 0)
    assert {history(name) for name in WISHES} == {0}


def test_prune_keeps_what_is_registered_or_has_changed_since():
    kept = [old(registered=True), IntakeFactory.create(closed=True)]
    events = history("IntakeEvent")

    assert intakes.prune(now=NOW) == 0

    assert set(Intake.objects.all()) == set(kept)
    assert history("IntakeEvent") == events
    assert IntakeWords.objects.count() == 1


def test_what_was_reopened_is_kept_from_then_on(settings):
    settings.INTAKE_KEEP_DAYS = 30
    intake = old(closed=True)

    intakes.reopen(intake, version=1, now=NOW)

    assert intakes.prune(now=NOW + timedelta(days=30)) == 0
    assert intakes.prune(now=NOW + timedelta(days=31)) == 1


@pytest.mark.usefixtures("frozen_now")
def test_the_task_forgets_intakes_too():
    old()

    assert tasks.prune() == 1
