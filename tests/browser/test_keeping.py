"""A slot is kept while the caller decides: what becomes of it, and of the dialog."""

import re
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from playwright.sync_api import expect

from scheduling.models import Appointment, AppointmentSeries, AppointmentStatus
from tests.factories.config import UserFactory
from tests.factories.scheduling import PracticePolicyFactory
from tests.times import at

KEPT = re.compile(r"Kept for the caller: \d+:\d\d left")


def keep(desk):
    desk.click_free("Green", "Venice", 6)
    expect(desk.dialog.get_by_label("Therapist")).not_to_have_value("")
    desk.press("Keep it for now")
    expect(desk.dialog).to_contain_text(KEPT)


def choose(desk, name):
    desk.dialog.get_by_label("Client", exact=True).fill(name)
    desk.dialog.get_by_role("option", name=re.compile(name)).click()


def held():
    return Appointment.objects.get(status=AppointmentStatus.HELD)


def test_a_series_begins_with_what_is_kept(desk, practice):
    keep(desk)
    kept = held()
    choose(desk, "Robin Ray")
    desk.dialog.get_by_label("Repeat").select_option("Every week")
    desk.dialog.get_by_label("Sessions", exact=True).fill("3")
    desk.press("Look at the dates")
    expect(desk.dialog).to_contain_text("All 3 dates are free.")
    expect(desk.dialog).to_contain_text(KEPT)
    desk.has_no_barriers()
    desk.press("Book all 3")

    expect(desk.notes).to_contain_text("Booked: 3 sessions")
    kept.refresh_from_db()
    assert (kept.status, kept.series) == ("scheduled", AppointmentSeries.objects.get())
    assert kept.series.occurrences.count() == 3


def test_what_a_colleague_keeps_is_not_let_go_of_by_one_click(desk, practice):
    keep(desk)
    kept = held()
    kept.created_by = UserFactory.create(username="dana")
    kept.save(update_fields=["created_by"])
    desk.press("Close")
    desk.open("No client yet")

    expect(desk.dialog).to_contain_text("dana keeps it for a caller")
    desk.press("Let go of it")
    expect(desk.dialog).to_contain_text("dana may be on the telephone about it.")
    kept.refresh_from_db()
    assert kept.status == AppointmentStatus.HELD
    desk.press("It is not yours: let go of it all the same")

    expect(desk.dialog).not_to_contain_text("keeps it")
    kept.refresh_from_db()
    assert kept.status == AppointmentStatus.RELEASED


def test_what_is_kept_is_opened_again_and_booked(desk, practice):
    keep(desk)
    kept = held()
    desk.press("Close")
    desk.open("No client yet")

    expect(desk.dialog).to_contain_text(KEPT)
    expect(
        desk.dialog.get_by_role("button", name="Let go of it", exact=True)
    ).to_be_visible()
    desk.press("Book")
    expect(desk.dialog).to_contain_text("Who is it for?")
    choose(desk, "Robin Ray")
    expect(desk.dialog).not_to_contain_text("Who is it for?")
    desk.page.wait_for_load_state("networkidle")
    expect(desk.dialog).not_to_contain_text("free there at that time")
    desk.has_no_barriers()
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")
    kept.refresh_from_db()
    assert (kept.status, kept.clients.get()) == ("scheduled", practice.robin)


@pytest.mark.parametrize("repeat", ["Once", "Every week"])
def test_a_hold_that_lapses_says_so_and_lets_it_be_kept_anew(desk, practice, repeat):
    PracticePolicyFactory.create(hold_minutes=1)
    desk.page.clock.install()
    keep(desk)
    choose(desk, "Robin Ray")
    desk.dialog.get_by_label("Repeat").select_option(repeat)
    if repeat != "Once":
        desk.press("Look at the dates")
        expect(desk.dialog).to_contain_text("dates are free")
    Appointment.objects.filter(status=AppointmentStatus.HELD).update(
        hold_expires_at=Now() - timedelta(seconds=1)
    )
    desk.page.clock.run_for(61_000)

    expect(desk.dialog).to_contain_text("The slot is not kept any longer.")
    expect(desk.dialog.get_by_label("Clients chosen")).to_contain_text("Robin Ray")
    expect(desk.dialog.get_by_label("Time")).to_be_enabled()
    desk.has_no_barriers()
    desk.press("Keep it for now")
    expect(desk.dialog).to_contain_text(KEPT)
    assert held().starts_at == at(practice.day, "11:00")


def test_a_hold_that_lapsed_unseen_is_told_when_it_is_booked(desk, practice):
    """The computer's clock is behind that of the server."""
    keep(desk)
    choose(desk, "Robin Ray")
    Appointment.objects.filter(status=AppointmentStatus.HELD).update(
        hold_expires_at=Now() - timedelta(seconds=1)
    )

    desk.press("Book")
    expect(desk.dialog).to_contain_text("This hold is over.")
    expect(desk.dialog).not_to_contain_text("Kept for the caller")
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")
    assert Appointment.objects.latest("created_at").clients.get() == practice.robin
