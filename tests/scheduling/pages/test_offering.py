"""The page behind the link of an offer, over HTTP and without a sign-in."""

import re
from datetime import date, timedelta

import pytest

from config.clock import database_now
from scheduling import booking, links, offers
from scheduling.links import Purpose
from scheduling.models import (
    Appointment,
    Because,
    EntryState,
    Message,
    MessageKind,
    OfferVia,
    SessionType,
    WaitlistOffer,
)
from tests.factories.clients import ClientFactory, GuardianFactory
from tests.factories.scheduling import TherapistFactory, TimeOffFactory
from tests.scheduling import waiting
from tests.scheduling.pages.reading import address, everything, forms, send
from tests.scheduling.waiting import hours, make_offer
from tests.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

PRIVATE = re.compile("Robin|Example|Alex|Parent|My LA Therapy|therap", re.IGNORECASE)


def offered(**options):
    offer = make_offer(**options)
    return offer, Message.objects.get(kind=MessageKind.OFFER)


def test_the_page_says_what_is_kept_and_until_when_and_nothing_private(browser):
    offer, row = offered()
    until = NOW.replace(day=5, hour=18, minute=30)
    WaitlistOffer.objects.update(expires_at=until)
    before = everything()

    shown = browser.get(address(row))

    text = shown.content.decode()
    assert shown.status_code == 200
    assert "Monday, January 4, 2027, 12:00 PM" in text
    assert "It is kept for you until Tuesday, January 5, 2027, 10:30 AM." in text
    assert "at Main Street" in text
    assert not PRIVATE.search(text)
    assert set(forms(browser, row)) == {"accept", "decline"}
    assert shown.cookies == {}
    assert everything() == before
    offer.refresh_from_db()
    assert offer.state == "offered"


def test_in_spanish(browser):
    _, row = offered(client__language="es")

    text = browser.get(address(row)).content.decode()

    assert "Hay una hora libre" in text
    assert '<html lang="es">' in text


def test_to_accept_books_it_and_leads_to_the_page_of_the_appointment(browser):
    offer, row = offered()

    answer = send(browser, row, "accept")

    offer.refresh_from_db()
    offer.entry.refresh_from_db()
    assert (answer.status_code, answer["Location"]) == (303, address(row))
    assert (offer.state, offer.via) == ("accepted", "link")
    assert offer.entry.state == EntryState.BOOKED
    assert Appointment.objects.get(pk=offer.appointment_id).status == "scheduled"
    assert set(forms(browser, row)) >= {"confirm", "call"}


def test_to_decline_lets_go_of_it(browser):
    offer, row = offered()

    answer = send(browser, row, "decline")

    offer.refresh_from_db()
    assert answer.status_code == 303
    assert (offer.state, offer.via) == ("declined", "link")
    over = browser.get(address(row))
    assert over.status_code == 410
    assert "You keep your place in line." in over.content.decode()
    assert "12:00" not in over.content.decode()


@pytest.mark.parametrize("button", ["accept", "decline"])
def test_what_is_over_meanwhile_is_not_taken(browser, button):
    offer, row = offered()
    fields = forms(browser, row)[button]
    offers.withdraw(offer, because=Because.DESK, now=NOW)

    answer = browser.post(address(row), fields)

    assert answer.status_code == 409
    assert "not kept for you any more" in answer.content.decode()


def test_an_offer_that_lapsed_is_over_though_no_sweep_has_seen_it(browser):
    offer, row = offered()
    fields = forms(browser, row)["accept"]
    Appointment.objects.filter(pk=offer.appointment_id).update(
        hold_expires_at=database_now() - timedelta(seconds=1)
    )

    assert browser.get(address(row)).status_code == 410
    assert browser.post(address(row), fields).status_code == 409
    offer.refresh_from_db()
    assert offer.state == "offered"


def test_what_the_rules_forbid_meanwhile_is_not_taken(browser):
    offer, row = offered()
    TimeOffFactory.create(therapist=offer.appointment.therapist)

    assert send(browser, row, "accept").status_code == 409


def test_an_hour_that_is_for_two_by_now_is_not_taken(browser):
    _, row = offered()
    of_two = {"clients_min": 2, "clients_max": 2}
    SessionType.objects.update(**of_two)

    answer = send(browser, row, "accept")

    assert answer.status_code == 409
    assert Appointment.objects.holds().count() == 1


def test_the_second_time_the_same_form_changes_nothing(browser):
    offer, row = offered()
    fields = forms(browser, row)["accept"]
    browser.post(address(row), fields)

    again = browser.post(address(row), fields)

    assert again.status_code == 404  # the page has other forms now
    assert Appointment.objects.get(pk=offer.appointment_id).status == "scheduled"


@pytest.mark.parametrize(
    "changes",
    [
        {"answer": "confirm"},
        {"answer": "accept", "token": ""},
        {"answer": "accept", "token": "x" * 38},
        {"answer": ""},
    ],
)
def test_a_form_of_somebody_elses_making_does_nothing(browser, changes):
    offer, row = offered()

    assert send(browser, row, "decline", **changes).status_code == 404
    offer.refresh_from_db()
    assert offer.state == "offered"


def test_the_token_to_decline_does_not_accept(browser):
    _, row = offered()
    token = links.token(row.pk, Purpose.DECLINE)

    assert send(browser, row, "accept", token=token).status_code == 404


def test_any_guardian_who_was_written_to_may_answer(browser):
    therapist = TherapistFactory.create(age_groups=["child"])
    rule = hours(therapist=therapist)
    therapist.offices.set([rule.office])
    child = ClientFactory.create(born_on=date(2018, 5, 17))
    guardians = GuardianFactory.create_batch(2, client=child)
    other = ClientFactory.create(born_on=date(2018, 5, 17))
    (entry,) = waiting.line(1, client=child)
    appointment = waiting.booked(rule, client=other)
    booking.cancel(appointment, by="client", version=None, now=NOW)
    waiting.sweep()
    rows = list(Message.objects.filter(kind="offer").order_by("pk"))
    assert {row.guardian for row in rows} == set(guardians)

    assert send(browser, rows[1], "accept").status_code == 303
    assert entry.offers.get().via == OfferVia.LINK
