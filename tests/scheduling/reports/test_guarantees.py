"""The report of guarantees, against one that asks each guarantee by itself."""

from datetime import timedelta
from functools import partial
from statistics import median

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from locations.models import Office
from scheduling import guarantee_rows
from scheduling.engine.intervals import Interval
from scheduling.models import (
    Appointment,
    Guarantee,
    GuaranteeRound,
    GuaranteeState,
    Modality,
)
from scheduling.reports import guarantees as report
from tests.factories.guarantees import in_state, rematched
from tests.factories.intakes import IntakeFactory
from tests.factories.scheduling import (
    ModalityFactory,
    SessionTypeFactory,
    TherapistFactory,
)
from tests.times import MONDAY, MONDAY_9AM, at

State = GuaranteeState
SPAN = Interval(
    int(at(MONDAY - timedelta(days=14), "00:00").timestamp()),
    int(at(MONDAY, "00:00").timestamp()),
)


def reference(by, *, offices=(), therapists=()):
    """Round by round, in Python, as `guarantee_rows.progress_of` sees them."""
    found = {}
    for each in GuaranteeRound.objects.select_related("guarantee__intake"):
        session = session_of(each)
        office = session.office_id if session else None
        if not SPAN.start <= each.matched_at.timestamp() < SPAN.end:
            continue
        if (offices and office not in offices) or (
            therapists and each.therapist_id not in therapists
        ):
            continue
        modalities = list(each.therapist.modalities.values_list("pk", flat=True))
        for modality in (modalities or [None]) if "modality" in by else [None]:
            key = (
                office if "office" in by else None,
                each.therapist_id if "therapist" in by else None,
                modality,
            )
            found.setdefault(key, []).append((each, session))
    return {key: figures(rounds) for key, rounds in found.items()}


def session_of(each):
    if each.outcome:
        return each.trial
    if each.guarantee.current_id != each.pk:
        return None
    key = guarantee_rows.progress_of(each.guarantee).session
    return Appointment.objects.get(pk=key) if key else None


def figures(rounds):
    refunds = [row.guarantee for row, _ in rounds if row.outcome == State.REFUND_ASKED]
    days = [
        (session.starts_at - begin(row.guarantee)) / timedelta(days=1)
        for row, session in rounds
        if session and row.number == 1
    ]
    return (
        len(rounds),
        sum(attended(row, session) for row, session in rounds),
        sum(row.outcome == State.CONTINUES for row, _ in rounds),
        sum(row.outcome == State.REMATCH_ASKED for row, _ in rounds),
        len(refunds),
        sum(row.state == State.REFUNDED for row in refunds),
        sum(row.refund_cents or 0 for row in refunds),
        sum(row.state == State.DECLINED for row in refunds),
        round(median(days), 1) if days else None,
    )


def attended(row, session):
    if row.outcome:
        return True
    return bool(session) and (
        guarantee_rows.progress_of(row.guarantee).progress == State.TRIAL_ATTENDED
    )


def begin(guarantee):
    return guarantee.intake.created_at if guarantee.intake else guarantee.created_at


def told(by, **narrowed):
    offices = dict(Office.objects.values_list("slug", "pk"))
    modalities = dict(Modality.objects.values_list("slug", "pk"))
    return {
        (
            offices.get(row.office),
            row.therapist,
            modalities.get(row.modality),
        ): tuple(row[6:])
        for row in report.read(SPAN, by=by, **narrowed)
    }


@pytest.mark.django_db
def test_a_report_of_nobody_is_empty():
    assert report.read(SPAN, by=["therapist"]) == []


@pytest.mark.django_db
def test_a_report_takes_one_query(django_assert_num_queries):
    rematched()

    with django_assert_num_queries(1):
        report.read(SPAN, by=report.KEYS)


@pytest.mark.django_db
def test_a_report_tells_what_came_of_those_who_were_matched():
    therapist = TherapistFactory.create()
    for state in State:
        when = {} if state == State.MATCHED else {"starts_at": next_hour(state)}
        if state != State.INTAKE:
            in_state(state, therapist=therapist, **when)

    (row,) = report.read(SPAN, by=["therapist"])

    assert row.therapist_name == therapist.display_name
    assert row[6:14] == (8, 6, 1, 1, 3, 1, 15_000, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["consultation", "group"])
def test_a_consultation_or_a_group_is_no_first_session_in_a_report(kind):
    guarantee = in_state(State.TRIAL_ATTENDED)
    kind = SessionTypeFactory.create(**{kind: True})
    Appointment.objects.update(session_type=kind)

    (row,) = report.read(SPAN, by=["therapist"])

    assert row.therapist == guarantee.current.therapist_id
    assert (row.matched, row.attended, row.days_to_session) == (1, 0, None)


def next_hour(state):
    """Nobody has two sessions at once."""
    return MONDAY_9AM + timedelta(hours=list(State).index(state))


@settings(max_examples=15, deadline=None)
@given(
    kinds=st.lists(
        st.tuples(
            st.sampled_from([*(set(State) - {State.INTAKE}), "rematched"]),
            st.integers(0, 2),
            st.integers(-20, 3),
            st.booleans(),
        ),
        min_size=1,
        max_size=8,
    ),
    by=st.sets(st.sampled_from(report.KEYS)),
    is_narrowed=st.booleans(),
)
@pytest.mark.django_db
def test_a_report_agrees_with_one_that_asks_each_by_itself(kinds, by, is_narrowed):
    with transaction.atomic():
        therapists = [
            TherapistFactory.create(modalities=[ModalityFactory.create(slug=slug)])
            for slug in ("ipt", "cbt")
        ]
        therapists.append(TherapistFactory.create())
        for hour, (kind, who, day, by_intake) in enumerate(kinds):
            starts_at = MONDAY_9AM + timedelta(days=day, hours=hour)
            make = rematched if kind == "rematched" else partial(in_state, kind)
            when = {} if kind == State.MATCHED else {"starts_at": starts_at}
            made = make(therapist=therapists[who], **when)
            if by_intake:
                intake = IntakeFactory.create()
                Guarantee.objects.filter(pk=made.pk).update(intake=intake)
        keys = [key for key in report.KEYS if key in by]
        narrowed = {"therapists": [therapists[0].pk]} if is_narrowed else {}

        assert told(keys, **narrowed) == reference(keys, **narrowed)
        transaction.set_rollback(True)
