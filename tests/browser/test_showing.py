"""What the board shows is so, or it says that it does not know."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, AvailabilityRuleFactory
from tests.times import ZONE, at

AGENDA = "**/api/v1/agenda/**"


def hang(route):
    """Let it wait for ever."""


def long_day(day):
    return f"{day:%A}, {day:%B} {day.day}"


def test_a_session_in_a_room_that_was_given_up_is_seen(desk, practice):
    practice.blue.is_active = False
    practice.blue.save(update_fields=["is_active"])
    desk.page.reload()
    desk.is_ready()

    expect(desk.card("Robin Ray")).to_be_visible()
    heads = desk.page.locator(".column-head").all_inner_texts()
    assert [" ".join(head.split()) for head in heads] == [
        "Garden Encino",
        "Green Venice",
        "Blue Venice",
        "Video No room",
    ]


def test_hours_early_and_late_are_there_to_be_booked(desk, practice):
    for start, end in [(7, 8), (20, 22)]:
        AvailabilityRuleFactory.create(
            therapist=practice.ada,
            office=practice.venice,
            start_minute=start * 60,
            end_minute=end * 60,
        )
    desk.page.reload()
    desk.is_ready()

    # The first half hour has no words.
    hours = desk.page.locator(".ec-body .ec-slot").all_inner_texts()
    said = [hour for hour in hours if hour]
    assert (said[0], said[-1]) == ("8 AM", "9 PM")
    desk.click_free("Blue", "Venice", 1)
    expect(desk.dialog.get_by_label("Time")).to_have_value("07:30")


def test_a_day_that_is_not_read_yet_shows_nothing(desk, practice):
    desk.page.route(AGENDA, lambda route: route.abort())
    desk.page.get_by_label("Next day").click()
    expect(desk.page.locator("#title")).to_have_text(
        long_day(practice.day + timedelta(days=1))
    )
    expect(desk.page.locator("#connection")).to_contain_text("cannot be reached")
    expect(desk.card("Robin Ray")).to_be_hidden()
    desk.has_no_barriers()
    desk.page.get_by_label("Previous day").click()
    expect(desk.card("Robin Ray")).to_be_hidden()
    desk.page.unroute(AGENDA)
    desk.page.evaluate("dispatchEvent(new Event('online'))")

    expect(desk.card("Robin Ray")).to_be_visible()


def test_a_request_that_hangs_is_given_up_and_said(desk):
    told = desk.page.locator("#connection")
    desk.page.clock.install()
    with desk.page.expect_request(AGENDA):
        desk.page.route(AGENDA, hang)
        desk.page.evaluate("dispatchEvent(new Event('online'))")
    desk.page.clock.run_for(11_000)
    expect(told).to_contain_text("cannot be reached")
    desk.page.unroute(AGENDA)

    with desk.page.expect_response(AGENDA):
        desk.page.clock.run_for(11_000)
    expect(told).to_be_hidden(timeout=30_000)


def test_at_midnight_the_board_goes_on_to_the_new_day(open_page, clerk, practice):
    page = open_page("/board/", clerk)
    page.clock.install(time=at(practice.day, "23:58"))
    page.reload()
    expect(page.locator("#title")).to_have_text(long_day(practice.day))
    page.wait_for_selector(".ec-main")
    page.clock.fast_forward("08:00:00")

    expect(page.locator("#title")).to_have_text(
        long_day(practice.day + timedelta(days=1))
    )
    expect(page.locator("#today")).to_have_attribute("aria-current", "true")


def test_a_day_that_was_chosen_stays_over_midnight(desk, practice):
    desk.page.clock.install()
    desk.page.clock.fast_forward("24:00:00")
    desk.page.clock.run_for(6_000)

    expect(desk.page.locator("#title")).to_have_text(long_day(practice.day))


@pytest.mark.parametrize(
    "query",
    [
        "view=week&by=therapists&therapist=x",
        "therapist=01a00000-0000-7000-8000-000000000000",
        "date=2027-02-30",
        "office=atlantis",
    ],
)
def test_an_address_that_leads_nowhere_is_told(
    open_page, clerk, practice, refusals, query
):
    refusals.add(400)
    page = open_page(f"/board/?{query}", clerk)

    expect(page.locator("#notes")).to_contain_text("This is today, with everybody.")
    today = timezone.now().astimezone(ZONE).date()
    expect(page.locator("#title")).to_have_text(long_day(today))
    expect(page.locator("#connection")).to_be_hidden()
    assert page.url.endswith("/board/")


def test_a_card_says_what_its_place_says_to_the_eye(desk, practice):
    AppointmentFactory.create(
        therapist=practice.ada,
        office=practice.venice,
        telehealth=True,
        starts_at=at(practice.day, "14:00"),
        clients=[ClientFactory.create(first_name="Lou", last_name="Fox")],
        note="Not for everybody's ears",
    )
    desk.page.reload()
    desk.is_ready()

    day = long_day(practice.day)
    for client, words in [
        ("Robin Ray", "10:00 AM to 10:50.AM, .*Robin Ray Ada Lima ?, Blue, Venice"),
        ("Lou Fox", "2:00 PM to 2:50.PM, .*Lou Fox Ada Lima ?, By video, Venice"),
    ]:
        name = re.compile(f"^{day}, {words} *$")
        expect(desk.card(client)).to_have_accessible_name(name)
    expect(desk.page.get_by_role("article")).to_have_count(0)
    desk.has_no_barriers()
