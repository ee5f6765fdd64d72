from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import AccessLog
from config.clock import database_now
from scheduling import booking, offers
from scheduling.models import (
    Appointment,
    EntryState,
    OfferState,
    OfferVia,
    WaitlistEntry,
    WaitlistOffer,
)
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
    WaitlistEntryFactory,
    WaitlistOfferFactory,
)
from tests.scheduling.waiting import NOON, booked, hours, line, make_offer, offered
from tests.times import MONDAY_9AM, NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

ENTRIES = "/api/v1/waitlist-entries/"
OFFERS = "/api/v1/waitlist-offers/"


def wish(**values):
    return {
        "client": str(ClientFactory.create().pk),
        "session_type": SessionTypeFactory.create().slug,
        "until": "2027-02-26",
    } | values


def ids(response):
    assert response.status_code == 200, response.json()
    return [row["id"] for row in response.json()["results"]]


def test_a_wish_is_written_down_and_what_is_free_already_is_told(front_desk):
    rule = hours()
    ModalityFactory.create()
    PresentingConcernFactory.create()
    rule.therapist.modalities.add(ModalityFactory.create())
    rule.therapist.concerns.add(PresentingConcernFactory.create())

    answer = front_desk.post(
        ENTRIES,
        wish(
            therapists=[str(rule.therapist.pk)],
            offices=[rule.office.slug],
            modality="interpersonal-psychotherapy",
            concern="grief-and-loss",
            modes=["in_person"],
            weekdays=[0, 2],
            time_from="12:00",
            time_to="24:00",
            offers_per_day=2,
        ),
    )

    body = answer.json()
    assert answer.status_code == 201, body
    assert answer["ETag"] == '"1"'
    assert body["state"] == "waiting"
    assert body["therapists"] == [
        {"id": str(rule.therapist.pk), "display_name": rule.therapist.display_name}
    ]
    assert body["offices"] == [{"slug": rule.office.slug, "name": rule.office.name}]
    assert (body["modality"], body["concern"]) == (
        "interpersonal-psychotherapy",
        "grief-and-loss",
    )
    assert (body["modes"], body["weekdays"]) == (["in_person"], [0, 2])
    assert (body["time_from"], body["time_to"]) == ("12:00", "24:00")
    assert (body["until"], body["offers_per_day"]) == ("2027-02-26", 2)
    assert (body["offer"], body["passed_over_at"]) == (None, None)
    assert body["created_at"] == "2027-01-04T08:00:00-08:00"
    assert [slot["starts_at"] for slot in body["slots_now"]] == [
        "2027-01-04T12:00:00-08:00",
        "2027-01-04T12:30:00-08:00",
        "2027-01-04T13:00:00-08:00",
    ]


def test_what_is_free_is_told_of_any_number_of_therapists(front_desk):
    """With a search of its own, which runs while the request is noted in history."""
    for _ in range(12):
        hours()

    answer = front_desk.post(ENTRIES, wish())

    assert answer.status_code == 201
    starts = [slot["starts_at"] for slot in answer.json()["slots_now"]]
    assert starts == ["2027-01-04T09:00:00-08:00"] * 3


def test_by_default_anything_will_do(front_desk):
    body = front_desk.post(ENTRIES, wish()).json()

    assert body["therapists"] == body["offices"] == body["modes"] == []
    assert (body["time_from"], body["time_to"]) == ("00:00", "24:00")
    assert (body["offers_per_day"], body["slots_now"]) == (1, [])


@pytest.mark.parametrize(
    ("values", "pointer"),
    [
        ({"until": "2027-01-03"}, "/until"),
        ({"until": "2028-01-06"}, "/until"),
        ({"time_from": "12:00", "time_to": "12:00"}, "/time_to"),
        ({"weekdays": [7]}, "/weekdays/0"),
        ({"weekdays": [1, 1]}, "/weekdays"),
        ({"modes": ["phone"]}, "/modes/0"),
        ({"offers_per_day": 0}, "/offers_per_day"),
        ({"offers_per_day": 11}, "/offers_per_day"),
        ({"offices": ["nowhere"]}, "/offices"),
        ({"client": "01a213ee-6b59-7b60-affb-4d5558f9045c"}, "/client"),
        ({"state": "booked"}, "/state"),
        ({"session_type": "couples-80"}, "/session_type"),
    ],
)
def test_a_wish_that_makes_no_sense_is_refused(front_desk, values, pointer):
    SessionTypeFactory.create(couples=True)

    answer = front_desk.post(ENTRIES, wish(**values))

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not WaitlistEntry.objects.exists()


def test_the_same_key_writes_one_entry(front_desk):
    rule = hours()
    body = wish(therapists=[str(rule.therapist.pk)])

    first, again = (
        front_desk.post(ENTRIES, body, headers={"Idempotency-Key": "k"})
        for _ in range(2)
    )

    assert again["Idempotent-Replayed"] == "true"
    assert first.json() == again.json()
    assert WaitlistEntry.objects.count() == 1


def test_a_change_keeps_the_place_in_line(front_desk):
    entry, _ = line(2)
    address = f"{ENTRIES}{entry.pk}/"

    answer = front_desk.patch(
        address,
        {"weekdays": [4], "offices": [OfficeFactory.create().slug]},
        headers={"If-Match": '"1"'},
    )

    assert answer.status_code == 200, answer.json()
    assert (answer["ETag"], answer.json()["version"]) == ('"2"', 2)
    assert answer.json()["weekdays"] == [4]
    assert ids(front_desk.get(ENTRIES))[0] == str(entry.pk)
    stale = front_desk.patch(address, {"weekdays": []}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    backwards = front_desk.patch(
        address, {"time_to": "00:00"}, headers={"If-Match": '"2"'}
    )
    assert backwards.status_code == 400


def test_who_waits_no_longer_is_not_changed(front_desk):
    entry = WaitlistEntryFactory.create()
    address = f"{ENTRIES}{entry.pk}/"
    match = {"headers": {"If-Match": '"1"'}}

    gone = front_desk.post(f"{address}withdraw/", {}, **match)

    assert (gone.status_code, gone.json()["state"]) == (200, "withdrawn")
    again = front_desk.post(
        f"{address}withdraw/", {}, headers={"If-Match": gone["ETag"]}
    )
    assert (again.status_code, again.json()["code"]) == (409, "not_waiting")


def test_an_entry_lapses_by_the_calendar(front_desk):
    lapsed = WaitlistEntryFactory.create(until=NOW.date() - timedelta(days=1))
    waiting = WaitlistEntryFactory.create(until=NOW.date())

    states = {
        row["id"]: row["state"] for row in front_desk.get(ENTRIES).json()["results"]
    }

    assert states == {str(lapsed.pk): "lapsed", str(waiting.pk): "waiting"}
    assert ids(front_desk.get(f"{ENTRIES}?state=lapsed")) == [str(lapsed.pk)]
    assert ids(front_desk.get(f"{ENTRIES}?state=waiting")) == [str(waiting.pk)]
    both = front_desk.get(f"{ENTRIES}?state=waiting&state=lapsed")
    assert len(ids(both)) == 2
    assert EntryState.LAPSED not in WaitlistEntry.objects.values_list("state")


def test_entries_are_found_by_what_they_wish_for(front_desk):
    venice, city = (OfficeFactory.create(slug=slug) for slug in ("venice", "city"))
    ada, ben = TherapistFactory.create_batch(2)
    there, anywhere = line(2)
    there.offices.set([venice, OfficeFactory.create()])
    there.therapists.set([ada, TherapistFactory.create()])

    def found(query):
        return ids(front_desk.get(f"{ENTRIES}?{query}"))

    both = [str(there.pk), str(anywhere.pk)]
    assert found("office=venice") == both
    assert found("office=city") == [str(anywhere.pk)]
    assert found(f"therapist={ada.pk}") == both
    assert found(f"therapist={ben.pk}") == [str(anywhere.pk)]
    assert found(f"client={there.client.pk}") == [str(there.pk)]
    assert found("session_type=individual-50") == both
    assert city.slug == "city"


def test_who_waits_for_a_free_hour_is_shown(front_desk):
    rule = hours()
    suits, late, elsewhere = line(3)
    late.time_from = 15 * 60
    late.save(update_fields=["time_from"])
    elsewhere.offices.set([OfficeFactory.create()])
    hour = f"2027-01-04T12:00:00-08:00,{rule.therapist.pk}"

    assert ids(front_desk.get(ENTRIES, {"fits": hour})) == [str(suits.pk)]
    for wrong in ("", "noon,x", "2027-01-04T12:00:00-08:00", f",{rule.therapist.pk}"):
        assert front_desk.get(ENTRIES, {"fits": wrong}).status_code == 400


def test_a_therapist_sees_those_of_their_own_clients(front_desk, as_therapist):
    appointment = AppointmentFactory.create()
    own = WaitlistEntryFactory.create(client=appointment.clients.get())
    other = WaitlistEntryFactory.create()
    therapist = as_therapist(appointment.therapist)

    assert ids(therapist.get(ENTRIES)) == [str(own.pk)]
    assert therapist.get(f"{ENTRIES}{other.pk}/").status_code == 404
    assert therapist.get(f"{ENTRIES}{own.pk}/").status_code == 200
    assert len(ids(front_desk.get(ENTRIES))) == 2


def test_who_has_been_booked_meanwhile_is_told(front_desk):
    rule = hours()
    entry, other = line(2)
    for starts_at in (NOON + timedelta(hours=2), NOON):
        session = booked(rule, client=entry.client, starts_at=starts_at)
        Appointment.objects.filter(pk=session.pk).update(created_at=NOW)

    def told():
        rows = front_desk.get(ENTRIES).json()["results"]
        return {row["id"]: row["booked_meanwhile"] for row in rows}

    noon = "2027-01-04T12:00:00-08:00"
    assert told() == {str(entry.pk): noon, str(other.pk): None}
    booking.cancel(session, by="client", version=None, now=NOW)
    later = "2027-01-04T14:00:00-08:00"
    assert told() == {str(entry.pk): later, str(other.pk): None}
    Appointment.objects.update(created_at=NOW - timedelta(days=9))
    assert told() == {str(entry.pk): None, str(other.pk): None}


def test_who_looks_is_on_record(front_desk):
    entry = WaitlistEntryFactory.create()
    offer = WaitlistOfferFactory.create(entry=entry)

    for address in (ENTRIES, f"{ENTRIES}{entry.pk}/", OFFERS, f"{OFFERS}{offer.pk}/"):
        front_desk.get(address)

    seen = AccessLog.objects.order_by("pk").values_list("action", "clients")
    assert list(seen) == [
        (action, [entry.client_id])
        for action in ("waitlist", "waitlist", "offers", "offers")
    ]


@pytest.mark.parametrize("address", [ENTRIES, OFFERS])
def test_a_list_takes_the_same_queries_for_any_number_of_rows(front_desk, address):
    def queries():
        with CaptureQueriesContext(connection) as asked:
            front_desk.get(address)
        return len(asked)

    def one_more():
        entry = WaitlistEntryFactory.create(
            offices=[OfficeFactory.create()], therapists=[TherapistFactory.create()]
        )
        WaitlistOfferFactory.create(entry=entry)

    one_more()
    few = queries()
    for _ in range(3):
        one_more()

    assert queries() == few


# Offers.


def test_an_offer_is_shown_with_its_hour_and_on_its_entry(front_desk):
    offer = make_offer()
    WaitlistOffer.objects.update(expires_at=NOW + timedelta(hours=2))

    (row,) = front_desk.get(OFFERS).json()["results"]

    hold = offer.appointment
    assert row == {
        "id": str(offer.pk),
        "state": "offered",
        "entry": str(offer.entry_id),
        "client": {
            "id": str(offer.entry.client_id),
            "display_name": offer.entry.client.display_name,
        },
        "appointment": str(hold.pk),
        "therapist": {
            "id": str(hold.therapist_id),
            "display_name": hold.therapist.display_name,
        },
        "office": {"slug": hold.office.slug, "name": hold.office.name},
        "mode": "in_person",
        "session_type": "individual-50",
        "starts_at": "2027-01-04T12:00:00-08:00",
        "ends_at": "2027-01-04T12:50:00-08:00",
        "timezone": "America/Los_Angeles",
        "offered_at": "2027-01-04T08:00:00-08:00",
        "expires_at": "2027-01-04T10:00:00-08:00",
        "answered_at": None,
        "via": "",
        "because": "",
    }
    entry = front_desk.get(f"{ENTRIES}{offer.entry_id}/").json()
    assert entry["offer"] == {
        "id": str(offer.pk),
        "starts_at": "2027-01-04T12:00:00-08:00",
        "expires_at": "2027-01-04T10:00:00-08:00",
    }


def test_an_offer_is_told_to_have_lapsed_though_nobody_has_written_it_down(front_desk):
    offer = make_offer()
    Appointment.objects.filter(pk=offer.appointment_id).update(
        hold_expires_at=database_now() - timedelta(seconds=1)
    )

    (row,) = front_desk.get(OFFERS).json()["results"]

    assert row["state"] == "lapsed"
    assert front_desk.get(f"{ENTRIES}{offer.entry_id}/").json()["offer"] is None
    assert ids(front_desk.get(f"{OFFERS}?state=offered")) == []
    assert ids(front_desk.get(f"{OFFERS}?state=lapsed")) == [str(offer.pk)]


@pytest.mark.parametrize(
    ("verb", "state", "status"),
    [
        ("accept", "accepted", "scheduled"),
        ("decline", "declined", "released"),
        ("withdraw", "withdrawn", "released"),
    ],
)
def test_the_front_desk_answers_for_a_client_who_calls(front_desk, verb, state, status):
    offer = make_offer()

    answer = front_desk.post(
        f"{OFFERS}{offer.pk}/{verb}/", {}, headers={"Idempotency-Key": "k"}
    )

    assert (answer.status_code, answer.json()["state"]) == (200, state)
    assert answer.json()["via"] == ("" if verb == "withdraw" else "phone")
    assert Appointment.objects.get(pk=offer.appointment_id).status == status
    again = front_desk.post(
        f"{OFFERS}{offer.pk}/{verb}/", {}, headers={"Idempotency-Key": "k"}
    )
    assert again["Idempotent-Replayed"] == "true"
    other = front_desk.post(f"{OFFERS}{offer.pk}/accept/", {})
    assert (other.status_code, other.json()["code"]) == (409, "offer_over")


def test_offers_are_found_by_their_hour_and_client(front_desk):
    offer = make_offer()
    other = WaitlistOfferFactory.create()
    hold = offer.appointment

    for query in (
        f"client={offer.entry.client_id}",
        f"entry={offer.entry_id}",
        f"therapist={hold.therapist_id}",
        f"office={hold.office.slug}",
    ):
        assert ids(front_desk.get(f"{OFFERS}?{query}")) == [str(offer.pk)], query
    assert len(ids(front_desk.get(f"{OFFERS}?session_type=individual-50"))) == 2
    assert other.state == OfferState.OFFERED


def order_of(rule):
    return {
        "therapist": str(rule.therapist.pk),
        "clients": [str(ClientFactory.create().pk)],
        "session_type": "individual-50",
        "office": rule.office.slug,
        "starts_at": "2027-01-04T12:00:00-08:00",
    }


def test_the_front_desk_can_book_over_the_queue_knowingly(front_desk):
    rule = hours()
    offer = make_offer(rule)
    body = order_of(rule)

    refused = front_desk.post("/api/v1/appointments/", body)

    assert (refused.status_code, refused.json()["code"]) == (409, "slot_taken")
    assert "offered" in [reason["code"] for reason in refused.json()["reasons"]]
    assert offer.entry.client.last_name not in refused.content.decode()
    answer = front_desk.post(
        "/api/v1/appointments/", body | {"instead_of_offer": str(offer.pk)}
    )
    assert answer.status_code == 201, answer.json()
    offer.refresh_from_db()
    assert (offer.state, offer.because) == ("withdrawn", "booked_over")


def test_an_offer_that_was_accepted_is_not_booked_over(front_desk):
    rule = hours()
    offer = make_offer(rule)
    offers.accept(offer, via=OfferVia.LINK, now=NOW)

    answer = front_desk.post(
        "/api/v1/appointments/", order_of(rule) | {"instead_of_offer": str(offer.pk)}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "offer_over")


def test_the_hold_of_an_offer_is_none_of_the_front_desks(front_desk):
    offer = make_offer()
    hold = str(offer.appointment_id)

    assert ids(front_desk.get("/api/v1/holds/")) == []
    assert front_desk.delete(f"/api/v1/holds/{hold}/").status_code == 404
    answer = front_desk.post(
        "/api/v1/appointments/",
        {"hold": hold, "clients": [str(ClientFactory.create().pk)]},
    )
    assert answer.status_code == 400
    assert offered() == [(offer.entry_id, NOON)]


def test_a_therapist_does_not_see_to_whom_their_hour_is_offered(as_therapist):
    offer = make_offer()
    hold = offer.appointment
    therapist = as_therapist(hold.therapist)

    listed = therapist.get("/api/v1/appointments/?status=held").json()["results"]
    shown = therapist.get(f"/api/v1/therapists/{hold.therapist_id}/calendar/").json()

    on_calendar = [row for row in shown["appointments"] if row["status"] == "held"]
    for rows in (listed, on_calendar):
        assert [(row["id"], row["clients"]) for row in rows] == [(str(hold.pk), [])]
    offers.accept(offer, via=OfferVia.PHONE, now=NOW)
    (row,) = therapist.get("/api/v1/appointments/?status=scheduled").json()["results"]
    assert [each["id"] for each in row["clients"]] == [str(offer.entry.client_id)]


def test_an_offer_is_on_the_calendar(front_desk):
    offer = make_offer()

    rows = front_desk.get("/api/v1/appointments/?status=held").json()["results"]

    assert [row["id"] for row in rows] == [str(offer.appointment_id)]
    assert MONDAY_9AM < NOON
