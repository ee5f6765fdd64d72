"""Matching over the demo's practice: the same as the plain way, whatever is asked."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.models import PresentingConcern
from locations.models import Office
from scheduling import booking, firsts, matching
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import (
    Gender,
    MatchWeights,
    Modality,
    SessionType,
    Therapist,
)
from scheduling.orders import Order
from scheduling.seekers import ALL_DAY, Facts
from tests.factories.clients import ClientFactory
from tests.factories.matching import POINTS, MatchWeightsFactory
from tests.factories.scheduling import (
    AppointmentFactory,
    AvailabilityRuleFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.scheduling import matching_reference
from tests.scheduling.matching_practice import open_practice
from tests.times import MONDAY, NOW, at

pytestmark = pytest.mark.django_db

BEFORE_THE_CLOCK_CHANGES = at(MONDAY + timedelta(weeks=9, days=5), "19:30")
SEEKERS = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
MUSTS = {
    "concern": lambda facts: facts.main_concern,
    "modality": lambda facts: facts.modalities,
    "language": lambda facts: facts.languages,
    "gender": lambda facts: facts.genders,
    "place": lambda facts: facts.offices or facts.by_video,
    "hours": lambda facts: facts.has_hours,
}


@pytest.fixture
def demo():
    return open_practice()


def few(values, most=2):
    return st.lists(st.sampled_from(values), unique=True, max_size=most)


@st.composite
def seekers(draw):
    """Somebody who looks for a therapist, by slugs."""
    hours = draw(
        st.sampled_from([(0, ALL_DAY), (0, ALL_DAY), (540, 780), (1020, 1260)])
    )
    return {
        "session_type": draw(st.sampled_from(["intake-50", "intake-50", "couples-80"])),
        "age_groups": draw(st.sampled_from([["adult"], ["adult"], ["adolescent"]])),
        "state": draw(st.sampled_from(["CA", "CA", "CA", "NV"])),
        "main_concern": draw(
            st.sampled_from([None, "depression", "grief-and-loss", "attachment"])
        ),
        "other_concerns": draw(few(["anxiety", "ptsd", "life-transitions"])),
        "modalities": draw(
            few(["interpersonal-psychotherapy", "emdr", "psychodynamic-therapy"])
        ),
        "languages": draw(few(["en", "es", "fa"])),
        "genders": draw(few(Gender.values)),
        "offices": draw(few(["venice", "encino", "city"])),
        "by_video": draw(st.booleans()),
        "weekdays": draw(st.sampled_from([[], [], [1], [0, 5], [6]])),
        "hours": hours,
        "start_within_days": draw(st.sampled_from([None, 0, 3, 14, 40])),
        "musts": draw(few(sorted(MUSTS))),
        "earlier": draw(few(range(24), 3)),
        "limit": draw(st.sampled_from([1, 3, 10, 50])),
    }


def facts_of(asked):
    def rows(model, slugs):
        return list(model.objects.filter(slug__in=slugs))

    team = list(Therapist.objects.order_by("pk").values_list("pk", flat=True))
    facts = Facts(
        session_type=SessionType.objects.get(slug=asked["session_type"]),
        age_groups=asked["age_groups"],
        people=2 if asked["session_type"] == "couples-80" else 1,
        state=asked["state"],
        main_concern=PresentingConcern.objects.filter(
            slug=asked["main_concern"]
        ).first(),
        other_concerns=rows(PresentingConcern, asked["other_concerns"]),
        modalities=rows(Modality, asked["modalities"]),
        languages=asked["languages"],
        genders=asked["genders"],
        offices=rows(Office, asked["offices"]),
        by_video=asked["by_video"],
        weekdays=asked["weekdays"],
        time_from=asked["hours"][0],
        time_to=asked["hours"][1],
        start_within_days=asked["start_within_days"],
        earlier_therapists=[team[number] for number in asked["earlier"]],
    )
    musts = [must for must in asked["musts"] if MUSTS[must](facts)]
    return replace(facts, musts=musts)


def plain(ranking):
    """A ranking as the reference tells one."""
    ranked = [
        (
            one.therapist,
            one.score,
            [(str(part.criterion), part.points, part.why) for part in one.parts],
            list(one.slots),
        )
        for one in ranking.ranked
    ]
    return ranked, [(one.therapist, list(one.reasons)) for one in ranking.excluded]


def newest():
    return MatchWeights.objects.order_by("version").last()


@pytest.fixture(params=["of few", "of many"])
def size(request, monkeypatch):
    """As if even a few were many, of whom is asked who could be first."""
    if request.param == "of many":
        monkeypatch.setattr(firsts, "MANY", 1)
        monkeypatch.setattr(firsts, "STARTS", 3)


@pytest.mark.usefixtures("size")
@SEEKERS
@given(seekers(), st.sampled_from([NOW, NOW, BEFORE_THE_CLOCK_CHANGES]))
def test_the_answer_is_that_of_the_plain_way(demo, asked, now):
    facts, weights = facts_of(asked), newest()

    found = matching.rank(facts, weights, now=now, limit=asked["limit"])

    assert plain(found) == matching_reference.rank(
        facts, weights, int(now.timestamp()), asked["limit"]
    )


@SEEKERS
@given(seekers())
def test_the_order_of_what_is_asked_does_not_matter(demo, asked):
    backwards = {
        name: value[::-1] if isinstance(value, list) else value
        for name, value in asked.items()
    }

    assert _ranked(facts_of(backwards)) == _ranked(facts_of(asked))


@SEEKERS
@given(seekers(), st.sampled_from(sorted(MUSTS)))
def test_a_must_more_lets_nobody_in(demo, asked, must):
    facts = facts_of(asked)
    if not MUSTS[must](facts):
        return
    stricter = replace(facts, musts=sorted({*facts.musts, must}))

    before = {one.therapist for one in _rank(facts, limit=50).ranked}
    after = {one.therapist for one in _rank(stricter, limit=50).ranked}

    assert after <= before


STRENGTHS = {
    "concern": lambda facts, one: one.concerns.add(facts.main_concern),
    "other_concerns": lambda facts, one: one.concerns.add(*facts.other_concerns),
    "modality": lambda facts, one: one.modalities.add(*facts.modalities),
    "language": lambda facts, one: one.languages.extend(facts.languages),
    "gender": lambda facts, one: setattr(one, "gender", (facts.genders or [""])[0]),
}


@SEEKERS
@given(seekers(), st.sampled_from(sorted(STRENGTHS)), st.integers(0, 23))
def test_a_matching_strength_more_never_lowers_anybody(demo, asked, strength, number):
    facts = facts_of(asked | {"limit": 50})
    if strength == "concern" and facts.main_concern is None:
        return
    one = Therapist.objects.order_by("pk")[number]
    before = _standing(facts, one)
    with transaction.atomic():
        STRENGTHS[strength](facts, one)
        one.save()
        after = _standing(facts, one)
        transaction.set_rollback(True)

    assert before is None or (after is not None and after[0] >= before[0])
    assert before is None or after[1] <= before[1]


@SEEKERS
@given(seekers())
def test_the_same_question_gets_the_same_answer(demo, asked):
    facts = facts_of(asked)

    assert _ranked(facts) == _ranked(facts)
    # The first ones are the same, however many are answered.
    assert _ranked(facts, limit=50)[:3] == _ranked(facts, limit=3)


@pytest.mark.parametrize("kind", ["intake-50", "couples-80"])
@pytest.mark.parametrize("now", [NOW, BEFORE_THE_CLOCK_CHANGES])
def test_every_slot_that_is_answered_can_be_booked(demo, kind, now):
    facts = Facts(session_type=SessionType.objects.get(slug=kind))
    size = facts.session_type.clients_min
    clients = [ClientFactory.build() for _ in range(size)]
    with transaction.atomic():
        for client in clients:
            client.save()
        slots = [
            slot
            for one in matching.rank(facts, newest(), now=now, limit=50).ranked
            for slot in one.slots
        ]
        for slot in slots:
            with transaction.atomic():
                booking.book(_order(slot, facts.session_type, clients), now=now)
                transaction.set_rollback(True)
        transaction.set_rollback(True)

    assert len(slots) > 10


def test_a_search_that_gives_up_too_soon_is_caught(demo, monkeypatch):
    """The control of the plain way."""
    facts = Facts(session_type=SessionType.objects.get(slug="intake-50"))
    slow = matching_reference.rank(facts, newest(), int(NOW.timestamp()), 10)
    assert plain(_rank(facts)) == slow

    monkeypatch.setattr(
        "scheduling.matching._Search._worst", lambda _: (-1_000, 0, 0, "")
    )

    assert plain(_rank(facts)) != slow


@pytest.mark.parametrize("count", [5, 50])
def test_it_takes_the_same_queries_for_any_number_of_therapists(
    count, django_assert_num_queries
):
    MatchWeightsFactory.create()
    rule = AvailabilityRuleFactory.create()
    kind = SessionTypeFactory.create()
    for _ in range(count):
        therapist = TherapistFactory.create(offices=[rule.office])
        AvailabilityRuleFactory.create(therapist=therapist, office=rule.office)
        AppointmentFactory.create(
            therapist=therapist, office=rule.office, telehealth=True, clients=[]
        )
    facts, weights = Facts(session_type=kind), newest()

    with django_assert_num_queries(6):
        found = matching.rank(facts, weights, now=NOW, limit=3)

    assert len(found.ranked) == 3


def test_equal_scores_go_by_the_earliest_hour_then_by_load_then_by_key():
    MatchWeightsFactory.create()
    office = AvailabilityRuleFactory.create(start_minute=600).office
    late = Therapist.objects.get()
    loaded, free, free_too = TherapistFactory.create_batch(3, offices=[office])
    for therapist in (loaded, free, free_too):
        AvailabilityRuleFactory.create(therapist=therapist, office=office)
    AppointmentFactory.create(
        therapist=loaded, office=office, telehealth=True, starts_at=at(MONDAY, "12:00")
    )
    facts = Facts(session_type=SessionType.objects.get())
    weights = MatchWeights(points={**POINTS, "load": 0})

    ranked = matching.rank(facts, weights, now=NOW).ranked

    assert [one.therapist for one in ranked] == [
        str(one.pk) for one in (free, free_too, loaded, late)
    ]


def _rank(facts, limit=10):
    return matching.rank(facts, newest(), now=NOW, limit=limit)


def _ranked(facts, limit=10):
    return plain(_rank(facts, limit))[0]


def _standing(facts, therapist):
    """Their score and place; None if they are excluded."""
    for place, one in enumerate(_rank(facts, limit=50).ranked):
        if one.therapist == str(therapist.pk):
            return one.score, place
    return None


def _order(slot, session_type, clients):
    return Order(
        therapist=Therapist.objects.get(pk=slot.therapist),
        clients=clients,
        session_type=session_type,
        office=Office.objects.filter(pk=slot.office or None).first(),
        starts_at=as_datetime(slot.start),
        mode=slot.mode,
    )
