"""The guarantee, beside the session that it is about."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from config.roles import Role
from scheduling import settlements
from scheduling.models import Appointment, Guarantee, GuaranteeState
from scheduling.words import keep_of_round
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.guarantees import asked, attended, matched
from tests.factories.scheduling import AppointmentFactory, SessionTypeFactory
from tests.times import ZONE, at

YESTERDAY = timedelta(days=1)


@pytest.fixture
def guarantee(practice):
    """Noa came to the first session with Ada, yesterday at ten."""
    yesterday = timezone.now().astimezone(ZONE).date() - YESTERDAY
    starts_at = at(yesterday, "10:00")
    given: Guarantee = attended(
        starts_at=starts_at,
        guarantee__client=ClientFactory.create(first_name="Noa", last_name="Blum"),
        guarantee__created_at=starts_at - timedelta(days=5),
        therapist=practice.ada,
    )
    return given


def open_session(desk):
    yesterday = timezone.now().astimezone(ZONE).date() - YESTERDAY
    desk.page.locator("#date").fill(str(yesterday))
    desk.page.locator("#date").press("Enter")
    desk.open("Noa Blum")
    expect(desk.dialog).to_contain_text("Guarantee: the first session has been")


def test_another_therapist_is_asked_for_and_waits_on_the_list(guarantee, desk):
    open_session(desk)
    desk.has_no_barriers()
    desk.press("Another therapist is wanted…")
    desk.press("Write it down")  # and why is still to be asked
    expect(desk.dialog.get_by_label("Why?")).to_be_focused()
    guarantee.refresh_from_db()
    assert guarantee.state != GuaranteeState.REMATCH_ASKED
    desk.dialog.get_by_label("Why?").select_option("The hours do not suit")
    desk.has_no_barriers()
    desk.press("Write it down")

    expect(desk.page.locator("#work")).to_contain_text("Asked for under the guarantee")
    expect(desk.page.locator("#work")).to_contain_text("Wants another therapist")
    guarantee.refresh_from_db()
    told = guarantee.current
    assert (guarantee.state, told.said_by, told.reason) == (
        GuaranteeState.REMATCH_ASKED,
        "client",
        "hours",
    )


def test_a_client_stays(guarantee, desk):
    open_session(desk)
    desk.press("They stay")

    expect(desk.dialog).to_contain_text("Guarantee: they stay")
    expect(desk.dialog.get_by_role("button", name="They stay")).to_have_count(0)
    guarantee.refresh_from_db()
    assert guarantee.state == GuaranteeState.CONTINUES


@pytest.fixture
def another_wanted(practice):
    """Noa came to Ada, and wants another therapist."""
    monday = practice.day - timedelta(days=14)
    given = asked(
        GuaranteeState.REMATCH_ASKED,
        starts_at=at(monday, "10:00"),
        guarantee__client=ClientFactory.create(first_name="Noa", last_name="Blum"),
        guarantee__created_at=at(monday, "10:00") - timedelta(days=5),
        therapist=practice.ada,
    )
    given.credit_until = practice.day + timedelta(days=60)
    given.save()
    return given


def test_another_therapist_is_chosen_for_whoever_wants_one(
    another_wanted, practice, desk
):
    work = desk.page.locator("#work")
    work.get_by_role("button", name=re.compile("Wants another therapist")).click()
    desk.press("Choose another therapist…")
    choice = desk.dialog.get_by_label("Therapist")
    expect(choice).not_to_contain_text("Ada Lima")
    desk.has_no_barriers()
    choice.select_option("Cleo Park")
    desk.press("Match them")

    expect(desk.notes).to_contain_text(
        "Matched with Cleo Park. Book their first session."
    )
    expect(desk.dialog).to_contain_text("With Cleo Park")
    desk.has_no_barriers()
    expect(work).not_to_contain_text("Wants another therapist")
    another_wanted.refresh_from_db()
    assert another_wanted.state == GuaranteeState.MATCHED
    assert another_wanted.current.therapist == practice.cleo


@pytest.fixture
def wanted_back(practice):
    """Noa wants the money back for the first session with Ada, and said why."""
    monday = practice.day - timedelta(days=14)
    return asked(
        GuaranteeState.REFUND_ASKED,
        starts_at=at(monday, "10:00"),
        guarantee__client=ClientFactory.create(first_name="Noa", last_name="Blum"),
        guarantee__created_at=at(monday, "10:00") - timedelta(days=5),
        therapist=practice.ada,
    )


def open_wanted(desk):
    work = desk.page.locator("#work")
    work.get_by_role("button", name=re.compile("Wants the money back")).click()
    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(
        "The guarantee of Noa Blum"
    )


@pytest.fixture
def boss(practice):
    return UserFactory.create(
        username="boss", first_name="Bea", last_name="Boss", role=Role.MANAGER
    )


def test_the_manager_decides_that_the_money_is_returned(wanted_back, open_desk, boss):
    keep_of_round(wanted_back.current.pk, "We did not get on.", now=timezone.now())
    desk = open_desk(user=boss)
    open_wanted(desk)
    expect(desk.dialog).to_contain_text("It did not feel right".lower())
    expect(desk.dialog).to_contain_text("We did not get on.")
    desk.has_no_barriers()
    desk.dialog.get_by_role("button", name="Return the money…").focus()
    desk.page.keyboard.press("Enter")
    expect(desk.dialog.get_by_label("Amount in dollars")).to_be_focused()
    desk.page.keyboard.type("149.95")
    desk.dialog.get_by_label("Why?").fill("As promised")
    desk.has_no_barriers()
    desk.page.keyboard.press("Enter")

    expect(desk.notes).to_contain_text("The money is returned.")
    expect(desk.dialog).to_contain_text("$149.95 is returned")
    expect(desk.dialog).to_contain_text("As promised")
    expect(desk.dialog).to_contain_text("Bea Boss")
    desk.has_no_barriers()
    expect(desk.page.locator("#work")).not_to_contain_text("Wants the money back")
    wanted_back.refresh_from_db()
    assert (wanted_back.state, wanted_back.refund_cents) == (
        GuaranteeState.REFUNDED,
        14_995,
    )


def test_the_manager_declines_with_a_reason(wanted_back, open_desk, boss, refusals):
    refusals.add(400)
    desk = open_desk(user=boss)
    open_wanted(desk)
    desk.press("Decline it…")
    desk.dialog.get_by_label("Why?").fill(" ")
    desk.press("Decline the refund")
    expect(desk.dialog.get_by_label("Why?")).to_have_attribute("aria-invalid", "true")
    desk.has_no_barriers()
    desk.dialog.get_by_label("Why?").fill("The fee had been waived")
    desk.press("Decline the refund")

    expect(desk.dialog).to_contain_text("Nothing is returned")
    expect(desk.dialog).to_contain_text("The fee had been waived")
    wanted_back.refresh_from_db()
    assert wanted_back.state == GuaranteeState.DECLINED


def test_what_was_decided_meanwhile_is_told(wanted_back, open_desk, boss):
    desk = open_desk(user=boss)
    open_wanted(desk)
    desk.press("Decline it…")
    desk.dialog.get_by_label("Why?").fill("The fee had been waived")
    settlements.refund(
        wanted_back,
        amount_cents=15_000,
        reason="As promised",
        version=None,
        by=boss,
        now=timezone.now(),
    )
    desk.press("Decline the refund")

    expect(desk.dialog.get_by_role("alert")).to_contain_text("Somebody else")
    expect(desk.dialog).to_contain_text("$150.00 is returned")
    expect(desk.dialog.get_by_role("button", name="Decline it…")).to_have_count(0)


def test_the_front_desk_sees_how_far_it_is_and_decides_nothing(wanted_back, desk):
    open_wanted(desk)
    expect(desk.dialog).to_contain_text("The money back is wanted; the manager decides")
    expect(desk.dialog.get_by_role("button", name="Return the money…")).to_have_count(0)
    expect(desk.dialog.get_by_role("button", name="Decline it…")).to_have_count(0)
    desk.press("To the session")
    expect(desk.dialog).to_contain_text("Guarantee: the money back is wanted")
    desk.press("More…")
    expect(desk.dialog).to_contain_text("With Ada Lima")


@pytest.fixture
def covered(practice):
    """Noa is matched with Ada, and comes to Cleo, who covers, on the practice's day."""
    noa = ClientFactory.create(first_name="Noa", last_name="Blum")
    given = matched(
        guarantee__client=noa,
        guarantee__created_at=timezone.now() - timedelta(days=5),
        therapist=practice.ada,
        matched_at=timezone.now() - timedelta(days=3),
    )
    AppointmentFactory.create(
        therapist=practice.cleo,
        room=practice.blue,
        starts_at=at(practice.day, "12:00"),
        clients=[noa],
    )
    return given


def test_the_session_with_whoever_covers_is_named_as_the_first_one(
    covered, practice, desk
):
    desk.open("Noa Blum")
    expect(desk.dialog).to_contain_text(
        "Guarantee, with Ada Lima: matched, no first session is booked"
    )
    desk.press("More…")
    desk.dialog.get_by_role("button", name="Another session is the first…").focus()
    desk.page.keyboard.press("Enter")
    choice = desk.dialog.get_by_label("Sessions of Noa Blum")
    expect(choice).to_contain_text("Cleo Park")
    desk.has_no_barriers()
    desk.press("This is the first one")

    expect(desk.notes).to_contain_text("The first session is another one.")
    expect(desk.dialog).to_contain_text("The first session is booked.")
    expect(desk.dialog).to_contain_text("With Cleo Park")
    covered.refresh_from_db()
    assert covered.current.therapist == practice.cleo
    assert covered.current.trial.therapist == practice.cleo


def test_a_session_that_cannot_be_the_first_one_is_refused_there(
    covered, practice, desk, refusals
):
    refusals.add(400)
    short = SessionTypeFactory.create(consultation=True)
    Appointment.objects.filter(therapist=practice.cleo).update(session_type=short)
    desk.open("Noa Blum")
    desk.press("More…")
    desk.press("Another session is the first…")
    desk.press("This is the first one")

    expect(desk.dialog.get_by_label("Sessions of Noa Blum")).to_be_focused()
    expect(desk.dialog).to_contain_text("it is a consultation or a group")
    desk.has_no_barriers()
    covered.refresh_from_db()
    assert covered.current.trial is None
