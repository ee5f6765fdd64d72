"""A therapist's own pages: the week, the hours, time off and the calendar link."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from clients.models import Client
from config.roles import Role
from scheduling.models import (
    Appointment,
    AvailabilityOverride,
    AvailabilityRule,
    CalendarLink,
    Therapist,
    TimeOff,
)
from tests.browser.own_pages import OwnPages
from tests.factories.clients import ClientFactory
from tests.factories.config import UserFactory
from tests.factories.locations import TravelTimeFactory
from tests.factories.scheduling import AppointmentFactory, AvailabilityRuleFactory
from tests.times import at

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
ZONES = ["UTC", "America/New_York", "America/Los_Angeles"]


@pytest.fixture
def travelling(practice):
    """Ada sees Lou at one in Encino, forty minutes from Venice."""
    TravelTimeFactory.create(
        origin=practice.venice, destination=practice.encino, minutes=40
    )
    practice.ada.offices.add(practice.encino)
    return AppointmentFactory.create(
        therapist=practice.ada,
        room=practice.encino.rooms.get(),
        starts_at=at(practice.day, "13:00"),
        clients=[ClientFactory.create(first_name="Lou", last_name="Fox")],
    )


@pytest.fixture
def open_mine(open_page, practice, therapist_user):
    def open_mine(path="week/", user=therapist_user, **options):
        return OwnPages(
            open_page(f"/my/{path}?date={practice.day}", user=user, **options)
        )

    return open_mine


def test_each_begins_where_their_work_is(open_page, practice, therapist_user, clerk):
    both = UserFactory.create(role=Role.THERAPIST)
    both.groups.add(clerk.groups.get())
    Therapist.objects.filter(pk=practice.cleo.pk).update(user=both)

    assert open_page("/board/", therapist_user).url.endswith("/my/week/")
    assert open_page("/my/hours/", clerk).url.endswith("/board/")
    page = open_page("/", both)
    page.get_by_role("link", name="My week").click()
    page.get_by_role("link", name="Day board").click()
    expect(page.locator("#work-count")).not_to_have_text("…")
    assert page.url.endswith("/board/")


def test_somebody_without_either_role_is_shown_the_documentation(open_page):
    page = open_page("/my/week/", UserFactory.create())

    assert page.url.endswith("/api/v1/docs/")


@pytest.mark.parametrize("zone", ZONES)
def test_the_week_shows_the_offices_walls_and_the_way_between(
    open_mine, travelling, practice, zone
):
    mine = open_mine(timezone_id=zone)
    mine.page.clock.set_fixed_time(at(practice.day, "10:20"))
    mine.page.reload()
    mine.is_ready()

    times = mine.page.locator(".ec-event time").all_inner_texts()
    way = mine.page.locator(".is-travel").bounding_box()
    ten = mine.card("Robin Ray").bounding_box()
    one = mine.card("Lou Fox").bounding_box()
    now = mine.page.locator(".ec-now-indicator").bounding_box()

    assert times == ["10:00", "1:00"]
    expect(mine.page.locator(".is-travel")).to_have_text("40 min to Encino")
    assert abs(way["height"] - mine.half_hour() * 40 / 30) < 3
    assert abs(way["y"] + way["height"] - one["y"]) < 3
    assert abs(now["y"] - ten["y"] - mine.half_hour() * 20 / 30) < 3
    mine.has_no_barriers()


def test_the_week_leads_to_how_full_its_hours_are(open_mine, practice):
    mine = open_mine()
    mine.is_ready()
    mine.page.get_by_role("button", name="Next week").click()

    mine.page.get_by_role("link", name="How full").click()

    offices = mine.page.locator("#reports svg text[font-weight=bold]")
    expect(offices).to_have_text(["Venice"])
    assert f"from={practice.day + timedelta(days=7)}" in mine.page.url


def test_a_way_that_is_too_short_says_so(open_mine, travelling, practice):
    Appointment.objects.filter(pk=travelling.pk).update(
        starts_at=at(practice.day, "11:10"), ends_at=at(practice.day, "12:00")
    )
    mine = open_mine()

    expect(mine.page.locator(".is-tight")).to_have_text(
        "40 min to Encino, only 20 minutes free"
    )


def test_nothing_of_others_is_told(open_mine, travelling, practice):
    mine = open_mine("calendar/")
    told = ""

    def listen(route):
        nonlocal told
        answer = route.fetch()
        told += answer.text()
        route.fulfill(response=answer)

    mine.page.route("**/api/**", listen)

    for label in ["Week", "Hours", "Time off", "Calendar"]:
        mine.go(label)
        mine.page.wait_for_load_state("networkidle")
    mine.go("Week")
    mine.is_ready()
    mine.page.get_by_label("Go to date").fill(str(practice.day))
    mine.open("Robin Ray")
    mine.press("Move…")
    mine.page.wait_for_load_state("networkidle")

    mine.page.unroute_all(behavior="wait")
    others = Client.objects.exclude(first_name__in=["Robin", "Lou"])
    hidden = [practice.kims.pk, practice.call.pk]
    hidden += [each for one in others for each in (one.pk, one.last_name)]
    assert len(hidden) == 6
    assert [each for each in hidden if str(each) in told] == []
    assert "Robin Ray" in told
    assert "Lou Fox" in told


def test_on_a_telephone_the_week_is_a_list(open_mine, travelling, practice):
    mine = open_mine(**PHONE)
    mine.is_ready()
    monday = mine.page.locator(".day-of-week").first
    rows = monday.locator("li").all_inner_texts()
    mine.has_no_barriers()

    mine.page.get_by_role("button", name=re.compile("Robin Ray")).tap()
    mine.dialog.get_by_role("button", name="Confirm").tap()
    expect(mine.dialog.locator(".status")).to_have_text("Confirmed")
    mine.press("Close")

    assert "Robin Ray" in rows[0]
    assert rows[1] == "12:20 PM: 40 min to Encino"
    assert "Lou Fox" in rows[2]
    practice.robins.refresh_from_db()
    assert practice.robins.status == "confirmed"
    expect(mine.card("Robin Ray")).to_be_focused()
    width = mine.page.evaluate("document.documentElement.scrollWidth")
    assert width == 390


def test_a_refused_move_comes_back_and_no_rule_is_set_aside(open_mine, practice):
    mine = open_mine()
    mine.is_ready()
    before = mine.card("Robin Ray").bounding_box()

    mine.drag("Robin Ray", half_hours=16)
    expect(mine.dialog).to_contain_text("It stays where it was")
    offered = mine.dialog.locator(".alternatives button").all_inner_texts()
    forms = mine.dialog.locator(".override").count()
    mine.press("Leave it there")

    assert forms == 0
    assert all("Ada Lima" in each for each in offered)
    assert mine.card("Robin Ray").bounding_box() == before


def test_the_week_goes_by_keyboard(open_mine, travelling, practice):
    mine = open_mine()
    mine.is_ready()

    mine.card("Robin Ray").focus()
    mine.page.keyboard.press("ArrowDown")
    mine.page.keyboard.press("Enter")

    expect(mine.dialog.get_by_role("heading", level=2)).to_have_text("Lou Fox")


def test_hours_are_added_for_every_other_week_from_elsewhere(open_mine, practice):
    mine = open_mine("hours/")

    mine.press("Add hours on Thursdays")
    mine.dialog.get_by_label("How often").select_option("Every 2 weeks")
    mine.dialog.get_by_label("Until", exact=True).fill("12:30")
    mine.dialog.get_by_label("Where").select_option("Elsewhere, by video")
    mine.dialog.get_by_label("Valid until").fill(str(practice.day + timedelta(90)))
    mine.has_no_barriers()
    mine.press("Add")

    thursday = mine.page.locator(".weekday").nth(3)
    expect(thursday.locator(".window")).to_contain_text("every 2 weeks, until")
    mine.has_no_barriers()
    rule = AvailabilityRule.objects.get(weekday=3)
    assert (rule.therapist, rule.office, rule.every_weeks) == (practice.ada, None, 2)
    assert (rule.start_minute, rule.end_minute, rule.mode) == (540, 750, "telehealth")
    assert rule.valid_until == practice.day + timedelta(90)


def test_a_cut_tells_what_it_leaves_uncovered_before_it_is_made(open_mine, practice):
    mine = open_mine("hours/")
    rule = AvailabilityRule.objects.get(therapist=practice.ada)

    mine.page.locator(".window").click()
    mine.dialog.get_by_label("From", exact=True).fill("12:00")
    mine.press("Save")
    expect(mine.dialog).to_contain_text("This leaves 1 session uncovered")
    expect(mine.dialog).to_contain_text("Robin Ray")
    expect(mine.dialog).to_contain_text("Cleo Park could take it.")
    mine.has_no_barriers()
    mine.press("Back")
    rule.refresh_from_db()
    assert rule.start_minute == 9 * 60
    mine.press("Save")
    mine.press("Change them all the same")

    expect(mine.notes).to_contain_text("1 session waits for the front desk.")
    expect(mine.page.locator(".window")).to_contain_text(re.compile("12:00 . 5:00 PM"))
    rule.refresh_from_db()
    assert rule.start_minute == 12 * 60


def test_hours_that_nothing_depends_on_go_at_once(open_mine, practice):
    today = timezone.localdate()
    AvailabilityRuleFactory.create(
        therapist=practice.ada, office=practice.venice, weekday=2, valid_from=today
    )
    mine = open_mine("hours/", **PHONE)

    mine.page.locator(".weekday").nth(2).locator(".window").tap()
    mine.press("Remove")

    expect(mine.notes).to_contain_text("The hours are gone.")
    expect(mine.page.locator(".window")).to_have_count(1)
    mine.has_no_barriers()
    assert AvailabilityRule.objects.filter(therapist=practice.ada).count() == 1


def test_hours_that_were_in_force_end_when_they_are_removed(open_mine, practice):
    today = timezone.localdate()
    rule = AvailabilityRuleFactory.create(
        therapist=practice.ada, office=practice.venice, weekday=2
    )
    mine = open_mine("hours/")

    mine.page.locator(".weekday").nth(2).locator(".window").click()
    mine.press("Remove")

    expect(mine.notes).to_contain_text("The hours are gone.")
    expect(mine.page.locator(".window")).to_have_count(1)
    rule.refresh_from_db()
    assert rule.valid_until == today - timedelta(days=1)


def test_a_free_place_of_the_grid_proposes_its_hour(open_mine, practice):
    mine = open_mine("hours/")
    tuesday = mine.page.locator(".weekday").nth(1).locator("ul")
    expect(mine.page.locator(".window")).to_have_count(1)

    box = tuesday.bounding_box()
    tuesday.click(position={"x": 20, "y": box["height"] * 5.5 / 12})

    expect(mine.dialog.get_by_label("Day")).to_have_value("1")
    expect(mine.dialog.get_by_label("From", exact=True)).to_have_value("13:00")


def test_hours_are_opened_on_one_date(open_mine, practice):
    mine = open_mine("hours/")
    saturday = practice.day + timedelta(5)

    mine.press("Add a date")
    mine.dialog.get_by_label("Date").fill(str(saturday))
    mine.press("Add")
    expect(mine.row(re.compile("9:00 AM . 1:00 PM"))).to_contain_text("Venice")
    override = AvailabilityOverride.objects.get()
    assert (override.therapist, override.date) == (practice.ada, saturday)
    mine.row("Saturday").get_by_role("button").click()
    mine.press("Remove")

    expect(mine.row("None.")).to_be_visible()
    assert not AvailabilityOverride.objects.exists()


@pytest.mark.parametrize("zone", ["Asia/Tokyo"])
def test_time_off_is_weighed_taken_and_withdrawn(open_mine, practice, zone):
    mine = open_mine("time-off/", timezone_id=zone)
    mine.press("Take time off")
    mine.dialog.get_by_label("First day").fill(str(practice.day))
    mine.dialog.get_by_label("Last day").fill(str(practice.day + timedelta(1)))
    mine.dialog.get_by_label("Note").fill("Family")
    mine.has_no_barriers()

    mine.press("Take it")
    expect(mine.dialog).to_contain_text("Robin Ray")
    expect(mine.dialog).to_contain_text("Cleo Park could take it.")
    assert not TimeOff.objects.exists()
    mine.press("Take it all the same")

    expect(mine.row("Family")).to_be_visible()
    mine.has_no_barriers()
    off = TimeOff.objects.get()
    assert off.starts_at == at(practice.day, "00:00")
    assert off.ends_at == at(practice.day + timedelta(2), "00:00")
    mine.row("Family").get_by_role("button", name="Sessions in it").click()
    expect(mine.dialog).to_contain_text("Robin Ray")
    mine.press("Close")
    mine.row("Family").get_by_role("button", name="Withdraw").click()
    mine.press("Withdraw it")
    expect(mine.row("None ahead.")).to_be_visible()
    assert not TimeOff.objects.exists()


def test_an_afternoon_off_is_changed(open_mine, practice):
    mine = open_mine("time-off/")
    mine.press("Take time off")
    mine.dialog.get_by_label("First day").fill(str(practice.day))
    mine.dialog.get_by_label("Last day").fill(str(practice.day))
    mine.dialog.get_by_label("Only from a time").check()
    mine.press("Take it")
    expect(mine.row(re.compile("12:00 . 5:00 PM"))).to_be_visible()

    mine.row("5:00 PM").get_by_role("button", name="Change").click()
    mine.dialog.get_by_label("From", exact=True).fill("14:00")
    mine.press("Save")

    expect(mine.row(re.compile(r"\b2:00 . 5:00 PM"))).to_be_visible()
    assert TimeOff.objects.get().starts_at == at(practice.day, "14:00")


def test_a_calendar_link_is_told_once_changed_rotated_and_revoked(
    open_mine, practice, client
):
    mine = open_mine("calendar/")
    mine.press("Make a link")
    mine.dialog.get_by_label("Initials").check()
    mine.press("Make it")
    address = mine.dialog.get_by_label("Address")
    first = address.input_value()
    mine.press("Copy")
    expect(mine.dialog).to_contain_text("Copied.")
    # Apps ask for what webcal: names over plain HTTP first, and the address is secret.
    expect(mine.dialog.get_by_role("link")).to_have_count(0)
    mine.has_no_barriers()
    mine.press("Done")
    row = mine.row("Link to my calendar")
    row.get_by_label("A client is shown as").select_option("First name")
    expect(mine.notes).to_contain_text("Changed.")

    assert first not in mine.page.content()
    assert "Robin" in client.get(path_of(first)).content.decode()
    row.get_by_role("button", name="New address…").click()
    mine.press("Give it a new address")
    second = address.input_value()
    mine.press("Done")
    assert client.get(path_of(first)).status_code == 404
    assert client.get(path_of(second)).status_code == 200
    mine.has_no_barriers()
    row.get_by_role("button", name="Revoke…").click()
    mine.press("Revoke it")
    expect(mine.row("No link yet.")).to_be_visible()
    assert client.get(path_of(second)).status_code == 404
    assert CalendarLink.objects.get().therapist == practice.ada


def path_of(url):
    return "/" + url.split("/", 3)[3]
