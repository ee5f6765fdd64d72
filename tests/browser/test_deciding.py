"""What waits at the desk: messages, replies; and what became of a session."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from scheduling.models import Answer, Message, MessageResolution
from tests.factories.scheduling import AnswerFactory, MessageFactory


@pytest.fixture
def failed(practice):
    message: Message = MessageFactory.create(
        appointment=practice.kims,
        state="failed",
        last_error="no_such_number",
        due_at=timezone.now(),
    )
    return message


@pytest.fixture
def words(practice):
    answer: Answer = AnswerFactory.create(
        message=MessageFactory.create(
            appointment=practice.robins, state="sent", sent_at=timezone.now()
        ),
        words="I am late, sorry",
        at=timezone.now(),
    )
    return answer


def waiting(desk, text):
    if desk.page.locator("#work").is_hidden():
        desk.page.locator("#show-work").click()
    return desk.page.locator("#work").get_by_role("button", name=re.compile(text))


def test_a_message_that_did_not_arrive_is_decided_about(failed, desk):
    waiting(desk, "Reminder by text").click()
    desk.has_no_barriers()
    desk.dialog.get_by_label("They need not be told").check()
    desk.dialog.get_by_label("Note").fill("Kim is here")
    desk.press("Off the list")

    expect(desk.page.locator("#work-count")).to_have_text("0")
    decided = MessageResolution.objects.get(message=failed)
    assert (decided.decision, decided.note) == ("not_needed", "Kim is here")


def test_a_message_is_sent_again(failed, desk):
    waiting(desk, "Reminder by text").click()
    desk.press("Send it again")

    expect(desk.page.locator("#work-count")).to_have_text("0")
    failed.refresh_from_db()
    assert failed.state == "pending"


def test_a_reply_is_read_and_dealt_with(words, desk):
    waiting(desk, "I am late, sorry").click()
    expect(desk.dialog).to_contain_text("Robin Ray")
    desk.has_no_barriers()
    desk.press("Dealt with")

    expect(desk.page.locator("#work-count")).to_have_text("0")
    words.refresh_from_db()
    assert words.resolved_at is not None


def test_the_timeline_tells_what_happened(desk, practice):
    desk.open("Robin Ray")
    desk.press("Confirm")
    expect(desk.dialog.locator(".status")).to_have_text("Confirmed")
    desk.dialog.get_by_text("What happened").click()

    entries = desk.dialog.locator(".timeline li")
    expect(entries.last).to_contain_text("Confirmed")
    expect(entries.first).to_contain_text("Booked")
    desk.has_no_barriers()


def test_sheets_and_reports_are_of_the_day_that_is_shown(desk, practice):
    desk.press("Print…")
    links = desk.dialog.get_by_role("link")
    addresses = links.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    desk.has_no_barriers()

    answers = [
        desk.page.request.get(desk.page.url.split("/board")[0] + one)
        for one in addresses
    ]
    assert [answer.status for answer in answers] == [200] * len(addresses)
    assert f"/day-sheet/venice/?date={practice.day}" in addresses
    assert f"/board/reports/?from={practice.day}" in addresses[2]
    assert f"/reports/utilisation.svg?from={practice.day}" in addresses[3]
    for key in ("office", "therapist", "hour"):
        assert any(f"by={key}&format=csv" in address for address in addresses)
