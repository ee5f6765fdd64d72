"""An answer is lost on its way, or the computer's clock is wrong."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from scheduling.models import Appointment
from tests.browser.test_keeping import KEPT, choose, keep
from tests.times import at


def cut(route):
    route.abort()


def spoil(route):
    route.fulfill(status=502, content_type="text/html", body="<h1>Bad gateway</h1>")


@pytest.mark.parametrize("lose", [cut, spoil])
def test_what_was_done_without_an_answer_is_not_done_twice(
    desk, practice, refusals, lose
):
    refusals.add(502)

    def carry_out(route):
        route.fetch()
        lose(route)

    desk.click_free("Blue", "Venice", 10)
    choose(desk, "Kim Sato")
    desk.page.route("**/api/v1/appointments/", carry_out)
    desk.press("Book")
    expect(desk.dialog).to_contain_text("Whether it was done is not known.")
    desk.page.unroute("**/api/v1/appointments/")
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")
    booked = Appointment.objects.filter(clients=practice.kim).exclude(
        pk=practice.kims.pk
    )
    assert booked.get().starts_at == at(practice.day, "13:00")


def test_what_is_booked_without_an_answer_was_booked_by_nobody_else(desk, practice):
    def carry_out(route):
        route.fetch()
        cut(route)

    keep(desk)
    choose(desk, "Robin Ray")
    desk.page.route("**/api/v1/appointments/", carry_out)
    desk.press("Book")
    expect(desk.dialog).to_contain_text("Whether it was done is not known.")
    desk.page.unroute("**/api/v1/appointments/")
    for _ in range(2):  # the first is taken in by the time that the second comes
        with desk.page.expect_response("**/api/v1/agenda/**"):
            pass
    expect(desk.dialog).to_contain_text(KEPT)
    expect(desk.dialog).not_to_contain_text("Somebody else")
    desk.press("Book")

    expect(desk.notes).to_contain_text("Booked")


def test_what_is_late_is_told_by_the_servers_clock(desk, practice):
    desk.page.clock.set_fixed_time(at(practice.day + timedelta(days=5), "10:00"))
    desk.open("Robin Ray")
    expect(desk.dialog).to_contain_text("free until")
    desk.press("Cancel…")

    expect(desk.dialog).to_contain_text("This is in time")
