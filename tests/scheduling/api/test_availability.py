from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine

from scheduling import slot_search
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import AvailabilityOverride, AvailabilityRule, SessionType
from scheduling.wishes import Wish
from tests.factories.locations import OfficeFactory, RoomFactory
from tests.factories.scheduling import (
    AvailabilityOverrideFactory,
    AvailabilityRuleFactory,
    TherapistFactory,
)
from tests.times import FIFTY_MINUTES, MONDAY, NEXT_MONDAY, NOW, SATURDAY, ZONE, at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("frozen_now")]

RULES = "/api/v1/availability-rules/"
OVERRIDES = "/api/v1/availability-overrides/"


@pytest.fixture
def venice():
    return RoomFactory.create(office=OfficeFactory.create(slug="venice")).office


@pytest.fixture
def therapist(venice):
    return TherapistFactory.create(offices=[venice])


def weekly(person, **changes):
    return {
        "therapist": str(person.pk),
        "office": "venice",
        "weekday": 0,
        "start_time": "09:00",
        "end_time": "12:00",
        **changes,
    }


def on_saturday(person, **changes):
    return {
        "therapist": str(person.pk),
        "office": "venice",
        "date": "2027-01-09",
        "start_time": "10:00",
        "end_time": "14:00",
        **changes,
    }


def starts(first, last):
    """When individual sessions could start, from one date to the end of another."""
    wish = Wish(
        session_type=SessionType.objects.get(slug="individual-50"),
        start=int(at(first, "00:00").timestamp()),
        end=int(at(last, "00:00").timestamp()) + 24 * 3600,
        modes=["in_person"],
    )
    found = slot_search.search(wish, now=int(NOW.timestamp()), limit=100).slots
    return [as_datetime(slot.start) for slot in found]


def errors(response):
    return [error["pointer"] for error in response.json()["errors"]]


def test_rule_holds_every_week_from_today_on_unless_said_otherwise(
    front_desk, therapist
):
    made = front_desk.post(RULES, weekly(therapist))

    assert made.status_code == 201
    assert made.json() == weekly(
        therapist,
        id=made.json()["id"],
        valid_from="2027-01-04",
        valid_until=None,
        every_weeks=1,
        mode="both",
    )
    assert front_desk.get(f"{RULES}{made.json()['id']}/").json() == made.json()


def test_rule_starts_on_the_date_at_the_office_when_it_is_tomorrow_in_utc(
    front_desk, therapist
):
    with time_machine.travel(at(MONDAY, "19:00"), tick=False):
        made = front_desk.post(RULES, weekly(therapist))

    assert made.json()["valid_from"] == "2027-01-04"


@pytest.mark.parametrize("weekday", range(7))
def test_rule_of_each_weekday_is_offered_on_that_day(front_desk, therapist, weekday):
    day = NEXT_MONDAY + timedelta(days=weekday)

    made = front_desk.post(
        RULES, weekly(therapist, weekday=weekday, start_time="17:00", end_time="18:30")
    )

    assert made.status_code == 201
    assert made.json()["weekday"] == weekday
    assert starts(NEXT_MONDAY, NEXT_MONDAY + timedelta(days=6)) == [
        at(day, "17:00"),
        at(day, "17:30"),
    ]
    assert at(day, "17:00").astimezone(ZONE).weekday() == weekday


def test_rule_may_last_until_the_midnight_that_ends_the_day(front_desk, therapist):
    made = front_desk.post(
        RULES, weekly(therapist, start_time="23:00", end_time="24:00")
    )

    assert (made.status_code, made.json()["end_time"]) == (201, "24:00")
    assert starts(MONDAY, MONDAY) == [at(MONDAY, "23:00")]
    assert starts(MONDAY, MONDAY)[0] + FIFTY_MINUTES == at(MONDAY, "23:50")


@pytest.mark.parametrize("end", ["02:00", "22:00", "00:00"])
def test_rule_does_not_run_over_midnight(front_desk, therapist, end):
    response = front_desk.post(
        RULES, weekly(therapist, start_time="22:00", end_time=end)
    )

    assert response.status_code == 400
    assert response.json()["errors"] == [
        {
            "pointer": "/end_time",
            "code": "invalid",
            "detail": "Not after the start. Hours over midnight are two windows.",
        }
    ]
    assert not AvailabilityRule.objects.exists()


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"weekday": 7}, "/weekday"),
        ({"weekday": -1}, "/weekday"),
        ({"weekday": "0"}, "/weekday"),
        ({"every_weeks": 0}, "/every_weeks"),
        ({"every_weeks": 9}, "/every_weeks"),
        ({"start_time": "24:00"}, "/start_time"),
        ({"start_time": "9:00"}, "/start_time"),
        ({"start_time": "09:00:00"}, "/start_time"),
        ({"end_time": "24:01"}, "/end_time"),
        ({"end_time": 720}, "/end_time"),
        ({"valid_until": "2027-01-03"}, "/valid_until"),
        ({"valid_from": "2027-02-30"}, "/valid_from"),
        ({"valid_from": None}, "/valid_from"),
        ({"mode": "by_phone"}, "/mode"),
        ({"office": None}, "/mode"),
        ({"office": "atlantis"}, "/office"),
        ({"start_minute": 540}, "/start_minute"),
    ],
)
def test_rule_names_the_field_that_makes_no_sense(
    front_desk, therapist, changes, pointer
):
    response = front_desk.post(RULES, weekly(therapist, **changes))

    assert (response.status_code, errors(response)) == (400, [pointer])
    assert not AvailabilityRule.objects.exists()


def test_rule_asks_for_an_office_or_for_none(front_desk, therapist):
    body = weekly(therapist)
    del body["office"]

    response = front_desk.post(RULES, body)

    assert (response.status_code, errors(response)) == (400, ["/office"])


def test_rule_without_an_office_is_telehealth_from_elsewhere(front_desk, therapist):
    made = front_desk.post(RULES, weekly(therapist, office=None, mode="telehealth"))

    assert (made.status_code, made.json()["office"]) == (201, None)


def test_rule_ends_also_where_the_therapist_no_longer_works(front_desk, therapist):
    rule = AvailabilityRuleFactory.create(therapist=therapist)
    therapist.offices.clear()

    ended = front_desk.patch(f"{RULES}{rule.pk}/", {"valid_until": "2027-01-03"})
    longer = front_desk.patch(f"{RULES}{rule.pk}/", {"end_time": "20:00"})

    assert (ended.status_code, longer.status_code) == (200, 422)
    rule.refresh_from_db()
    assert str(rule.valid_until) == "2027-01-03"


def test_rule_at_an_office_where_the_therapist_does_not_work_is_refused(
    front_desk, therapist
):
    rule = AvailabilityRuleFactory.create(therapist=therapist)
    OfficeFactory.create(slug="encino")

    made = front_desk.post(RULES, weekly(therapist, office="encino"))
    changed = front_desk.patch(f"{RULES}{rule.pk}/", {"office": "encino"})

    rule.refresh_from_db()
    assert [(each.status_code, each.json()["code"]) for each in (made, changed)] == [
        (422, "not_offered")
    ] * 2
    assert rule.office.slug != "encino"
    assert AvailabilityRule.objects.count() == 1


def test_rule_by_video_of_a_therapist_who_sees_nobody_by_video_is_refused(
    front_desk, venice
):
    therapist = TherapistFactory.create(offices=[venice], telehealth=False)

    answers = [
        front_desk.post(RULES, weekly(therapist, mode=mode)).status_code
        for mode in ("telehealth", "in_person")
    ]

    assert answers == [422, 201]


def test_rule_patch_checks_the_window_as_a_whole(front_desk, therapist, venice):
    rule = AvailabilityRuleFactory.create(therapist=therapist, office=venice)

    refused = front_desk.patch(f"{RULES}{rule.pk}/", {"end_time": "08:00"})
    changed = front_desk.patch(f"{RULES}{rule.pk}/", {"end_time": "24:00"})

    rule.refresh_from_db()
    assert (refused.status_code, errors(refused)) == (400, ["/end_time"])
    assert (changed.status_code, rule.end_minute) == (200, 1440)


def test_override_opens_a_day_without_weekly_hours(front_desk, therapist):
    made = front_desk.post(OVERRIDES, on_saturday(therapist, end_time="11:00"))

    assert made.status_code == 201
    assert made.json() == on_saturday(
        therapist, id=made.json()["id"], end_time="11:00", mode="both"
    )
    assert starts(MONDAY, NEXT_MONDAY) == [at(SATURDAY, "10:00")]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"end_time": "10:00"}, "/end_time"),
        ({"end_time": "01:00"}, "/end_time"),
        ({"date": "2027-W01-6"}, "/date"),
        ({"office": None}, "/mode"),
        ({"weekday": 5}, "/weekday"),
    ],
)
def test_override_names_the_field_that_makes_no_sense(
    front_desk, therapist, changes, pointer
):
    response = front_desk.post(OVERRIDES, on_saturday(therapist, **changes))

    assert (response.status_code, errors(response)) == (400, [pointer])
    assert not AvailabilityOverride.objects.exists()


def test_override_at_an_office_where_the_therapist_does_not_work_is_refused(
    front_desk, therapist
):
    OfficeFactory.create(slug="encino")

    response = front_desk.post(OVERRIDES, on_saturday(therapist, office="encino"))

    assert (response.status_code, response.json()["code"]) == (422, "not_offered")
    assert not AvailabilityOverride.objects.exists()


def test_therapist_keeps_their_own_hours(as_therapist, therapist):
    caller = as_therapist(therapist)

    rule = caller.post(RULES, weekly(therapist))
    override = caller.post(OVERRIDES, on_saturday(therapist))
    changed = caller.patch(f"{RULES}{rule.json()['id']}/", {"weekday": 2})
    removed = caller.delete(f"{OVERRIDES}{override.json()['id']}/")

    assert [each.status_code for each in (rule, override, changed, removed)] == [
        201,
        201,
        200,
        204,
    ]
    assert AvailabilityRule.objects.get().weekday == 2
    assert not AvailabilityOverride.objects.exists()


def test_therapist_neither_sees_nor_changes_the_hours_of_others(
    as_therapist, therapist, venice
):
    caller = as_therapist(TherapistFactory.create(offices=[venice]))
    rule = AvailabilityRuleFactory.create(therapist=therapist)
    override = AvailabilityOverrideFactory.create(therapist=therapist)

    answers = [
        (
            caller.get(url).json()["results"],
            caller.get(f"{url}?therapist={therapist.pk}").json()["results"],
            caller.get(f"{url}{row.pk}/").status_code,
            caller.patch(f"{url}{row.pk}/", {"start_time": "00:00"}).status_code,
            caller.delete(f"{url}{row.pk}/").status_code,
        )
        for url, row in ((RULES, rule), (OVERRIDES, override))
    ]

    assert answers == [([], [], 404, 404, 404)] * 2
    assert AvailabilityRule.objects.get().start_minute == rule.start_minute
    assert AvailabilityOverride.objects.exists()


def test_therapist_who_names_another_gets_the_answer_to_an_unknown_id(
    as_therapist, therapist, venice
):
    caller = as_therapist(TherapistFactory.create(offices=[venice]))

    of_another = caller.post(RULES, weekly(therapist))
    of_nobody = caller.post(RULES, weekly(therapist, therapist=str(uuid4())))

    assert of_another.status_code == 400
    assert of_another.json() == of_nobody.json()
    assert errors(of_another) == ["/therapist"]
    assert not AvailabilityRule.objects.exists()


@pytest.mark.parametrize("url", [RULES, OVERRIDES])
def test_hours_are_closed_to_the_public(api, url):
    answers = [
        api.get(url).status_code,
        api.post(url, {}).status_code,
        api.get(f"{url}{uuid4()}/").status_code,
        api.patch(f"{url}{uuid4()}/", {}).status_code,
        api.delete(f"{url}{uuid4()}/").status_code,
    ]

    assert answers == [401] * 5


def test_rule_list_narrows_by_therapist_office_weekday_and_date(front_desk, therapist):
    old = AvailabilityRuleFactory.create(
        therapist=therapist, weekday=1, valid_until=MONDAY
    )
    new = AvailabilityRuleFactory.create(weekday=2, valid_from=NEXT_MONDAY)

    def found(query):
        rows = front_desk.get(f"{RULES}?{query}").json()["results"]
        return [row["id"] for row in rows]

    assert found("") == [str(old.pk), str(new.pk)]
    assert found(f"therapist={therapist.pk}") == [str(old.pk)]
    assert found(f"therapist={uuid4()}") == []
    assert found(f"office={new.office.slug}") == [str(new.pk)]
    assert found("weekday=1&weekday=3") == [str(old.pk)]
    assert found("valid_on=2027-01-04") == [str(old.pk)]
    assert found("valid_on=2027-01-05") == []
    assert found("valid_on=2027-01-11") == [str(new.pk)]


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(
    ("url", "factory"),
    [(RULES, AvailabilityRuleFactory), (OVERRIDES, AvailabilityOverrideFactory)],
)
def test_hours_list_needs_the_same_queries_for_any_number_of_rows(
    front_desk, django_assert_num_queries, url, factory, count
):
    factory.create_batch(count)

    with django_assert_num_queries(4):
        response = front_desk.get(url)

    assert len(response.json()["results"]) == count
