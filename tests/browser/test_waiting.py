"""The waitlist beside the day: who waits, what they are offered, what they say."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from tests.factories.scheduling import (
    AppointmentFactory,
    WaitlistEntryFactory,
    WaitlistOfferFactory,
)
from tests.times import at


@pytest.fixture
def entry(practice):
    """Kim waits for an hour with Ada in Venice."""
    entry: WaitlistEntry = WaitlistEntryFactory.create(
        client=practice.kim,
        session_type=practice.robins.session_type,
        therapists=[practice.ada],
        offices=[practice.venice],
        until=practice.day + timedelta(days=28),
        created_at=timezone.now() - timedelta(days=2),
    )
    return entry


@pytest.fixture
def offer(practice, entry):
    """Kim is offered the practice's day at three."""
    offer: WaitlistOffer = WaitlistOfferFactory.create(
        entry=entry,
        appointment=AppointmentFactory.create(
            held=True,
            therapist=practice.ada,
            room=practice.green,
            starts_at=at(practice.day, "15:00"),
            clients=[practice.kim],
        ),
        offered_at=timezone.now(),
    )
    return offer


def show_waitlist(desk):
    desk.page.locator("#show-waitlist").click()
    beside = desk.page.locator("#waitlist")
    expect(beside).to_be_visible()
    return beside


def test_an_offer_is_accepted_for_the_client_on_the_telephone(practice, offer, desk):
    beside = show_waitlist(desk)
    expect(desk.page.locator("#work")).to_be_hidden()
    expect(beside).to_contain_text(re.compile(r"3:00\sPM: [45]:\d\d left"))
    desk.has_no_barriers()
    beside.get_by_role("button", name=re.compile("Kim Sato")).click()

    expect(desk.dialog).to_contain_text(re.compile(r"Kept for them: [45]:\d\d left"))
    expect(desk.dialog).to_contain_text("Ada Lima")
    desk.has_no_barriers()
    desk.press("They take it")
    expect(desk.notes).to_contain_text("Booked")
    expect(beside).to_contain_text("Nobody waits.")
    expect(desk.card("Kim Sato")).to_have_count(2)
    offer.refresh_from_db()
    entry = WaitlistEntry.objects.get()
    assert (offer.state, offer.via, entry.state) == ("accepted", "phone", "booked")


@pytest.mark.parametrize(
    ("button", "state"), [("They decline", "declined"), ("Take it back", "withdrawn")]
)
def test_an_offer_is_declined_or_taken_back(offer, desk, button, state):
    beside = show_waitlist(desk)
    beside.get_by_role("button", name=re.compile("Kim Sato")).click()
    desk.press(button)

    expect(beside).to_contain_text("Waiting, the longest first")
    offer.refresh_from_db()
    assert (offer.state, offer.entry.state) == (state, "waiting")


def test_an_offer_that_is_over_says_so(practice, offer, desk):
    beside = show_waitlist(desk)
    beside.get_by_role("button", name=re.compile("Kim Sato")).click()
    expect(desk.dialog).to_contain_text("Kept for them")
    Appointment.objects.filter(pk=offer.appointment_id).update(
        hold_expires_at=Now() - timedelta(seconds=1)
    )

    desk.press("They take it")
    expect(desk.dialog.get_by_role("alert")).to_be_visible()
    expect(desk.dialog).not_to_contain_text("Kept for them")
    desk.has_no_barriers()
    assert Appointment.objects.filter(clients=practice.kim, status="held").exists()


def test_somebody_is_put_on_the_waitlist_and_taken_off_by_keyboard(practice, desk):
    keys = desk.page.keyboard
    keys.press("w")
    beside = desk.page.locator("#waitlist")
    expect(beside).to_contain_text("Nobody waits.")
    beside.get_by_role("button", name="Add somebody").focus()
    keys.press("Enter")
    expect(desk.dialog.get_by_label("Client", exact=True)).to_be_focused()
    keys.type("ray")
    expect(desk.dialog.locator(".found li")).to_have_count(1)
    keys.press("Enter")
    desk.dialog.get_by_label("Where").select_option("Encino")
    desk.dialog.get_by_label("Tuesday").focus()
    keys.press("Space")
    desk.has_no_barriers()
    desk.dialog.get_by_role("button", name="Let them wait").focus()
    keys.press("Enter")

    expect(desk.notes).to_contain_text("Robin Ray waits from now on.")
    expect(desk.dialog).to_have_count(0)
    entry = WaitlistEntry.objects.get()
    assert (entry.client, entry.weekdays) == (practice.robin, [1])
    beside.get_by_label("Who would come to").select_option("Venice")
    expect(beside).to_contain_text("Nobody waits.")
    beside.get_by_label("Who would come to").select_option("Encino")
    beside.get_by_role("button", name=re.compile("Robin Ray")).click()
    desk.press("They wait no longer")
    expect(beside).to_contain_text("Nobody waits.")


def test_hours_that_are_free_already_are_told_at_once(practice, desk):
    show_waitlist(desk).get_by_role("button", name="Add somebody").click()
    desk.dialog.get_by_label("Client", exact=True).fill("ray")
    desk.dialog.get_by_role("option", name=re.compile("Robin Ray")).click()
    desk.press("Let them wait")
    expect(desk.dialog).to_contain_text("are free already")
    desk.has_no_barriers()
    desk.dialog.locator(".alternatives button").first.click()

    expect(desk.dialog).to_contain_text("New appointment")
    expect(desk.dialog.get_by_label("Clients chosen")).to_contain_text("Robin Ray")


def test_a_free_place_tells_who_waits_for_it(practice, entry, desk):
    desk.click_free("Green", "Venice", 14)
    dialog = desk.dialog
    dialog.get_by_label("Therapist").select_option("Ada Lima")
    expect(dialog.locator(".waiters")).to_have_text(
        "1 waits for such an hour: Kim Sato"
    )
    desk.has_no_barriers()
    dialog.get_by_label("Therapist").select_option("Cleo Park")
    expect(dialog.locator(".waiters")).to_be_hidden()


def test_an_hour_that_is_offered_is_given_to_somebody_else_knowingly(
    practice, offer, desk
):
    desk.click_free("Blue", "Venice", 14)
    desk.dialog.get_by_label("Therapist").select_option("Ada Lima")
    desk.dialog.get_by_label("Client", exact=True).fill("ray")
    desk.dialog.get_by_role("option", name=re.compile("Robin Ray")).click()
    desk.press("Book")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("offered to somebody")
    desk.has_no_barriers()
    desk.press("Book it, and take the offer to Kim Sato back")

    expect(desk.notes).to_contain_text("Booked")
    offer.refresh_from_db()
    assert (offer.state, offer.because) == ("withdrawn", "booked_over")
    assert Appointment.objects.latest("created_at").clients.get() == practice.robin


def change(desk):
    beside = show_waitlist(desk)
    beside.get_by_role("button", name=re.compile("Kim Sato")).click()
    desk.press("Change…")
    expect(desk.dialog.get_by_role("heading", level=2)).to_have_text(
        "What Kim Sato waits for"
    )
    return beside


def test_what_somebody_waits_for_is_changed_by_keyboard(practice, entry, desk):
    beside = change(desk)
    desk.has_no_barriers()
    dialog, keys = desk.dialog, desk.page.keyboard
    for name in ("Encino", "Tuesday"):
        dialog.get_by_label(name).focus()
        keys.press("Space")
    dialog.get_by_label("Not before").fill("17:00")
    dialog.get_by_label("Until").fill(str(practice.day + timedelta(days=7)))
    dialog.get_by_label("Offers a day").fill("3")
    dialog.get_by_label("Offers a day").press("Enter")

    expect(desk.notes).to_contain_text("Saved. They keep their place in line.")
    expect(dialog).to_contain_text("Encino or Venice")
    expect(beside).to_contain_text("Tuesday, from 5:00")
    entry.refresh_from_db()
    assert set(entry.offices.all()) == {practice.venice, practice.encino}
    assert (entry.weekdays, entry.time_from, entry.offers_per_day) == ([1], 1020, 3)
    assert entry.until == practice.day + timedelta(days=7)
    assert (list(entry.therapists.all()), entry.version) == ([practice.ada], 2)


def test_a_wish_that_does_not_go_is_told_at_its_field(entry, desk, refusals):
    refusals.add(400)
    change(desk)
    desk.dialog.get_by_label("Not before").fill("17:00")
    desk.dialog.get_by_label("Over by").fill("16:00")
    desk.press("Save")

    end = desk.dialog.get_by_label("Over by")
    expect(end).to_be_focused()
    expect(end).to_have_accessible_description("This is not after the beginning.")
    desk.has_no_barriers()
    entry.refresh_from_db()
    assert entry.version == 1


def test_what_was_changed_stays_over_what_somebody_else_has_changed(entry, desk):
    change(desk)
    desk.dialog.get_by_label("Offers a day").fill("2")
    WaitlistEntry.objects.update(version=2, weekdays=[3])

    desk.press("Save")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("Somebody else")
    expect(desk.dialog.get_by_label("Thursday")).to_be_checked()
    expect(desk.dialog.get_by_label("Offers a day")).to_have_value("2")
    desk.press("Save")
    expect(desk.notes).to_contain_text("Saved.")
    entry.refresh_from_db()
    assert (entry.weekdays, entry.offers_per_day) == ([3], 2)


def test_whoever_waits_no_longer_is_not_changed(entry, desk):
    change(desk)
    desk.dialog.get_by_label("Offers a day").fill("2")
    WaitlistEntry.objects.update(version=2, state="withdrawn")

    desk.press("Save")
    expect(desk.dialog.get_by_role("alert")).to_contain_text("They wait no longer.")
    expect(desk.dialog.get_by_role("button", name="Change…")).to_have_count(0)
    entry.refresh_from_db()
    assert entry.offers_per_day == 1
