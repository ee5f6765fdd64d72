"""The board under a finger, on a tablet."""

import pytest
from playwright.sync_api import expect

from tests.times import at

TABLET = {"viewport": {"width": 820, "height": 1180}, "has_touch": True}
LONG_PRESS = 600  # milliseconds; a shorter one scrolls


@pytest.fixture
def tablet(open_desk):
    return open_desk(**TABLET)


def drag(desk, client, *, half_hours):
    """Rest a finger on a card, move it, and lift it."""
    card = desk.card(client)
    card.scroll_into_view_if_needed()
    box = card.bounding_box()
    x, y = box["x"] + 15, box["y"] + 8
    finger = desk.page.context.new_cdp_session(desk.page)

    def touch(kind, *points):
        finger.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": each} for each in points]},
        )

    touch("touchStart", y)
    desk.page.wait_for_timeout(LONG_PRESS)
    for step in range(1, 9):
        touch("touchMove", y + half_hours * desk.half_hour() * step / 8)
    touch("touchEnd")


def test_a_card_is_dragged_by_a_finger(tablet, practice):
    drag(tablet, "Robin Ray", half_hours=3)

    expect(tablet.notes).to_contain_text("11:30 AM")
    practice.robins.refresh_from_db()
    assert practice.robins.starts_at == at(practice.day, "11:30")


def test_a_card_dragged_where_it_cannot_be_comes_back(tablet, practice):
    before = tablet.card("Robin Ray").bounding_box()

    drag(tablet, "Robin Ray", half_hours=-3)

    expect(tablet.dialog).to_contain_text("The therapist does not work there then.")
    tablet.has_no_barriers()
    tablet.press("Leave it there")
    assert tablet.card("Robin Ray").bounding_box() == before
    practice.robins.refresh_from_db()
    assert practice.robins.starts_at == at(practice.day, "10:00")
