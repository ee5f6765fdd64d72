import pytest

from clients.models import AgeGroup
from scheduling.models import Therapist
from tests.factories.clients import PresentingConcernFactory
from tests.factories.locations import OfficeFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

URL = "/api/v1/therapists/"
PUBLIC = {
    "id",
    "display_name",
    "pronouns",
    "gender",
    "license_type",
    "credentials",
    "license_states",
    "profile",
    "languages",
    "age_groups",
    "modalities",
    "concerns",
    "session_types",
    "offices",
    "telehealth",
    "accepts_new_clients",
}


def address(therapist):
    return f"{URL}{therapist.pk}/"


def names(response):
    return [row["display_name"] for row in response.json()["results"]]


def test_therapist_is_made_by_the_manager_and_read_by_anyone(api, manager):
    supervisor = TherapistFactory.create()
    ModalityFactory.create()
    PresentingConcernFactory.create()
    OfficeFactory.create(slug="venice")
    OfficeFactory.create(slug="city")
    body = {
        "display_name": "Noor Example",
        "pronouns": "she/her",
        "gender": "woman",
        "license_type": "amft",
        "credentials": "AMFT 12345",
        "license_states": ["CA", "NV"],
        "profile": "Works with couples.",
        "languages": ["en", "es"],
        "age_groups": ["adolescent", "adult"],
        "modalities": ["interpersonal-psychotherapy"],
        "concerns": ["grief-and-loss"],
        "session_types": ["individual-50"],
        "offices": ["city", "venice"],
        "telehealth": True,
        "accepts_new_clients": False,
    }
    for_staff = {"supervisor": str(supervisor.pk), "is_active": True}

    made = manager.post(URL, body | for_staff)

    assert made.status_code == 201
    key = made.json()["id"]
    assert made.json() == {"id": key} | body | for_staff
    assert api.get(f"{URL}{key}/").json() == {"id": key} | body


def test_therapist_who_left_is_seen_by_staff_only(api, front_desk, as_therapist):
    active = TherapistFactory.create(display_name="Ada")
    left = TherapistFactory.create(display_name="Bo", is_active=False)
    colleague = as_therapist(active)

    answers = [
        (names(caller.get(URL)), caller.get(address(left)).status_code)
        for caller in (api, front_desk, colleague)
    ]

    assert answers == [(["Ada"], 404), (["Ada", "Bo"], 200), (["Ada", "Bo"], 200)]
    assert names(front_desk.get(URL, {"is_active": "true"})) == ["Ada"]
    assert names(api.get(URL, {"is_active": "false"})) == []


def test_therapist_shows_the_public_no_more_than_public_fields(api, front_desk):
    therapist = TherapistFactory.create()

    assert api.get(address(therapist)).json().keys() == PUBLIC
    assert front_desk.get(address(therapist)).json().keys() == (
        PUBLIC | {"supervisor", "is_active"}
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("modality=interpersonal-psychotherapy", ["Ada Lima"]),
        (
            "modality=interpersonal-psychotherapy&modality=family",
            ["Ada Lima", "Bo Kim"],
        ),
        ("concern=grief-and-loss", ["Ada Lima"]),
        ("office=venice", ["Ada Lima"]),
        ("office=venice&office=city", ["Ada Lima", "Bo Kim"]),
        ("session_type=couples-80", ["Bo Kim"]),
        ("language=es", ["Bo Kim"]),
        ("language=en&language=es", ["Ada Lima", "Bo Kim"]),
        ("age_group=child", ["Bo Kim"]),
        ("telehealth=false", ["Ada Lima"]),
        ("accepts_new_clients=true", ["Ada Lima"]),
        ("search=kim", ["Bo Kim"]),
        ("search=lima+ada", ["Ada Lima"]),
        ("search=lima+bo", []),
        ("office=venice&language=es", []),
    ],
)
def test_therapist_list_narrows_by_what_they_offer(api, query, found):
    ipt, family = ModalityFactory.create(), ModalityFactory.create(slug="family")
    venice, city = (
        OfficeFactory.create(slug="venice"),
        OfficeFactory.create(slug="city"),
    )
    couples = SessionTypeFactory.create(couples=True)
    ada = TherapistFactory.create(
        display_name="Ada Lima",
        modalities=[ipt, family],
        offices=[venice, city],
        telehealth=False,
    )
    ada.concerns.add(PresentingConcernFactory.create())
    TherapistFactory.create(
        display_name="Bo Kim",
        modalities=[family],
        offices=[city],
        session_types=[couples],
        languages=["es"],
        age_groups=[AgeGroup.CHILD],
        accepts_new_clients=False,
    )

    response = api.get(f"{URL}?{query}")

    assert names(response) == found


@pytest.mark.parametrize(
    "query",
    ["office=atlantis", "language=English", "age_group=old", "telehealth=1", "x=1"],
)
def test_therapist_list_refuses_what_it_does_not_know(api, query):
    response = api.get(f"{URL}?{query}")

    name = query.partition("=")[0]
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"?{name}"]


def test_therapist_list_is_paged_by_name(api):
    for name in ("Cy", "Ada", "Bo"):
        TherapistFactory.create(display_name=name)

    first = api.get(URL, {"limit": 2})
    second = api.get(first.json()["next"])

    assert (names(first), names(second)) == (["Ada", "Bo"], ["Cy"])
    assert second.json()["next"] is None


@pytest.mark.parametrize("count", [1, 3])
def test_therapist_list_needs_the_same_queries_for_any_number_of_rows(
    api, django_assert_num_queries, count
):
    office, modality = OfficeFactory.create(slug="venice"), ModalityFactory.create()
    TherapistFactory.create_batch(count, offices=[office], modalities=[modality])

    with django_assert_num_queries(5):
        response = api.get(URL)

    assert [row["offices"] for row in response.json()["results"]] == [
        ["venice"]
    ] * count


def test_therapist_changes_their_own_profile_and_pronouns(as_therapist):
    therapist = TherapistFactory.create()

    response = as_therapist(therapist).patch(
        address(therapist),
        {
            "profile": "Warm and direct.",
            "pronouns": "they/them",
            "gender": "non_binary",
        },
    )

    therapist.refresh_from_db()
    assert response.status_code == 200
    assert (therapist.profile, therapist.pronouns) == ("Warm and direct.", "they/them")
    assert therapist.gender == "non_binary"


def test_therapist_is_licensed_in_california_unless_something_else_is_said(manager):
    therapist = TherapistFactory.create()

    for wrong in ([], ["California"], ["ca"], ["CA", "CA"]):
        answer = manager.patch(address(therapist), {"license_states": wrong})
        assert answer.status_code == 400
    assert manager.get(address(therapist)).json()["license_states"] == ["CA"]
    assert manager.get(address(therapist)).json()["gender"] == ""


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "Professor"),
        ("offices", []),
        ("accepts_new_clients", False),
        ("is_active", False),
        ("supervisor", None),
        ("license_states", ["NV"]),
    ],
)
def test_therapist_changes_nothing_else_of_themselves(as_therapist, field, value):
    therapist = TherapistFactory.create(offices=[OfficeFactory.create()])
    before = Therapist.objects.filter(pk=therapist.pk).values().get()

    response = as_therapist(therapist).patch(
        address(therapist), {field: value, "profile": "New."}
    )

    before["user_id"] = therapist.user_id
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert Therapist.objects.filter(pk=therapist.pk).values().get() == before
    assert therapist.offices.count() == 1


def test_therapist_is_not_changed_by_others(api, front_desk, as_therapist):
    therapist = TherapistFactory.create(profile="Mine.")
    callers = [api, front_desk, as_therapist(TherapistFactory.create())]

    answers = [
        [
            caller.post(URL, {}).status_code,
            caller.patch(address(therapist), {"profile": "Yours."}).status_code,
        ]
        for caller in callers
    ]

    therapist.refresh_from_db()
    assert answers == [[401] * 2, [403] * 2, [403] * 2]
    assert therapist.profile == "Mine."


def test_therapist_is_never_deleted(manager):
    therapist = TherapistFactory.create()

    response = manager.delete(address(therapist))

    assert response.status_code == 405
    assert Therapist.objects.filter(pk=therapist.pk).exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"languages": []}, "/languages"),
        ({"languages": ["English"]}, "/languages/0"),
        ({"languages": ["en", "zz"]}, "/languages/1"),
        ({"age_groups": []}, "/age_groups"),
        ({"age_groups": ["teenager"]}, "/age_groups/0"),
        ({"license_type": "wizard"}, "/license_type"),
        ({"offices": ["atlantis"]}, "/offices"),
        ({"offices": "venice"}, "/offices"),
        ({"supervisor": "somebody"}, "/supervisor"),
        ({"telehealth": "yes"}, "/telehealth"),
        ({"user": 1}, "/user"),
    ],
)
def test_therapist_names_the_field_that_makes_no_sense(manager, changes, pointer):
    therapist = TherapistFactory.create()

    response = manager.patch(address(therapist), changes)

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_therapist_does_not_supervise_themselves(manager):
    therapist = TherapistFactory.create()

    response = manager.patch(address(therapist), {"supervisor": str(therapist.pk)})

    therapist.refresh_from_db()
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == ["/supervisor"]
    assert therapist.supervisor is None


def test_deactivation_keeps_the_sessions_and_lists_them_with_who_could_take_them(
    manager,
):
    hours = AvailabilityRuleFactory.create()
    appointment = AppointmentFactory.create(
        therapist=hours.therapist, room=hours.office.rooms.get()
    )
    other = AvailabilityRuleFactory.create(office=appointment.office).therapist

    response = manager.patch(address(appointment.therapist), {"is_active": False})

    client = appointment.attendances.get().client
    appointment.refresh_from_db()
    assert response.status_code == 200
    assert response.json()["is_active"] is False
    assert response.json()["uncovered_appointments"] == [
        {
            "id": str(appointment.pk),
            "version": 1,
            "starts_at": "2027-01-04T09:00:00-08:00",
            "ends_at": "2027-01-04T09:50:00-08:00",
            "timezone": "America/Los_Angeles",
            "therapist": {
                "id": str(appointment.therapist.pk),
                "display_name": appointment.therapist.display_name,
            },
            "office": {
                "slug": appointment.office.slug,
                "name": appointment.office.name,
            },
            "session_type": "individual-50",
            "clients": [{"id": str(client.pk), "display_name": client.display_name}],
            "reasons": [
                {
                    "code": "therapist_inactive",
                    "detail": "The therapist has left.",
                },
            ],
            "rooms": [],
            "candidates": [{"id": str(other.pk), "display_name": other.display_name}],
        }
    ]
    assert (appointment.status, appointment.version) == ("scheduled", 1)
