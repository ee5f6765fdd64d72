"""The guarantee, beside the session that it is about."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Guarantee, GuaranteeState
from tests.factories.clients import ClientFactory
from tests.factories.guarantees import attended
from tests.times import ZONE, at

YESTERDAY = timedelta(days=1)


@pytest.fixture
def guarantee(practice):
    """Noa came to the first session with Ada, yesterday at ten."""
    yesterday = timezone.now().astimezone(ZONE).date() - YESTERDAY
    starts_at = at(yesterday, "10:00")
    given: Guarantee = attended(
        starts_at=starts_at,
        guarantee__client=ClientFactory.create(first_name="Noa", last_name="Blum"),
        guarantee__created_at=starts_at - timedelta(days=5),
        therapist=practice.ada,
    )
    return given


def open_session(desk):
    yesterday = timezone.now().astimezone(ZONE).date() - YESTERDAY
    desk.page.locator("#date").fill(str(yesterday))
    desk.page.locator("#date").press("Enter")
    desk.open("Noa Blum")
    expect(desk.dialog).to_contain_text("Guarantee: the first session has been")


def test_another_therapist_is_asked_for_and_waits_on_the_list(guarantee, desk):
    open_session(desk)
    desk.has_no_barriers()
    desk.press("Another therapist is wanted…")
    desk.dialog.get_by_label("Why?").select_option("The hours do not suit")
    desk.has_no_barriers()
    desk.press("Write it down")

    expect(desk.page.locator("#work")).to_contain_text("Asked for under the guarantee")
    expect(desk.page.locator("#work")).to_contain_text("Wants another therapist")
    guarantee.refresh_from_db()
    told = guarantee.current
    assert (guarantee.state, told.said_by, told.reason) == (
        GuaranteeState.REMATCH_ASKED,
        "client",
        "hours",
    )


def test_a_client_stays(guarantee, desk):
    open_session(desk)
    desk.press("They stay")

    expect(desk.dialog).to_contain_text("Guarantee: they stay")
    expect(desk.dialog.get_by_role("button", name="They stay")).to_have_count(0)
    guarantee.refresh_from_db()
    assert guarantee.state == GuaranteeState.CONTINUES
