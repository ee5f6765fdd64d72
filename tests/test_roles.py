"""Who may do what: every method of every address, by role.

Requests carry no body and no precondition, so what is allowed shows as 200 or 204, as
400 (a body is missing), as 428 (a version is missing) or as 409 (in use). The table is
complete: a new address without a row fails.
"""

import re
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from config.roles import Role
from scheduling.models import MessageState
from tests.conftest import signed_in
from tests.factories.clients import PresentingConcernFactory
from tests.factories.config import UserFactory
from tests.factories.guarantees import GuaranteeFactory
from tests.factories.intakes import (
    IntakeFactory,
    IntakePersonFactory,
    IntakeWordsFactory,
)
from tests.factories.locations import ClosureFactory, TravelTimeFactory
from tests.factories.matching import MatchFactory
from tests.factories.scheduling import (
    AnswerFactory,
    AppointmentFactory,
    AppointmentSeriesFactory,
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    CalendarLinkFactory,
    MessageFactory,
    ModalityFactory,
    PolicyOverrideFactory,
    ReminderPlanFactory,
    TherapistFactory,
    TimeOffFactory,
    WaitlistEntryFactory,
    WaitlistOfferFactory,
)
from tests.times import MONDAY, MONDAY_10AM

# Nobody, another therapist, the therapist whose rows these are, front desk, manager.
PUBLIC = [200, 200, 200, 200, 200]
STAFF = [401, 200, 200, 200, 200]
DESK = [401, 403, 403, 200, 200]
OWN = [401, 404, 200, 200, 200]
OWN_CHANGE = [401, 404, 428, 428, 428]

TABLE = {
    "GET offices/": PUBLIC,
    "POST offices/": [401, 403, 403, 403, 400],
    "GET offices/{office}/": PUBLIC,
    "PATCH offices/{office}/": [401, 403, 403, 403, 200],
    "DELETE offices/{office}/": [401, 403, 403, 403, 409],
    "GET agenda/": DESK,
    "GET offices/{office}/day/": DESK,
    "GET rooms/": STAFF,
    "POST rooms/": [401, 403, 403, 403, 400],
    "GET rooms/{room}/": STAFF,
    "PATCH rooms/{room}/": [401, 403, 403, 403, 200],
    "DELETE rooms/{room}/": [401, 403, 403, 403, 409],
    "GET closures/": STAFF,
    "POST closures/": [401, 403, 403, 403, 400],
    "GET closures/{closure}/": STAFF,
    "PATCH closures/{closure}/": [401, 403, 403, 403, 200],
    "DELETE closures/{closure}/": [401, 403, 403, 403, 204],
    "GET travel-times/": STAFF,
    "POST travel-times/": [401, 403, 403, 403, 400],
    "GET travel-times/{travel_time}/": STAFF,
    "PATCH travel-times/{travel_time}/": [401, 403, 403, 403, 200],
    "DELETE travel-times/{travel_time}/": [401, 403, 403, 403, 204],
    "GET concerns/": PUBLIC,
    "POST concerns/": [401, 403, 403, 403, 400],
    "GET concerns/{concern}/": PUBLIC,
    "PATCH concerns/{concern}/": [401, 403, 403, 403, 200],
    "DELETE concerns/{concern}/": [401, 403, 403, 403, 204],
    "GET modalities/": PUBLIC,
    "POST modalities/": [401, 403, 403, 403, 400],
    "GET modalities/{modality}/": PUBLIC,
    "PATCH modalities/{modality}/": [401, 403, 403, 403, 200],
    "DELETE modalities/{modality}/": [401, 403, 403, 403, 204],
    "GET session-types/": PUBLIC,
    "POST session-types/": [401, 403, 403, 403, 400],
    "GET session-types/{session_type}/": PUBLIC,
    "PATCH session-types/{session_type}/": [401, 403, 403, 403, 200],
    "DELETE session-types/{session_type}/": [401, 403, 403, 403, 409],
    "GET therapists/": PUBLIC,
    "POST therapists/": [401, 403, 403, 403, 400],
    "GET therapists/{therapist}/": PUBLIC,
    "PATCH therapists/{therapist}/": [401, 403, 200, 403, 200],
    "GET therapists/{therapist}/calendar/": STAFF,
    "GET availability-rules/": STAFF,
    "POST availability-rules/": [401, 400, 400, 400, 400],
    "GET availability-rules/{rule}/": OWN,
    "PATCH availability-rules/{rule}/": OWN,
    "DELETE availability-rules/{rule}/": [401, 404, 200, 200, 200],
    "GET availability-overrides/": STAFF,
    "POST availability-overrides/": [401, 400, 400, 400, 400],
    "GET availability-overrides/{override}/": OWN,
    "PATCH availability-overrides/{override}/": OWN,
    "DELETE availability-overrides/{override}/": [401, 404, 204, 204, 204],
    "GET time-off/": STAFF,
    "POST time-off/": [401, 400, 400, 400, 400],
    "GET time-off/{time_off}/": OWN,
    "PATCH time-off/{time_off}/": OWN,
    "DELETE time-off/{time_off}/": [401, 404, 204, 204, 204],
    "GET calendar-links/": STAFF,
    "POST calendar-links/": [401, 400, 400, 400, 400],
    "GET calendar-links/{calendar_link}/": OWN,
    "PATCH calendar-links/{calendar_link}/": OWN,
    "POST calendar-links/{calendar_link}/rotate/": OWN,
    "POST calendar-links/{calendar_link}/revoke/": OWN,
    "GET clients/": STAFF,
    "POST clients/": [401, 403, 403, 400, 400],
    "GET clients/{client}/": OWN,
    "PATCH clients/{client}/": DESK,
    "GET slots/": [400, 400, 400, 400, 400],
    "GET appointments/": STAFF,
    "POST appointments/": [401, 403, 403, 400, 400],
    "GET appointments/{appointment}/": OWN,
    "PATCH appointments/{appointment}/": OWN_CHANGE,
    "POST appointments/{appointment}/reschedule/": OWN_CHANGE,
    "POST appointments/{appointment}/cancel/": OWN_CHANGE,
    "POST appointments/{appointment}/confirm/": OWN_CHANGE,
    "POST appointments/{appointment}/check-in/": OWN_CHANGE,
    "POST appointments/{appointment}/complete/": OWN_CHANGE,
    "POST appointments/{appointment}/no-show/": OWN_CHANGE,
    "POST appointments/{appointment}/reopen/": [401, 403, 403, 428, 428],
    "POST appointments/{appointment}/add-client/": [401, 403, 403, 428, 428],
    "POST appointments/{appointment}/remove-client/": OWN_CHANGE,
    "POST appointments/{appointment}/mark-attendance/": OWN_CHANGE,
    "POST appointments/{appointment}/decide-fee/": OWN_CHANGE,
    "GET appointment-series/": STAFF,
    "POST appointment-series/": [401, 403, 403, 400, 400],
    "GET appointment-series/{series}/": OWN,
    "POST appointment-series/{series}/extend/": [401, 404, 400, 400, 400],
    "POST appointment-series/{series}/reschedule/": [401, 404, 400, 400, 400],
    "POST appointment-series/{series}/cancel/": OWN,
    "GET standing-slots/": [401, 400, 400, 400, 400],
    "GET appointments/{appointment}/candidates/": OWN,
    "POST appointments/{appointment}/keep/": [401, 403, 403, 428, 428],
    "POST reassignments/": [401, 403, 403, 400, 400],
    "GET work-items/": DESK,
    "GET guarantees/": STAFF,
    "POST guarantees/": [401, 403, 403, 400, 400],
    "GET guarantees/{guarantee}/": OWN,
    "POST guarantees/{guarantee}/choose/": [401, 403, 403, 428, 428],
    "POST guarantees/{guarantee}/trial/": [401, 403, 403, 428, 428],
    "POST guarantees/{guarantee}/continue/": [401, 403, 403, 428, 428],
    "POST guarantees/{guarantee}/ask-rematch/": OWN_CHANGE,
    "POST guarantees/{guarantee}/ask-refund/": OWN_CHANGE,
    "POST guarantees/{guarantee}/refund/": [401, 403, 403, 403, 428],
    "POST guarantees/{guarantee}/decline/": [401, 403, 403, 403, 428],
    "GET holds/": DESK,
    "POST holds/": [401, 403, 403, 400, 400],
    "GET holds/{hold}/": DESK,
    "DELETE holds/{hold}/": [401, 403, 403, 204, 204],
    "GET intakes/": DESK,
    "POST intakes/": [400, 400, 400, 400, 400],
    "GET intakes/{intake}/": DESK,
    "PATCH intakes/{intake}/": [401, 403, 403, 428, 428],
    "GET intakes/{intake}/duplicates/": DESK,
    "POST intakes/{intake}/register/": [401, 403, 403, 428, 428],
    "POST intakes/{intake}/close/": [401, 403, 403, 428, 428],
    "POST intakes/{intake}/reopen/": [401, 403, 403, 428, 428],
    "GET intakes/{intake}/words/": [401, 404, 200, 403, 403],
    "GET matches/": DESK,
    "POST matches/": [200, 200, 200, 201, 201],
    "GET matches/{match}/": DESK,
    "GET match-weights/": DESK,
    "POST match-weights/": [401, 403, 403, 403, 400],
    "POST match-weights/preview/": [401, 403, 403, 403, 400],
    "GET waitlist-entries/": STAFF,
    "POST waitlist-entries/": [401, 403, 403, 400, 400],
    "GET waitlist-entries/{entry}/": OWN,
    "PATCH waitlist-entries/{entry}/": [401, 403, 403, 428, 428],
    "POST waitlist-entries/{entry}/withdraw/": [401, 403, 403, 428, 428],
    "GET waitlist-offers/": STAFF,
    "GET waitlist-offers/{offer}/": OWN,
    "POST waitlist-offers/{offer}/accept/": DESK,
    "POST waitlist-offers/{offer}/decline/": DESK,
    "POST waitlist-offers/{offer}/withdraw/": DESK,
    "GET messages/": DESK,
    "GET messages/{message}/": DESK,
    "POST messages/{message}/retry/": DESK,
    "POST messages/{message}/resolve/": [401, 403, 403, 400, 400],
    "GET messages/numbers/": [401, 403, 403, 400, 400],
    "GET messages/preview/": [401, 403, 403, 400, 400],
    "GET appointments/{appointment}/timeline/": DESK,
    "GET reminder-plans/": STAFF,
    "POST reminder-plans/": [401, 403, 403, 400, 400],
    "GET reminder-plans/{reminder_plan}/": OWN,
    "PATCH reminder-plans/{reminder_plan}/": DESK,
    "DELETE reminder-plans/{reminder_plan}/": [401, 403, 403, 204, 204],
    "GET replies/{reply}/": DESK,
    "POST replies/{reply}/resolve/": DESK,
    "GET public/modalities/": PUBLIC,
    "GET public/therapists/": PUBLIC,
    "GET public/first-slots/": PUBLIC,
    "GET smart-scheduling/$bulk-publish": PUBLIC,
    "GET smart-scheduling/locations.ndjson": PUBLIC,
    "GET smart-scheduling/practitioner-roles.ndjson": PUBLIC,
    "GET smart-scheduling/schedules.ndjson": PUBLIC,
    "GET smart-scheduling/slots-{week}.ndjson": PUBLIC,
    "GET reports/utilisation/": STAFF,
    "GET reports/cancellations/": DESK,
    "GET reports/guarantees/": DESK,
    "GET reports/messages/": DESK,
    "GET reports/lead-time/": [401, 403, 403, 400, 400],
    "GET policy/": STAFF,
    "PATCH policy/": [401, 403, 403, 403, 200],
    "GET policy-overrides/": STAFF,
    "POST policy-overrides/": [401, 403, 403, 403, 400],
    "GET policy-overrides/{policy_override}/": STAFF,
    "PATCH policy-overrides/{policy_override}/": [401, 403, 403, 403, 200],
    "DELETE policy-overrides/{policy_override}/": [401, 403, 403, 403, 204],
    "GET me/": STAFF,
    "GET schema/": PUBLIC,
    "GET docs/": PUBLIC,
    "GET redoc/": PUBLIC,
}


@pytest.fixture
def rows(db):
    """One row of each kind, all of them about one therapist."""
    rule = AvailabilityRuleFactory.create()
    therapist, office, room = rule.therapist, rule.office, rule.office.rooms.get()
    therapist.user = UserFactory.create(role=Role.THERAPIST)
    therapist.save(update_fields=["user"])
    series = AppointmentSeriesFactory.create(therapist=therapist, office=office)
    appointment = AppointmentFactory.create(
        therapist=therapist, room=room, series=series, occurs_on=MONDAY
    )
    intake = IntakeFactory.create(registered=True, main_concern__slug="anxiety")
    IntakePersonFactory.create(intake=intake, client=appointment.clients.get())
    IntakeWordsFactory.create(intake=intake)
    entry = WaitlistEntryFactory.create(client=appointment.clients.get())
    offered = AppointmentFactory.create(
        therapist=therapist,
        held=True,
        room=room,
        starts_at=MONDAY_10AM + timedelta(weeks=1),
        clients=[entry.client],
    )
    return {
        "rule": rule,
        "intake": intake,
        "entry": entry,
        "offer": WaitlistOfferFactory.create(entry=entry, appointment=offered),
        "therapist": therapist,
        "office": office,
        "room": room,
        "appointment": appointment,
        "series": series,
        "client": appointment.clients.get(),
        "session_type": appointment.session_type,
        "closure": ClosureFactory.create(office=office),
        "travel_time": TravelTimeFactory.create(origin=office),
        "concern": PresentingConcernFactory.create(),
        "modality": ModalityFactory.create(),
        "override": AvailabilityOverrideFactory.create(
            therapist=therapist, office=office
        ),
        "time_off": TimeOffFactory.create(therapist=therapist),
        "calendar_link": CalendarLinkFactory.create(therapist=therapist),
        "guarantee": GuaranteeFactory.create(client=appointment.clients.get()),
        "match": MatchFactory.create(),
        "hold": AppointmentFactory.create(
            therapist=therapist, held=True, starts_at=MONDAY_10AM
        ),
        "policy_override": PolicyOverrideFactory.create(therapist=therapist),
        "message": MessageFactory.create(
            appointment=appointment, state=MessageState.FAILED
        ),
        "reply": AnswerFactory.create(message=None),
        "reminder_plan": ReminderPlanFactory.create(client=appointment.clients.get()),
        "week": SimpleNamespace(slug="2027-W01"),
    }


@pytest.fixture
def callers(rows, api):
    """As the columns of the table."""
    colleague = TherapistFactory.create(user=UserFactory.create(role=Role.THERAPIST))
    users = [
        colleague.user,
        rows["therapist"].user,
        UserFactory.create(role=Role.FRONT_DESK),
        UserFactory.create(role=Role.MANAGER),
    ]
    return [api, *map(signed_in, users)]


@pytest.mark.usefixtures("frozen_now")
@pytest.mark.parametrize("call", TABLE)
def test_each_role_gets_the_answer_of_the_table(rows, callers, call):
    method, route = call.split()
    address = "/api/v1/" + route.format(**names_of(rows))

    assert [_undone(api, method, address) for api in callers] == TABLE[call]


def test_the_table_has_every_method_of_every_address():
    assert {re.sub("{.*?}", "{}", call) for call in TABLE} == set(_calls())


def names_of(rows):
    """What each row is called in an address."""
    return {
        name: row.slug if hasattr(row, "slug") else row.pk for name, row in rows.items()
    }


def _undone(api, method, address):
    """The status of a call that leaves nothing behind."""
    with transaction.atomic():
        response = api.generic(method, address, "{}", "application/json")
        transaction.set_rollback(True)
    return response.status_code


def _calls():
    for route, view in _routes(get_resolver().url_patterns):
        if route.startswith("api/v1/"):
            address = re.sub(r"\(\?P<.*\)(?=/)|<.*?>", "{}", route[len("api/v1/") :])
            for method in _methods(view):
                yield f"{method} {address.strip('^$').replace('^', '')}"


def _routes(patterns, prefix=""):
    for pattern in patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routes(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield route, pattern.callback


def _methods(view):
    if actions := getattr(view, "actions", None):
        served = {"get", "post", "patch", "delete"} & set(view.cls.http_method_names)
        return [method.upper() for method in actions if method in served]
    return [name.upper() for name in ("get", "post") if hasattr(view.cls, name)]
