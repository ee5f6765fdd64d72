"""The people of an intake become clients, all of them or none."""

from datetime import date, timedelta
from functools import partial

import pytest
from django.contrib.auth.models import User

from clients.intake import GuardianMustConsent
from clients.models import Client, ContactConsent, Guardian
from config.errors import Malformed, Stale
from config.roles import Role
from scheduling import intakes, registration, seekers
from scheduling.intakes import Settled
from scheduling.models import Guarantee, Intake, IntakePerson
from scheduling.registration import Turn
from tests.conftest import signed_in
from tests.factories.clients import ClientFactory, PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.guarantees import asked
from tests.factories.intakes import IntakeFactory, IntakePersonFactory
from tests.factories.scheduling import AppointmentFactory, SessionTypeFactory
from tests.threads import in_threads
from tests.times import NOW

BORN = date(2014, 3, 2)

pytestmark = pytest.mark.django_db


def register(intake, *turns, version=1):
    by = User.objects.first() or UserFactory.create(role=Role.FRONT_DESK)
    return registration.register(intake, version=version, turns=turns, by=by, now=NOW)


def named(*values):
    return list(Client.objects.order_by("pk").values_list("first_name", *values))


def consents():
    rows = ContactConsent.objects.order_by("pk")
    return list(rows.values_list("channel", "status", "source"))


@pytest.fixture
def minor():
    return IntakeFactory.create(for_whom="minor", consent_basis="guardian")


def test_somebody_for_themselves_becomes_a_client():
    intake = IntakeFactory.create(
        state="NV",
        language="es",
        wants_email=False,
        telehealth_consent_on=date(2027, 1, 3),
    )
    person = IntakePersonFactory.create(
        intake=intake, preferred_name="Rob", pronouns="they/them"
    )

    registered = register(intake)

    client = Client.objects.get()
    person.refresh_from_db()
    assert (registered.status, registered.version, person.client) == (
        "registered",
        2,
        client,
    )
    for name in ("first_name", "last_name", "preferred_name", "pronouns", "born_on"):
        assert getattr(client, name) == getattr(person, name)
    assert (client.email, client.phone) == (person.email, person.phone)
    assert (client.state, client.language, client.consent_basis) == ("NV", "es", "")
    assert (client.wants_sms, client.wants_email) == (True, False)
    assert client.telehealth_consent_on == date(2027, 1, 3)
    assert consents() == [
        ("sms", "granted", "intake"),
        ("email", "revoked", "intake"),
    ]


def test_a_couple_becomes_two_clients():
    intake = IntakeFactory.create(for_whom="couple")
    one, other = IntakePersonFactory.create_batch(2, intake=intake)

    register(intake)

    assert sorted(named("email")) == sorted(
        [("Robin", one.email), ("Robin", other.email)]
    )


def test_what_was_missing_is_given_along_and_kept():
    person = IntakePersonFactory.create(born_on=None, age=36, email="", phone="")
    person.intake.save()
    turn = Turn(person=person.pk, born_on=date(1990, 5, 17), phone="+13105550188")

    register(person.intake, turn)

    person.refresh_from_db()
    assert named("born_on", "phone") == [
        ("Robin", date(1990, 5, 17), "+13105550188"),
    ]
    assert (person.born_on, person.phone) == (date(1990, 5, 17), "+13105550188")


def test_a_minor_is_reached_by_their_guardian(minor):
    IntakePersonFactory.create(intake=minor, born_on=BORN, email="", phone="")
    guardian = IntakePersonFactory.create(
        intake=minor, role="guardian", first_name="Eva", born_on=None, phone=""
    )

    register(minor)

    client = Client.objects.get()
    guardian.refresh_from_db()
    assert (client.email, client.consent_basis, client.guardian_contact_ok) == (
        guardian.email,
        "guardian",
        True,
    )
    assert [(each.first_name, each.email) for each in client.guardians.all()] == [
        ("Eva", guardian.email)
    ]
    assert guardian.client == client


def test_of_a_minor_who_consents_alone_no_guardian_is_told(minor):
    minor.consent_basis = "self_12plus"
    minor.save(update_fields=["consent_basis"])
    minor_person = IntakePersonFactory.create(intake=minor, born_on=BORN)
    IntakePersonFactory.create(intake=minor, role="guardian", born_on=None)

    register(minor)

    client = Client.objects.get()
    assert (client.email, client.consent_basis, client.guardian_contact_ok) == (
        minor_person.email,
        "self_12plus",
        False,
    )


def test_a_minor_who_consents_alone_is_not_reached_by_others(minor):
    minor.consent_basis = "self_12plus"
    minor.save(update_fields=["consent_basis"])
    IntakePersonFactory.create(intake=minor, born_on=BORN, email="", phone="")
    IntakePersonFactory.create(intake=minor, role="guardian", born_on=None)

    with pytest.raises(Malformed):
        register(minor)

    assert not Client.objects.exists()


def test_the_adults_of_a_family_answer_for_its_children():
    intake = IntakeFactory.create(for_whom="family")
    IntakePersonFactory.create(intake=intake, first_name="Eva")
    IntakePersonFactory.create(intake=intake, first_name="Ray", email="", phone="")
    IntakePersonFactory.create(
        intake=intake, first_name="Kim", born_on=BORN, email="", phone=""
    )
    ray = intake.people.get(first_name="Ray")

    register(intake, Turn(person=ray.pk, phone="+13105550188"))

    assert sorted(named("consent_basis")) == [
        ("Eva", ""),
        ("Kim", "guardian"),
        ("Ray", ""),
    ]
    guardians = Guardian.objects.order_by("pk").values_list(
        "client__first_name", "first_name"
    )
    assert list(guardians) == [("Kim", "Eva"), ("Kim", "Ray")]


def test_who_is_a_client_already_stays_as_they_are():
    intake = IntakeFactory.create(for_whom="couple", wants_sms=False)
    one, other = IntakePersonFactory.create_batch(2, intake=intake)
    known = ClientFactory.create(first_name="Roberta")

    register(intake, Turn(person=one.pk, client=known))

    one.refresh_from_db()
    other.refresh_from_db()
    assert named("wants_sms") == [("Roberta", True), ("Robin", False)]
    assert (one.client, other.client) == (known, Client.objects.get(first_name="Robin"))
    assert not known.contact_consents.exists()


def test_a_birthday_is_not_asked_of_who_is_known():
    person = IntakePersonFactory.create(born_on=None, age=36)

    register(person.intake, Turn(person=person.pk, client=ClientFactory.create()))

    assert Intake.objects.get().status == "registered"


def refusals():
    def two(intake):
        return intake.people.order_by("position")

    def same_client(intake):
        client = ClientFactory.create()
        return [Turn(person=each.pk, client=client) for each in two(intake)]

    def unknown(intake):
        return [Turn(person=IntakePersonFactory.create().pk)]

    def twice(intake):
        return [Turn(person=two(intake)[0].pk)] * 2

    def young(intake):
        return [Turn(person=two(intake)[1].pk, born_on=BORN)]

    def young_client(intake):
        client = ClientFactory.create(born_on=BORN)
        return [Turn(person=two(intake)[1].pk, client=client)]

    return {
        "people/1/client": same_client,
        "people/0/id": unknown,
        "people/1/id": twice,
        "people/0/born_on": young,
        "people/0/born_on ": young_client,
    }


@pytest.mark.parametrize("field", refusals())
def test_what_makes_no_sense_registers_nobody(field):
    intake = IntakeFactory.create(for_whom="couple")
    IntakePersonFactory.create_batch(2, intake=intake)
    turns = refusals()[field](intake)
    before = Client.objects.count()

    with pytest.raises(Malformed) as refusal:
        register(intake, *turns)

    intake.refresh_from_db()
    assert refusal.value.field == field.strip()
    assert (intake.status, Client.objects.count()) == ("new", before)


@pytest.mark.parametrize(
    ("missing", "problem"),
    [
        ({"born_on": None, "age": 30}, "birthday of person 2 of the intake's 2"),
        ({"email": "", "phone": ""}, "e-mail"),
    ],
)
def test_nobody_is_registered_while_something_is_missing_of_one(missing, problem):
    intake = IntakeFactory.create(for_whom="couple")
    IntakePersonFactory.create(intake=intake)
    person = IntakePersonFactory.create(intake=intake, **missing)

    with pytest.raises(Malformed) as refusal:
        register(intake)

    assert refusal.value.field == "people"
    assert problem in refusal.value.message
    assert str(person.pk) in refusal.value.message
    assert not Client.objects.exists()


def test_a_child_does_not_consent_alone(minor):
    minor.consent_basis = "self_12plus"
    minor.save(update_fields=["consent_basis"])
    person = IntakePersonFactory.create(intake=minor, born_on=None, age=12)

    with pytest.raises(GuardianMustConsent):
        register(minor, Turn(person=person.pk, born_on=date(2015, 1, 5)))


def test_what_is_settled_is_not_registered():
    intake = IntakePersonFactory.create(intake=IntakeFactory.create(closed=True)).intake

    with pytest.raises(Settled):
        register(intake)


def test_what_has_changed_since_is_not_registered():
    intake = IntakePersonFactory.create().intake

    with pytest.raises(Stale):
        register(intake, version=2)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_front_desk_one_registers():
    intake = IntakePersonFactory.create().intake
    users = UserFactory.create_batch(2, role=Role.FRONT_DESK)

    def call(user):
        try:
            registration.register(intake, version=1, turns=(), by=user, now=NOW)
        except Stale:
            return "stale"
        return "registered"

    outcomes = in_threads(*(partial(call, user) for user in users))

    assert sorted(outcomes) == ["registered", "stale"]
    assert Client.objects.count() == 1


@pytest.mark.usefixtures("frozen_now")
def test_registered_over_http_once_for_a_key(front_desk):
    intake = IntakeFactory.create(for_whom="couple")
    one, other = IntakePersonFactory.create_batch(2, intake=intake, phone="")
    known = ClientFactory.create()
    address = f"/api/v1/intakes/{intake.pk}/register/"
    sent = {
        "people": [
            {"id": str(one.pk), "client": str(known.pk)},
            {"id": str(other.pk), "client": None, "phone": "(310) 555-0177"},
        ]
    }
    headers = {"If-Match": '"1"', "Idempotency-Key": "one"}

    first = front_desk.post(address, sent, headers=headers)
    again = front_desk.post(address, sent, headers=headers)
    late = front_desk.post(address, sent, headers={"If-Match": first["ETag"]})

    new = Client.objects.exclude(pk=known.pk).get()
    assert (first.status_code, first.json()["status"]) == (200, "registered")
    assert [each["client"] for each in first.json()["people"]] == [
        str(known.pk),
        str(new.pk),
    ]
    assert (again.json(), again["Idempotent-Replayed"]) == (first.json(), "true")
    assert (late.status_code, late.json()["code"]) == (409, "intake_settled")
    assert new.phone == "+13105550177"


@pytest.mark.usefixtures("frozen_now")
@pytest.mark.parametrize(
    "sent",
    [
        {"people": [{}]},
        {"people": [{"id": "x"}]},
        {"people": [{"client": None}]},
        {"people": "x"},
        {"people": [{"id": None}]},
        {"someone": 1},
        [],
    ],
)
def test_a_registration_of_another_shape_is_refused(front_desk, sent):
    intake = IntakePersonFactory.create().intake

    response = front_desk.post(
        f"/api/v1/intakes/{intake.pk}/register/", sent, headers={"If-Match": '"1"'}
    )

    assert (response.status_code, Client.objects.count()) == (400, 0)


def test_a_client_who_is_not_there_is_refused(front_desk):
    person = IntakePersonFactory.create()
    nobody = "01a2069e-917f-72c1-94e6-5972915f372d"

    response = front_desk.post(
        f"/api/v1/intakes/{person.intake_id}/register/",
        {"people": [{"id": str(person.pk), "client": nobody}]},
        headers={"If-Match": '"1"'},
    )

    assert response.json()["errors"][0]["pointer"] == "/people/0/client"


def test_what_is_sent_by_anybody_is_registered_as_told():
    by = UserFactory.create(role=Role.FRONT_DESK)
    PresentingConcernFactory.create()
    sent = {
        "for_whom": "self",
        "people": [
            {
                "first_name": "Ana",
                "last_name": "Gomez",
                "born_on": "1990-05-17",
                "phone": "310 555 0123",
            }
        ],
        "main_concern": "grief-and-loss",
        "consents": {"email": False},
    }
    caller = signed_in(by)

    key = caller.post("/api/v1/intakes/", sent).json()["id"]
    caller.post(f"/api/v1/intakes/{key}/register/", {}, headers={"If-Match": '"1"'})

    assert named("phone") == [("Ana", "+13105550123")]
    assert IntakePerson.objects.get().client == Client.objects.get()
    assert intakes.resemblances(Intake.objects.get())[0].clients == []


@pytest.mark.usefixtures("frozen_now")
def test_who_was_registered_twice_is_named_with_the_answer(front_desk):
    keys = []
    for _ in "ab":
        person = IntakePersonFactory.create(first_name="Ana", last_name="Gomez")
        response = front_desk.post(
            f"/api/v1/intakes/{person.intake_id}/register/",
            {},
            headers={"If-Match": '"1"'},
        )
        keys.append((str(person.pk), response.json()["people"][0]["client"]))

    ((_, first), (person, _)) = keys
    (told,) = response.json()["resemblances"]
    assert told["person"] == person
    assert [each["id"] for each in told["possible_duplicates"]] == [first]


def test_somebody_new_is_promised_a_therapist_who_fits_once():
    client = ClientFactory.create()
    for intake in IntakeFactory.create_batch(2):
        person = IntakePersonFactory.create(intake=intake)
        register(intake, Turn(person=person.pk, client=client))

    promised = Guarantee.objects.get()
    assert (promised.client, promised.state) == (client, "intake")
    assert promised.intake == Intake.objects.order_by("pk").first()


def test_who_has_had_a_session_is_no_new_client():
    session = AppointmentFactory.create(
        status="completed", starts_at=NOW - timedelta(days=1)
    )
    session.attendances.update(status="attended")
    intake = IntakeFactory.create()
    person = IntakePersonFactory.create(intake=intake)

    register(intake, Turn(person=person.pk, client=session.clients.get()))

    assert not Guarantee.objects.exists()


def test_a_therapist_who_did_not_fit_is_not_proposed_to_them_again():
    guarantee = asked("rematch_asked")
    intake = IntakeFactory.create()
    SessionTypeFactory.create(for_new_clients=True)
    IntakePersonFactory.create(intake=intake, client=guarantee.client)

    facts = seekers.of_intake(intake, now=int(NOW.timestamp()))

    assert facts.earlier_therapists == {guarantee.current.therapist_id}
