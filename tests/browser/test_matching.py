"""Somebody looks for a therapist: from the inbox to the first session."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import PresentingConcern
from scheduling.models import (
    Appointment,
    AppointmentStatus,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    Intake,
    Therapist,
)
from tests.factories.guarantees import asked, matched
from tests.factories.intakes import (
    IntakeFactory,
    IntakePersonFactory,
    IntakeWordsFactory,
)
from tests.factories.matching import MatchWeightsFactory
from tests.factories.scheduling import SessionTypeFactory
from tests.times import at

SECRET = "It has been a hard year."


@pytest.fixture
def intake(practice):
    """Kim Sato, who is a client already, asks on the website for somebody in Encino."""
    MatchWeightsFactory.create()
    concern = PresentingConcern.objects.get()
    intake: Intake = IntakeFactory.create(main_concern=concern, musts=["place"])
    intake.offices.set([practice.encino])
    IntakePersonFactory.create(
        intake=intake,
        first_name="Kim",
        last_name="Sato",
        born_on=practice.kim.born_on,
        phone="+13105550144",
    )
    IntakeWordsFactory.create(intake=intake, text=SECRET)
    first = SessionTypeFactory.create(intake=True)
    for therapist in Therapist.objects.all():
        therapist.session_types.add(first)
    return intake


def open_intake(desk, name="Kim Sato"):
    desk.press("Inbox")
    desk.dialog.get_by_role("button", name=re.compile(name)).click()
    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(name)


def test_an_intake_is_registered_matched_and_booked(practice, intake, desk):
    desk.press("Inbox")
    expect(desk.dialog).to_contain_text("For themselves, adult")
    desk.has_no_barriers()
    desk.dialog.get_by_role("button", name=re.compile("Kim Sato")).click()
    expect(desk.dialog).to_contain_text("Kim Sato may be known already")
    expect(desk.dialog).to_contain_text("Must be met")
    assert SECRET not in desk.page.content()
    desk.has_no_barriers()

    desk.press("Register")  # and nobody has been chosen
    expect(desk.dialog).not_to_contain_text("Registered")
    desk.dialog.get_by_label(re.compile("Kim Sato, born")).check()
    desk.press("Register")
    expect(desk.notes).to_contain_text("Kim Sato is a client already.")
    desk.press("Who suits them?")

    card = desk.dialog.locator(".suits")
    expect(card).to_have_count(1)
    expect(card).to_contain_text("Ben Ortiz")
    expect(card.locator(".score")).to_contain_text(
        re.compile(r"Suits them .* \d+ of \d+ points")
    )
    desk.dialog.get_by_text("2 therapists left out, and why").click()
    expect(desk.dialog.locator(".left-out")).to_contain_text("Ada Lima")
    desk.has_no_barriers()
    card.get_by_role("button").first.click()

    expect(desk.dialog).to_contain_text(re.compile(r"Kept for the caller: \d+:\d\d"))
    expect(desk.dialog.get_by_label("Clients chosen")).to_contain_text("Kim Sato")
    expect(desk.dialog.get_by_label("Session", exact=True)).to_have_value("intake-50")
    desk.press("Book")
    expect(desk.notes).to_contain_text("Booked")
    booked = Appointment.objects.latest("created_at")
    assert (booked.status, booked.therapist, booked.session_type.slug) == (
        AppointmentStatus.SCHEDULED,
        practice.ben,
        "intake-50",
    )
    assert list(booked.clients.all()) == [practice.kim]
    guarantee = Guarantee.objects.get(client=practice.kim)
    assert guarantee.current.therapist == practice.ben
    assert guarantee.current.match.intake == intake


def test_what_is_missing_is_asked_for_when_somebody_new_is_registered(
    intake, desk, refusals
):
    refusals.add(400)
    person = intake.people.get()
    person.first_name, person.last_name = "Noa", "Blum"
    person.born_on, person.age, person.phone = None, 30, "+13105550199"
    person.save()

    open_intake(desk, "Noa Blum")
    expect(desk.dialog).to_contain_text("Noa Blum is somebody new.")
    desk.dialog.get_by_label("Birthday of Noa").fill("2020-05-01")
    desk.press("Register")
    expect(desk.dialog.get_by_role("alert")).to_be_visible()
    desk.has_no_barriers()
    desk.dialog.get_by_label("Birthday of Noa").fill("1996-05-01")
    desk.press("Register")

    expect(desk.dialog).to_contain_text("Registered")
    person.refresh_from_db()
    assert person.client.born_on.isoformat() == "1996-05-01"


def test_an_intake_is_closed_with_a_reason_and_taken_up_again(intake, desk):
    open_intake(desk)
    desk.press("Nothing comes of it…")
    desk.dialog.get_by_label("Why does nothing come of it?").fill("Found somebody")
    desk.has_no_barriers()
    desk.press("Close the intake")
    expect(desk.dialog).to_contain_text("Found somebody")
    desk.press("To the inbox")
    expect(desk.dialog).to_contain_text("Nobody is in here.")

    desk.dialog.get_by_label("Closed").check()
    desk.dialog.get_by_role("button", name=re.compile("Kim Sato")).click()
    desk.press("Take it up again")
    expect(desk.notes).to_contain_text("It is in the inbox again.")
    intake.refresh_from_db()
    assert intake.status == "new"


def test_what_somebody_else_made_of_an_intake_is_told(intake, desk):
    open_intake(desk)
    desk.dialog.get_by_label("Somebody new").check()
    Intake.objects.filter(pk=intake.pk).update(version=2, start_within_days=9)

    desk.press("Register")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("Somebody else")
    expect(desk.dialog).to_contain_text("within 9 days")
    intake.refresh_from_db()
    assert intake.status == "new"


def test_an_hour_that_is_taken_meanwhile_is_told_with_others(practice, intake, desk):
    open_intake(desk)
    desk.press("Who suits them?")
    expect(desk.dialog).to_contain_text("They are not registered yet.")
    hour = desk.dialog.locator(".suits .hour").first
    expect(hour).to_be_visible()
    practice.ben.availability_rules.update(
        valid_until=timezone.localdate() - timedelta(days=1)
    )

    hour.click()
    expect(desk.dialog.get_by_role("alert")).to_be_visible()
    desk.has_no_barriers()
    assert not Appointment.objects.filter(status=AppointmentStatus.HELD).exists()


def test_the_way_to_an_hour_is_gone_by_keyboard(practice, intake, desk):
    keys = desk.page.keyboard
    keys.press("i")
    row = desk.dialog.get_by_role("button", name=re.compile("Kim Sato"))
    expect(row).to_be_visible()
    row.focus()
    keys.press("Enter")
    expect(desk.dialog).to_contain_text("may be known already")
    desk.dialog.get_by_label(re.compile("Kim Sato, born")).focus()
    keys.press("Space")
    desk.dialog.get_by_role("button", name="Register").focus()
    keys.press("Enter")
    expect(desk.dialog.get_by_role("button", name="Who suits them?")).to_be_focused()
    keys.press("Enter")
    hour = desk.dialog.locator(".suits .hour").first
    hour.focus()
    keys.press("Enter")

    expect(desk.dialog).to_contain_text("Kept for the caller")
    assert Appointment.objects.get(status="held").therapist == practice.ben


def test_a_therapist_sees_no_inbox(open_page, therapist_user, intake):
    page = open_page("/", therapist_user)
    page.wait_for_load_state("networkidle")

    assert page.get_by_role("button", name="Inbox").count() == 0
    answer = page.request.get(page.url.split("/my")[0] + "/api/v1/intakes/")
    assert answer.status == 403


def test_whoever_calls_is_matched_by_what_is_typed_into_the_search(
    practice, intake, desk
):
    desk.press("Find a slot")
    desk.dialog.get_by_label("Concern").select_option("Grief and loss")
    desk.dialog.get_by_label("Where").select_option("Encino")
    expect(desk.dialog.locator(".results[aria-busy]")).to_have_count(0)
    desk.press("Who suits them best?")

    expect(desk.dialog.locator(".suits")).to_have_count(3)
    expect(desk.dialog.locator(".suits h3").first).to_have_text("Ben Ortiz")
    desk.has_no_barriers()
    desk.dialog.locator(".suits .hour").first.click()
    expect(desk.dialog).to_contain_text("Kept for the caller")
    assert Appointment.objects.get(status="held").therapist == practice.ben


def test_nothing_is_noted_under_a_guarantee_that_is_settled(practice, intake, desk):
    asked(
        GuaranteeState.CONTINUES,
        starts_at=at(practice.day - timedelta(days=14), "10:00"),
        guarantee__client=practice.kim,
        therapist=practice.ada,
    )
    open_intake(desk)
    desk.dialog.get_by_label(re.compile("Kim Sato, born")).check()
    desk.press("Register")
    expect(desk.notes).to_contain_text("Kim Sato is a client already.")
    desk.press("Who suits them?")

    expect(desk.dialog).to_contain_text("Their guarantee stays as it is: they stay.")
    expect(desk.dialog.get_by_label(re.compile("Under the guarantee"))).to_have_count(0)
    desk.has_no_barriers()
    desk.dialog.locator(".suits .hour").first.click()
    expect(desk.dialog).to_contain_text("Kept for the caller")
    assert GuaranteeRound.objects.count() == 1


def test_a_guarantee_that_a_colleague_has_given_meanwhile_is_led_to(
    practice, intake, desk
):
    open_intake(desk)
    desk.dialog.get_by_label(re.compile("Kim Sato, born")).check()
    desk.press("Register")
    expect(desk.notes).to_contain_text("Kim Sato is a client already.")
    GuaranteeRound.objects.all().delete()
    Guarantee.objects.all().delete()
    desk.press("Who suits them?")
    hour = desk.dialog.locator(".suits .hour").first
    expect(hour).to_be_visible()
    matched(guarantee__client=practice.kim, therapist=practice.ada)

    hour.click()
    expect(desk.notes).to_contain_text("The client has a guarantee already")
    desk.press("Close")
    desk.notes.get_by_role("button", name="Look at it").click()
    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(
        "The guarantee of Kim Sato"
    )
    expect(desk.dialog).to_contain_text("With Ada Lima")
    desk.has_no_barriers()
