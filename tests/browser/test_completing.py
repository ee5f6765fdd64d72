"""What is missing of an intake, or was told wrong, is written down at the desk."""

import re

import pytest
from playwright.sync_api import expect

from clients.models import PresentingConcern
from scheduling.models import Intake
from tests.factories.intakes import IntakeFactory, IntakePersonFactory


@pytest.fixture
def intake(practice):
    """Noa Blum, thirty, asks on the website, and left a telephone number alone."""
    intake: Intake = IntakeFactory.create(main_concern=PresentingConcern.objects.get())
    IntakePersonFactory.create(
        intake=intake,
        first_name="Noa",
        last_name="Blum",
        born_on=None,
        age=30,
        email="",
        phone="+13105550144",
    )
    return intake


def change(desk):
    desk.press("Inbox")
    desk.dialog.get_by_role("button", name=re.compile("Noa Blum")).click()
    desk.press("Change…")
    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(
        "What Noa Blum told"
    )


def test_an_intake_is_completed_by_keyboard(practice, intake, desk):
    change(desk)
    desk.has_no_barriers()
    dialog, keys = desk.dialog, desk.page.keyboard
    dialog.get_by_label("Birthday").fill("1996-05-01")
    dialog.get_by_label("E-mail", exact=True).fill("noa@example.org")
    for name in ("Encino", "By video", "Tuesday"):
        dialog.get_by_label(name).focus()
        keys.press("Space")
    dialog.get_by_label("Not before").fill("17:00")
    dialog.get_by_label("Begin within how many days, or whenever").fill("7")
    dialog.get_by_label("the place").check()
    dialog.get_by_role("button", name="Save").focus()
    keys.press("Enter")

    expect(desk.notes).to_contain_text("Saved.")
    expect(dialog).to_contain_text("Encino or by video")
    expect(dialog).to_contain_text("born May 1, 1996, (310) 555-0144, noa@example.org")
    intake.refresh_from_db()
    person = intake.people.get()
    assert (intake.by_video, intake.weekdays, intake.time_from, intake.time_to) == (
        True,
        [1],
        17 * 60,
        24 * 60,
    )
    assert (list(intake.offices.all()), intake.musts) == ([practice.encino], ["place"])
    assert (intake.start_within_days, intake.version) == (7, 2)
    assert (person.age, str(person.born_on)) == (None, "1996-05-01")


def test_what_does_not_go_is_told_at_its_field(intake, desk, refusals):
    refusals.add(400)
    change(desk)
    dialog = desk.dialog
    phone = dialog.get_by_label("Phone")
    phone.fill("")
    desk.press("Save")
    email = dialog.get_by_label("E-mail", exact=True)
    expect(email).to_be_focused()
    expect(email).to_have_accessible_description(
        "Give an e-mail address or a phone number."
    )
    expect(dialog.get_by_role("alert")).to_contain_text("Nothing is saved yet.")
    desk.has_no_barriers()

    email.fill("noa@example.org")
    dialog.get_by_label("First name").fill("")
    dialog.get_by_label("the hours").check()
    desk.press("Save")
    expect(email).not_to_have_attribute("aria-invalid", "true")
    expect(dialog.get_by_label("First name")).to_be_focused()
    dialog.get_by_label("First name").fill("Noa")
    desk.press("Save")
    expect(dialog.get_by_role("group", name="Must be met")).to_contain_text(
        "Nothing of this is wished for."
    )
    intake.refresh_from_db()
    assert intake.version == 1


def test_a_couple_is_made_of_one(intake, desk):
    change(desk)
    desk.dialog.get_by_label("For whom").select_option("For a couple")
    desk.press("Add a person")
    second = desk.dialog.get_by_role("group", name="Somebody more")
    expect(second.get_by_label("First name")).to_be_focused()
    desk.page.keyboard.type("Kim")
    second = desk.dialog.get_by_role("group", name="Kim")
    second.get_by_label("Last name").fill("Sato")
    second.get_by_label("Or the age, as told").fill("31")
    desk.press("Save")

    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(
        "Noa Blum and Kim Sato"
    )
    intake.refresh_from_db()
    assert [each.age for each in intake.people.order_by("position")] == [30, 31]


def test_what_was_typed_stays_over_what_somebody_else_has_changed(intake, desk):
    change(desk)
    desk.dialog.get_by_label("Pronouns").fill("she/her")
    desk.dialog.get_by_label("Monday").check(force=True)
    Intake.objects.filter(pk=intake.pk).update(version=2, start_within_days=9)
    intake.people.update(email="noa@example.org")

    desk.press("Save")
    dialog = desk.dialog
    expect(dialog.get_by_role("alert")).to_contain_text("Somebody else has changed")
    expect(
        dialog.get_by_label("Begin within how many days, or whenever")
    ).to_have_value("9")
    expect(dialog.get_by_label("E-mail", exact=True)).to_have_value("noa@example.org")
    expect(dialog.get_by_label("Pronouns")).to_have_value("she/her")
    desk.has_no_barriers()
    desk.press("Save")
    expect(desk.notes).to_contain_text("Saved.")
    intake.refresh_from_db()
    person = intake.people.get()
    assert (intake.start_within_days, intake.weekdays) == (9, [0])
    assert (person.pronouns, person.email) == ("she/her", "noa@example.org")


def test_a_consent_that_nobody_was_asked_for_covers_none_that_was_given(intake, desk):
    change(desk)
    desk.dialog.get_by_label("Pronouns").fill("she/her")
    Intake.objects.filter(pk=intake.pk).update(
        version=2, for_whom="minor", consent_basis="self_12plus"
    )

    desk.press("Save")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("Somebody else")
    expect(desk.dialog.get_by_label("Consent", exact=True)).to_have_value("self_12plus")


def test_an_intake_that_is_closed_meanwhile_stays_as_it_is(intake, desk, clerk):
    change(desk)
    desk.dialog.get_by_label("Pronouns").fill("she/her")
    Intake.objects.filter(pk=intake.pk).update(
        version=2,
        status="closed",
        closed_because="Found somebody",
        settled_at=intake.created_at,
        settled_by=clerk,
    )

    desk.press("Save")
    expect(desk.notes).to_contain_text("Somebody else has settled this meanwhile")
    expect(desk.dialog).to_contain_text("Found somebody")
    assert intake.people.get().pronouns == ""
