"""What the board shows, to whom, and how it keeps up."""

import re

import pytest
from playwright.sync_api import expect

from scheduling.models import Appointment
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory
from tests.times import at

PLACED = {
    "2027-01-04T10:00:00": "2027-01-04T10:00:00-08:00",
    "2027-03-14T01:59:00": "2027-03-14T01:59:00-08:00",
    "2027-03-14T02:30:00": (
        "That hour does not exist on that day: the clocks are put forward."
    ),
    "2027-03-14T03:00:00": "2027-03-14T03:00:00-07:00",
    "2027-11-07T00:59:00": "2027-11-07T00:59:00-07:00",
    "2027-11-07T01:30:00": "2027-11-07T01:30:00-07:00",
    "2027-11-07T02:00:00": "2027-11-07T02:00:00-08:00",
}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "America/Los_Angeles"])
def test_every_browser_shows_the_times_on_the_offices_wall(open_desk, practice, zone):
    desk = open_desk(timezone_id=zone)
    desk.page.clock.set_fixed_time(at(practice.day, "10:20"))
    desk.page.reload()
    desk.is_ready()

    times = desk.page.locator(".ec-event time").all_inner_texts()
    ten = desk.page.locator(".ec-body .ec-slot", has_text="10 AM").bounding_box()
    card = desk.card("Robin Ray").bounding_box()
    now = desk.page.locator(".ec-now-indicator").bounding_box()
    desk.open("Robin Ray")

    assert abs(now["y"] - card["y"] - desk.half_hour() * 20 / 30) < 3
    assert sorted(times) == ["10:00", "10:00", "2:00"]
    assert abs(card["y"] - ten["y"] - 10) < 6  # the hour stands beside its line
    expect(desk.dialog).to_contain_text(re.compile("10:00 . 10:50 AM"))


def test_a_card_of_fifty_minutes_has_room_for_all_its_lines(desk):
    card = desk.card("Robin Ray").bounding_box()
    last = desk.card("Robin Ray").locator(".where").bounding_box()

    assert last["y"] + last["height"] <= card["y"] + card["height"]


def test_rooms_and_therapists_are_two_ways_to_look(desk, practice):
    heads = desk.page.locator(".column-head strong")
    rooms = heads.all_inner_texts()
    desk.has_no_barriers()

    desk.press("Therapists")
    expect(heads).to_have_text(["Ada Lima", "Ben Ortiz", "Cleo Park"])
    desk.has_no_barriers()

    assert rooms == ["Garden", "Blue", "Green", "Video"]
    assert "by=therapists" in desk.page.url


def test_filters_stay_in_the_address(desk, practice):
    desk.press("Encino")
    expect(desk.card("Robin Ray")).to_have_count(0)
    desk.page.reload()
    desk.is_ready()

    expect(desk.page.locator(".column-head")).to_have_text([re.compile("Garden")])
    expect(desk.card("Kim Sato")).to_be_visible()
    assert "office=encino" in desk.page.url


def test_a_week_is_one_therapists_or_one_offices(desk, practice):
    desk.press("Week")
    expect(desk.page.locator("#title")).to_contain_text(str(practice.day.year))
    expect(desk.card("Kim Sato")).to_be_visible()
    desk.press("Therapists")
    desk.page.get_by_label("Therapist", exact=True).select_option("Cleo Park")

    expect(desk.card("Sam Cho")).to_be_visible()
    expect(desk.card("Kim Sato")).to_have_count(0)
    desk.has_no_barriers()


def test_a_week_that_names_nobody_is_the_first_offices(open_desk, practice):
    desk = open_desk("&view=week")

    expect(desk.card("Kim Sato")).to_be_visible()
    expect(
        desk.page.get_by_role("button", name="Encino", exact=True)
    ).to_have_attribute("aria-pressed", "true")
    expect(desk.card("Robin Ray")).to_have_count(0)


def test_a_change_by_somebody_else_appears_by_itself(desk, open_desk, practice):
    colleague = open_desk()
    colleague.open("Kim Sato")
    colleague.press("Cancel…")
    colleague.press("Cancel the appointment")
    expect(colleague.card("Kim Sato")).to_have_count(0)

    AppointmentFactory.create(
        therapist=practice.ada,
        room=practice.green,
        starts_at=at(practice.day, "13:00"),
        clients=[ClientFactory.create(first_name="Lou", last_name="Fox")],
    )

    expect(desk.card("Kim Sato")).to_have_count(0, timeout=10_000)
    expect(desk.card("Lou Fox")).to_be_visible(timeout=10_000)


def test_a_lost_line_is_told_and_found_again(desk):
    told = desk.page.locator("#connection")

    desk.page.route("**/api/v1/agenda/**", lambda route: route.abort())
    desk.page.evaluate("dispatchEvent(new Event('online'))")
    expect(told).to_contain_text("cannot be reached")
    desk.page.unroute("**/api/v1/agenda/**")
    desk.page.evaluate("dispatchEvent(new Event('online'))")

    expect(told).to_be_hidden()


def test_a_session_that_has_ended_leads_to_the_sign_in_page(desk):
    desk.page.context.clear_cookies()

    desk.page.wait_for_url("**/sign-in/?next=*", timeout=15_000)


def test_what_waits_for_somebody_leads_to_its_day(open_page, clerk, practice):
    Appointment.objects.filter(pk=practice.kims.pk).update(
        starts_at=at(practice.day, "10:00").replace(year=2025),
        ends_at=at(practice.day, "10:50").replace(year=2025),
    )
    page = open_page("/board/", clerk)

    page.locator("#work").get_by_role("button", name=re.compile("Kim Sato")).click()

    expect(page.locator("dialog")).to_contain_text("Kim Sato")
    assert f"date=2025-{practice.day:%m-%d}" in page.url


def test_a_wall_time_is_placed_by_the_offices_zone(open_page):
    page = open_page("/sign-in/", timezone_id="Asia/Kolkata")

    placed = page.evaluate(
        """async (walls) => {
          const { instantOf } = await import("/static/board/wall.js");
          return walls.map((wall) => {
            try { return instantOf(wall, "America/Los_Angeles"); }
            catch (problem) { return problem.message; }
          });
        }""",
        list(PLACED),
    )

    assert dict(zip(PLACED, placed, strict=True)) == PLACED
