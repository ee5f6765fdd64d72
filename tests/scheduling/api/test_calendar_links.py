from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.roles import Role
from scheduling.calendar_links import MOST_LINKS
from scheduling.models import CalendarLink
from tests.conftest import signed_in
from tests.factories.config import UserFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import CalendarLinkFactory, TherapistFactory
from tests.scheduling.test_booking_races import at_once
from tests.times import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

LINKS = "/api/v1/calendar-links/"


@pytest.fixture
def therapist():
    return TherapistFactory.create(display_name="Ada Lima")


@pytest.fixture
def ada(as_therapist, therapist):
    return as_therapist(therapist)


def calendar_at(api, url):
    return api.get(url.removeprefix("http://testserver"))


def test_a_link_is_made_and_its_address_is_told_once(ada, api, therapist):
    response = ada.post(LINKS, {"therapist": str(therapist.pk), "label": "initials"})

    made = response.json()
    url = made.pop("url")
    assert response.status_code == 201
    assert made == {
        "id": str(CalendarLink.objects.get().pk),
        "therapist": str(therapist.pk),
        "office": None,
        "label": "initials",
        "created_at": "2027-01-04T08:00:00-08:00",
        "issued_at": "2027-01-04T08:00:00-08:00",
        "revoked_at": None,
    }
    assert ada.get(f"{LINKS}{made['id']}/").json() == made
    assert calendar_at(api, url).status_code == 200
    assert "no-store" in response["Cache-Control"]


def test_an_address_is_the_practices_own_whatever_host_was_asked(
    ada, therapist, settings
):
    settings.PUBLIC_URL = "https://practice.example"

    made = ada.post(LINKS, {"therapist": str(therapist.pk)}).json()
    rotated = ada.post(f"{LINKS}{made['id']}/rotate/").json()

    for link in (made, rotated):
        assert link["url"].startswith("https://practice.example/calendar/")


def test_the_secret_has_256_bits_and_is_kept_nowhere(ada, therapist):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        made = ada.post(LINKS, {"therapist": str(therapist.pk)}).json()

    secret = made["url"].removeprefix("http://testserver/calendar/")[: -len(".ics")]
    assert len(secret) == 43  # of base64
    assert [each["sql"] for each in asked if secret in each["sql"]] == []
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(past) FROM scheduling_calendarlinkevent past")
        [[history]] = cursor.fetchall()
    assert ("digest" in history, secret in history) == (False, False)


def test_rotating_lets_the_old_address_lead_nowhere(ada, api, therapist):
    made = ada.post(LINKS, {"therapist": str(therapist.pk)}).json()

    rotated = ada.post(f"{LINKS}{made['id']}/rotate/").json()

    assert calendar_at(api, made["url"]).status_code == 404
    assert calendar_at(api, rotated["url"]).status_code == 200
    assert {**made, "url": rotated["url"]} == rotated


def test_revoking_is_for_good(ada, api, therapist):
    made = ada.post(LINKS, {"therapist": str(therapist.pk)}).json()

    revoked = ada.post(f"{LINKS}{made['id']}/revoke/").json()
    again = ada.post(f"{LINKS}{made['id']}/revoke/")
    rotated = ada.post(f"{LINKS}{made['id']}/rotate/")

    assert revoked["revoked_at"] == "2027-01-04T08:00:00-08:00"
    assert (again.status_code, again.json()) == (200, revoked)
    assert (rotated.status_code, rotated.json()["code"]) == (409, "link_revoked")
    assert calendar_at(api, made["url"]).status_code == 404


def test_the_label_changes_and_nothing_else_does(ada, therapist):
    link = CalendarLinkFactory.create(therapist=therapist)
    address = f"{LINKS}{link.pk}/"

    changed = ada.patch(address, {"label": "first_name"})
    refused = [
        ada.patch(address, body)
        for body in (
            {"label": "full_name"},
            {"label": None},
            {"therapist": str(TherapistFactory.create().pk)},
            {"revoked_at": None},
            {"digest": "00"},
        )
    ]

    assert (changed.status_code, changed.json()["label"]) == (200, "first_name")
    assert [each.status_code for each in refused] == [400] * 5
    assert CalendarLink.objects.get().label == "first_name"


def test_a_therapist_links_to_no_calendar_but_their_own(ada):
    bodies = [
        {"therapist": str(TherapistFactory.create().pk)},
        {"office": OfficeFactory.create().slug},
    ]

    refused = [ada.post(LINKS, body) for body in bodies]

    assert [each.status_code for each in refused] == [400, 400]
    assert {each.json()["errors"][0]["detail"] for each in refused} == {
        "There is nothing of that name."
    }
    assert not CalendarLink.objects.exists()


def test_a_therapist_neither_sees_nor_touches_the_links_of_others(ada, therapist):
    own = CalendarLinkFactory.create(therapist=therapist)
    others = CalendarLinkFactory.create()
    office = CalendarLinkFactory.create(office=OfficeFactory.create())

    listed = ada.get(LINKS).json()["results"]
    answers = [
        call(f"{LINKS}{link.pk}/{action}").status_code
        for link in (others, office)
        for call, action in (
            (ada.get, ""),
            (ada.patch, ""),
            (ada.post, "rotate/"),
            (ada.post, "revoke/"),
        )
    ]

    assert [each["id"] for each in listed] == [str(own.pk)]
    assert answers == [404] * 8


def test_the_front_desk_links_to_offices_and_to_anyone(front_desk, therapist):
    office = OfficeFactory.create(slug="venice")

    made = [
        front_desk.post(LINKS, {"office": "venice"}),
        front_desk.post(LINKS, {"therapist": str(therapist.pk)}),
    ]

    assert [each.status_code for each in made] == [201, 201]
    assert [(each.office, each.therapist) for each in CalendarLink.objects.all()] == [
        (office, None),
        (None, therapist),
    ]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"therapist": None},
        {"office": "nowhere"},
        {"therapist": "0197-not-an-id"},
        {"therapist": 1},
        {"office": "venice", "label": "full_name"},
        {"office": "venice", "label": ""},
        {"office": "venice", "url": "http://elsewhere.example"},
        {"office": "venice", "secret": "mine"},
        {"office": "ve\0nice"},
        ["venice"],
    ],
)
def test_what_makes_no_sense_is_refused(front_desk, body):
    OfficeFactory.create(slug="venice")

    assert front_desk.post(LINKS, body).status_code == 400
    assert not CalendarLink.objects.exists()


def test_a_link_is_of_a_therapist_or_of_an_office(front_desk, therapist):
    OfficeFactory.create(slug="venice")

    both = front_desk.post(LINKS, {"office": "venice", "therapist": str(therapist.pk)})

    assert both.status_code == 400
    assert both.json()["errors"] == [
        {
            "pointer": "/therapist",
            "code": "invalid",
            "detail": "Give either a therapist or an office.",
        }
    ]


def test_a_closed_office_is_not_linked_to(front_desk):
    OfficeFactory.create(slug="venice", is_active=False)

    assert front_desk.post(LINKS, {"office": "venice"}).status_code == 400


def test_only_so_many_links_are_in_force(ada, therapist):
    links = CalendarLinkFactory.create_batch(MOST_LINKS, therapist=therapist)

    refused = ada.post(LINKS, {"therapist": str(therapist.pk)})
    ada.post(f"{LINKS}{links[0].pk}/revoke/")
    made = ada.post(LINKS, {"therapist": str(therapist.pk)})

    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_links")
    assert made.status_code == 201


def test_links_are_listed_newest_first_and_by_whether_they_lead_somewhere(
    front_desk, therapist
):
    old, gone, of_office = (
        CalendarLinkFactory.create(therapist=therapist),
        CalendarLinkFactory.create(therapist=therapist, revoked_at=NOW),
        CalendarLinkFactory.create(office=OfficeFactory.create(slug="venice")),
    )
    CalendarLink.objects.filter(pk=old.pk).update(created_at=NOW - timedelta(days=1))

    def listed(query):
        results = front_desk.get(f"{LINKS}?{query}").json()["results"]
        return [each["id"] for each in results]

    assert listed("") == [str(of_office.pk), str(gone.pk), str(old.pk)]
    assert listed("revoked=false") == [str(of_office.pk), str(old.pk)]
    assert listed(f"revoked=true&therapist={therapist.pk}") == [str(gone.pk)]
    assert listed("office=venice") == [str(of_office.pk)]
    assert front_desk.get(f"{LINKS}?digest=00").status_code == 400
    assert front_desk.get(f"{LINKS}?revoked=maybe").status_code == 400


@pytest.mark.parametrize("count", [1, 3])
def test_listing_takes_the_same_queries_for_any_number(
    front_desk, therapist, count, django_assert_num_queries
):
    CalendarLinkFactory.create_batch(count, therapist=therapist)

    with django_assert_num_queries(4):
        response = front_desk.get(LINKS)

    assert len(response.json()["results"]) == count


@pytest.mark.django_db(transaction=True)
def test_of_many_who_rotate_at_once_the_last_secret_alone_leads_somewhere(api):
    link = CalendarLinkFactory.create()
    desk = UserFactory.create(role=Role.FRONT_DESK)

    answers = at_once(
        [lambda: signed_in(desk).post(f"{LINKS}{link.pk}/rotate/").json()] * 6
    )

    found = [calendar_at(api, each["url"]).status_code for each in answers]
    assert sorted(found) == [200, 404, 404, 404, 404, 404]


@pytest.mark.django_db(transaction=True)
def test_nobody_makes_one_link_too_many_by_being_quick(therapist):
    CalendarLinkFactory.create_batch(MOST_LINKS - 1, therapist=therapist)
    desk = UserFactory.create(role=Role.FRONT_DESK)

    answers = at_once(
        [lambda: signed_in(desk).post(LINKS, {"therapist": str(therapist.pk)})] * 6
    )

    assert sorted(each.status_code for each in answers) == [201, *[409] * 5]
