"""The reports as a page: of the practice at the desk, of oneself for a therapist."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from config.roles import Role
from scheduling.models import Therapist
from tests.browser.reports import Reports
from tests.factories.config import UserFactory
from tests.factories.guarantees import settled
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.times import at

PATIENCE = 30_000
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
FULL, HOURLY, LOST = "How full the hours are", "Hour by hour", "Cancellations"
WAIT, MESSAGES, GUARANTEE = "How long somebody new waits", "Messages", "The guarantee"


@pytest.fixture
def week(practice):
    return f"from={practice.day}&to={practice.day + timedelta(days=6)}"


@pytest.fixture
def manager(practice):
    return UserFactory.create(role=Role.MANAGER)


@pytest.fixture
def open_reports(open_page, week, clerk):
    def open_reports(query="", user=clerk, path="/board/", **options):
        page = open_page(f"{path}reports/?{week}{query}", user, **options)
        reports = Reports(page)
        reports.is_ready()
        return reports

    return open_reports


def test_a_manager_reads_how_full_the_hours_are(open_reports, week, manager):
    reports = open_reports(user=manager)

    assert reports.rows(FULL) == [
        ["Encino", "8 h", "50 min", "10.4%"],
        ["Venice", "16 h", "1 h 40 min", "10.4%"],
    ]
    told = reports.told("utilisation", f"{week}&by=office")
    figures = [
        (row["office"]["name"], row["available_minutes"], row["booked_minutes"])
        for row in told
    ]
    assert figures == [("Encino", 480, 50), ("Venice", 960, 100)]
    total = reports.report(FULL).locator("tfoot")
    expect(total).to_have_text(re.compile("Together.*24.h.*2.h.30.min.*10.4%"))
    reports.has_no_barriers()


def test_another_grouping_stays_in_the_address_and_is_what_is_saved(
    open_reports, practice, open_page, clerk
):
    reports = open_reports()
    reports.choose(FULL, "A row for each", "Therapist")
    reports.choose(FULL, "and for each", "Hour")

    assert "by=therapist&then=hour" in reports.page.url
    rows = reports.rows(FULL)
    assert rows[0][:2] == ["Ada Lima", "9:00 - 10:00 AM"]
    assert rows[1] == ["10:00 - 11:00 AM", "1 h", "50 min", "83.3%"]
    saved = reports.saved(FULL)
    assert len(saved) == len(rows)
    assert [saved[1][name] for name in ("therapist_name", "hour", "utilisation")] == [
        *("Ada Lima", "10", "0.833")
    ]
    reports.has_no_barriers()

    address = reports.page.url.removeprefix(reports.home)
    kept = Reports(open_page(address, clerk))
    assert kept.rows(FULL) == rows


def test_weeks_and_filters_are_chosen_and_kept_in_the_address(open_reports, practice):
    reports = open_reports()
    page = reports.page
    later = practice.day + timedelta(days=7)
    reports.press("Later")
    expect(page.locator("#from")).to_have_value(str(later))
    assert f"from={later}" in page.url
    reports.press("Earlier")
    page.get_by_label("From the week of").fill(str(practice.day + timedelta(days=9)))
    page.get_by_label("From the week of").blur()
    expect(page.locator("#from")).to_have_value(str(later))
    page.get_by_label("For", exact=True).first.select_option("2 weeks")
    page.get_by_label("From the week of").fill(str(practice.day))
    page.get_by_label("Office", exact=True).first.select_option("Venice")
    page.get_by_label("Therapist", exact=True).first.select_option("Ada Lima")

    last = practice.day + timedelta(days=13)
    assert reports.rows(FULL) == [["Venice", "16 h", "50 min", "5.2%"]]
    for part in (f"from={practice.day}&to={last}", "office=venice", "therapist="):
        assert part in page.url
    caption = reports.report(FULL).locator("caption")
    expect(caption).to_contain_text("Venice, Ada Lima")

    page.get_by_role("button", name="Last 4 weeks").click()
    assert "from=" not in page.url
    expect(page.get_by_role("button", name="Last 4 weeks")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_an_address_that_leads_nowhere_says_so(open_reports):
    reports = open_reports("&office=atlantis&by=colour")

    expect(reports.notes).to_contain_text("a person or a place that is not there")
    assert [row[0] for row in reports.rows(FULL)] == ["Encino", "Venice"]
    assert "atlantis" not in reports.page.url


def test_the_picture_tells_what_a_number_means(open_reports):
    reports = open_reports()
    picture = reports.report(HOURLY).get_by_role("img")

    expect(picture).to_have_accessible_name(re.compile("Share of hours"))
    picture.locator("g", has_text="Venice, Monday 10:00 to 11:00").click()
    expect(reports.report(HOURLY).get_by_role("status")).to_have_text(
        "Venice, Monday 10:00 to 11:00: 50 of 120 minutes booked (42%)"
    )


def test_cancellations_are_read_by_what_is_chosen(open_reports, practice, week):
    AppointmentFactory.create(
        cancelled=True,
        status="late_cancelled",
        therapist=practice.cleo,
        room=practice.green,
        starts_at=at(practice.day, "11:00"),
    )
    reports = open_reports()
    reports.choose(LOST, "A row for each", "Therapist")

    assert reports.rows(LOST) == [
        ["Ada Lima", "1", "1", "0", "0", "0", "0", "0", "0%", "0"],
        ["Ben Ortiz", "1", "1", "0", "0", "0", "0", "0", "0%", "0"],
        ["Cleo Park", "2", "1", "0", "0", "1", "0", "0", "50%", "0"],
    ]
    assert reports.rows(LOST, table=1)[0] == [
        *("Ada Lima", "1", "1", "0", "0", "0", "0", "-")
    ]
    saved = reports.saved(LOST)
    assert [row["late_cancelled"] for row in saved] == ["0", "0", "1"]


def test_messages_are_added_up_by_kind_and_by_day(open_reports, practice, week):
    due = at(practice.day, "08:00")
    for number, state in enumerate(["delivered", "delivered", "failed"], 1):
        MessageFactory.create(
            appointment=practice.robins,
            state=state,
            due_at=due,
            sent_at=due if state == "delivered" else None,
            before_start_minutes=number * 60,
        )
    reports = open_reports()

    assert reports.rows(MESSAGES) == [
        ["Reminder", "text", "3", "0", "2", "2", "0 (0%)", "1", "0", "0"]
    ]
    reports.choose(MESSAGES, "A row for each", "Day")
    assert reports.rows(MESSAGES)[0][1:4] == ["3", "0", "2"]
    [saved] = reports.saved(MESSAGES)
    assert [saved["planned"], saved["sent"], saved["failed"]] == ["3", "2", "1"]


def test_how_long_somebody_new_waits_is_told_for_each_office(open_reports, practice):
    reports = open_reports()

    [row] = reports.rows(WAIT)
    heads = reports.report(WAIT).locator("thead th").all_inner_texts()
    assert heads == ["Modality", "Encino", "Venice", "By video"]
    told = reports.told("lead-time", "session_type=" + _chosen(reports, WAIT, "For"))
    for cell, lead in zip(row[1:], told, strict=True):
        assert lead["slot"]["therapist"]["display_name"] in cell


def test_the_guarantee_is_told_with_the_money(open_reports, practice, week):
    given = settled(
        "refunded", starts_at=at(practice.day - timedelta(days=21), "09:00")
    )
    reports = open_reports()
    expect(reports.report(GUARANTEE)).to_contain_text("Nobody was matched")
    reports.press("Last 4 weeks")

    [row] = reports.rows(GUARANTEE)
    assert row[0] == given.current.therapist.display_name
    assert row[5:9] == ["1", "1", "$150.00", "0"]
    [saved] = reports.saved(GUARANTEE)
    assert saved["refunded_cents"] == "15000"


def _chosen(reports, title, label):
    return reports.report(title).get_by_label(label, exact=True).input_value()


def test_a_therapist_reads_of_themselves_alone(
    open_page, practice, therapist_user, week
):
    asked = []
    page = open_page("/my/reports/", therapist_user)
    page.on("request", lambda request: asked.append(request.url))
    page.goto(
        page.url.split("/my/")[0]
        + f"/board/reports/?{week}&therapist={practice.ben.pk}"
    )
    reports = Reports(page)

    assert reports.rows(FULL) == [["Venice", "8 h", "50 min", "10.4%"]]
    assert f"/my/reports/?{week}" in page.url
    assert str(practice.ben.pk) not in page.url
    headings = page.locator("#reports h2").all_inner_texts()
    assert headings == [FULL, HOURLY]
    read = {urlsplit(url).path for url in asked}
    assert {path for path in read if "reports/" in path and "static" not in path} == {
        *("/board/reports/", "/my/reports/"),
        *("/api/v1/reports/utilisation/", "/reports/utilisation.svg"),
    }
    links = page.get_by_role("navigation", name="My pages")
    expect(links.locator("[aria-current=page]")).to_have_text("Reports")
    reports.has_no_barriers()


def test_what_somebody_may_not_read_any_more_is_gone(
    open_reports, practice, therapist_user, clerk, refusals
):
    refusals.add(403)
    desk = clerk.groups.get()
    therapist_user.groups.add(desk)
    reports = open_reports(f"&therapist={practice.ada.pk}", user=therapist_user)
    expect(reports.report(GUARANTEE)).to_be_visible()

    therapist_user.groups.remove(desk)
    reports.press("Later")
    expect(reports.report(GUARANTEE)).to_be_hidden()
    expect(reports.report(LOST)).to_be_hidden()
    expect(reports.report(FULL)).to_contain_text("Venice")


def test_a_server_that_is_asked_too_often_is_told_and_asked_again(
    open_reports, refusals, settings
):
    refusals.add(429)
    reports = open_reports()
    told = reports.page.locator("#connection")
    settings.THROTTLE_USER = "0/min"
    reports.press("Later")
    expect(told).to_contain_text("asked too much", timeout=PATIENCE)
    expect(reports.report(FULL)).to_contain_text("Not read yet.", timeout=PATIENCE)
    settings.THROTTLE_USER = "1200/min"

    expect(told).to_be_hidden(timeout=PATIENCE)
    assert [row[0] for row in reports.rows(FULL)] == ["Encino", "Venice"]


def test_a_line_that_breaks_is_told_and_the_reports_come_when_it_is_back(open_reports):
    reports = open_reports()
    told = reports.page.locator("#connection")
    read_at = reports.page.locator("#read-at")
    read_at.evaluate("one => { one.textContent = 'Read before'; }")
    reports.page.context.set_offline(True)
    reports.press("Later")
    expect(told).to_contain_text("The server cannot be reached")
    expect(reports.report(FULL)).to_contain_text("Not read yet.")
    expect(read_at).to_have_text("Read before")
    expect(reports.report(FULL)).not_to_contain_text("Venice")
    reports.page.context.set_offline(False)

    expect(told).to_be_hidden(timeout=PATIENCE)
    expect(read_at).not_to_have_text("Read before")
    assert [row[0] for row in reports.rows(FULL)] == ["Encino", "Venice"]


def test_whoever_is_signed_out_comes_back_to_what_they_read(open_reports, practice):
    reports = open_reports("&office=venice")
    reports.page.context.clear_cookies()
    reports.press("Later")

    expect(reports.page.get_by_label("Password")).to_be_visible()
    back = parse_qs(urlsplit(reports.page.url).query)["next"][0]
    later = practice.day + timedelta(days=7)
    assert back.startswith(f"/board/reports/?from={later}")
    assert "office=venice" in back


@pytest.mark.parametrize("size", [TABLET, PHONE], ids=["tablet", "phone"])
def test_wide_tables_scroll_in_themselves(open_reports, size):
    reports = open_reports(**size)
    reports.rows(LOST)
    width, screen = reports.page.evaluate(
        "() => [document.documentElement.scrollWidth, innerWidth]"
    )

    assert width == screen
    reports.has_no_barriers()


def test_everything_works_by_keyboard(open_reports, practice):
    reports = open_reports(**PHONE)
    page, keyboard = reports.page, reports.page.keyboard
    page.get_by_role("button", name="Later").focus()
    keyboard.press("Enter")
    expect(page.locator("#from")).to_have_value(str(practice.day + timedelta(days=7)))
    reports.report(FULL).get_by_label("A row for each").focus()
    keyboard.press("ArrowDown")
    assert [row[0] for row in reports.rows(FULL)][:2] == ["Ada Lima", "Ben Ortiz"]

    wide = reports.report(WAIT).locator(".scrolls")
    note = "one => one.addEventListener('scroll', () => one.append('It scrolls.'))"
    wide.evaluate(note)
    wide.focus()
    keyboard.press("ArrowRight")
    expect(wide).to_contain_text("It scrolls.")


def test_where_there_is_nothing_it_says_so(open_reports, practice):
    Therapist.objects.update(is_active=False)
    reports = open_reports()
    reports.page.get_by_label("For", exact=True).first.select_option("1 week")
    reports.page.get_by_label("From the week of").fill("2020-01-06")

    for title, words in {
        FULL: "Nobody has hours or sessions then.",
        LOST: "There are no sessions then.",
        MESSAGES: "No message is due then.",
        GUARANTEE: "Nobody was matched under the guarantee then.",
    }.items():
        expect(reports.report(title)).to_contain_text(words)


def test_the_board_leads_to_the_reports_of_its_week(desk, practice):
    desk.press("Print…")
    with desk.page.expect_popup() as opened:
        desk.dialog.get_by_role("link", name="All of them").click()

    reports = Reports(opened.value)
    assert reports.rows(FULL)[0] == ["Encino", "8 h", "50 min", "10.4%"]
    expect(reports.page.locator("#from")).to_have_value(str(practice.day))
    reports.page.get_by_role("link", name="Day board").click()
    reports.page.get_by_role("link", name="Reports").click()
    expect(reports.page.get_by_role("button", name="Last 4 weeks")).to_have_attribute(
        "aria-pressed", "true"
    )


def test_on_paper_there_are_figures_and_no_controls(open_reports):
    reports = open_reports()
    reports.page.emulate_media(media="print")

    expect(reports.report(FULL).locator("table")).to_be_visible()
    expect(reports.page.get_by_role("button", name="Print")).to_be_hidden()
    expect(reports.page.get_by_label("From the week of")).to_be_hidden()
