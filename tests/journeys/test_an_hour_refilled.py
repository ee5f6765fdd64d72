"""An hour that somebody gives up is taken by somebody who waited for it, over HTTP."""

import re
from datetime import timedelta

import pytest
from django.test import Client as Browser

from config.clock import database_now
from scheduling import openings, outbox
from scheduling.models import Message
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import (
    AvailabilityRuleFactory,
    PracticePolicyFactory,
)
from tests.scheduling.pages.reading import address, forms

API = "/api/v1/"


@pytest.mark.real_clock("messages go out by the clock of the database")
@pytest.mark.django_db(transaction=True)
def test_an_hour_that_is_called_off_is_taken_by_whoever_waits(front_desk, settings):
    settings.PUBLIC_URL = "https://visits.example"
    PracticePolicyFactory.create(quiet_from_minute=0, quiet_until_minute=0)
    day = (database_now() + timedelta(days=3)).astimezone()
    AvailabilityRuleFactory.create(weekday=day.weekday())
    waiting, gives_up = ClientFactory.create(), ClientFactory.create()

    def post(path, body, **headers):
        answer = front_desk.post(f"{API}{path}", body, headers=headers)
        assert answer.status_code in (200, 201), answer.json()
        return answer.json()

    query = f"{API}slots/?session_type=individual-50&mode=in_person&limit=1"
    slot = front_desk.get(query).json()["results"][0]
    booked = post(
        "appointments/",
        {
            "therapist": slot["therapist"]["id"],
            "clients": [str(gives_up.pk)],
            "session_type": "individual-50",
            "office": slot["office"]["slug"],
            "starts_at": slot["starts_at"],
        },
    )
    openings.work_off(now=database_now())
    entry = post(
        "waitlist-entries/",
        {
            "client": str(waiting.pk),
            "session_type": "individual-50",
            "until": (day + timedelta(days=20)).date().isoformat(),
        },
    )
    assert entry["slots_now"]

    off = {"by": "client"}
    post(f"appointments/{booked['id']}/cancel/", off, **{"If-Match": '"1"'})
    openings.work_off(now=database_now())

    (offer,) = front_desk.get(f"{API}waitlist-offers/").json()["results"]
    assert (offer["state"], offer["starts_at"]) == ("offered", slot["starts_at"])
    for key in outbox.sweep():
        outbox.send(key)
    message = Message.objects.get(kind="offer")
    assert message.state == "sent"

    browser = Browser(enforce_csrf_checks=True)
    answer = browser.post(address(message), forms(browser, message)["accept"])
    assert answer.status_code == 303
    page = browser.get(address(message)).content.decode()
    assert re.search("Confirm: I will be there", page)

    taken = front_desk.get(f"{API}appointments/{offer['appointment']}/").json()
    assert (taken["status"], taken["starts_at"]) == ("scheduled", slot["starts_at"])
    assert [each["id"] for each in taken["clients"]] == [str(waiting.pk)]
    week = f"from={taken['starts_at'][:10]}&to={taken['starts_at'][:10]}"
    (row,) = front_desk.get(f"{API}reports/cancellations/?{week}").json()["results"]
    assert (row["cancelled"], row["refilled"]) == (1, 1)
