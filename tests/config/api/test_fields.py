from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from rest_framework.serializers import ValidationError

from clients.models import PresentingConcern
from config.api import fields
from config.api.serializers import StrictSerializer
from tests.times import MONDAY_9AM


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-01-04T09:00:00-08:00", MONDAY_9AM),
        ("2027-01-04T17:00:00Z", MONDAY_9AM),
        ("2027-01-04t17:00:00z", MONDAY_9AM),
        ("2027-01-04T17:00:00.000Z", MONDAY_9AM),
        ("2027-01-05T07:00:00+14:00", MONDAY_9AM),
        ("2027-11-07T01:30:00-07:00", datetime(2027, 11, 7, 8, 30, tzinfo=UTC)),
        ("2027-11-07T01:30:00-08:00", datetime(2027, 11, 7, 9, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_with_its_offset(text, moment):
    value = fields.InstantField().run_validation(text)

    assert (value, value.tzinfo) == (moment, UTC)


class EventSerializer(StrictSerializer):
    at = fields.InstantField(zone="office.timezone")
    timezone = fields.ZoneField("office.timezone")


@pytest.mark.parametrize(
    ("office", "at", "zone"),
    [
        ("America/New_York", "2027-01-04T12:00:00-05:00", "America/New_York"),
        (None, "2027-01-04T09:00:00-08:00", "America/Los_Angeles"),
    ],
)
def test_an_instant_is_written_on_the_clock_of_its_office(office, at, zone):
    place = SimpleNamespace(timezone=office) if office else None
    event = SimpleNamespace(at=MONDAY_9AM, office=place)

    assert EventSerializer(event).data == {"at": at, "timezone": zone}


def told(field, value):
    with pytest.raises(ValidationError) as refused:
        field.run_validation(value)
    return [str(each) for each in refused.value.detail]


def test_a_choice_that_is_none_is_told_with_those_there_are():
    field = fields.ChoiceField(choices=[("a", "A"), ("", "None"), ("b", "B")])

    assert told(field, "c") == ["Give one of a, b."]
    assert told(field, 1) == ["Not a string."]


def test_a_list_is_asked_for_in_plain_words():
    field = fields.ListField(child=fields.CharField(), allow_empty=False)

    assert [told(field, value) for value in ("x", {}, [])] == [
        ["Give a list."],
        ["Give a list."],
        ["Give at least one item."],
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("count", "sentence"),
    [
        (0, "There is nothing of that name."),
        (2, "There is nothing named 'x'. Known are: concern-0, concern-1."),
        (21, "There is nothing named 'x'."),
    ],
)
def test_a_slug_that_names_nothing_is_told_with_those_there_are_if_few(count, sentence):
    PresentingConcern.objects.bulk_create(
        PresentingConcern(slug=f"concern-{number}", name=f"Concern {number}")
        for number in range(count)
    )
    field = fields.SlugKeyField(queryset=PresentingConcern.objects.all())

    assert told(field, "x") == [sentence]


@pytest.mark.parametrize("text", ["00:00", "09:30", "23:59"])
def test_a_wall_time_goes_in_and_out(text):
    field = fields.WallTimeField()

    assert field.to_representation(field.run_validation(text)) == text


@pytest.mark.parametrize(
    "text", ["24:00", "9:30", "09:60", "25:00", "09:30:00", "\u0660\u0669:30", 930]
)
def test_a_time_that_is_on_no_wall_is_refused(text):
    with pytest.raises(ValidationError):
        fields.WallTimeField().run_validation(text)


def test_the_midnight_that_ends_a_day_is_taken_where_it_makes_sense():
    field = fields.WallTimeField(allow_24=True)

    assert (field.run_validation("24:00"), field.to_representation(1440)) == (
        1440,
        "24:00",
    )
    with pytest.raises(ValidationError):
        field.run_validation("24:01")


@pytest.mark.parametrize(
    "text",
    ["2027-1-4", "20270104", "2027-W01-1", "2027-02-30", "1899-12-31", "2101-01-01"],
)
def test_a_date_that_is_not_one_is_refused(text):
    with pytest.raises(ValidationError):
        fields.LocalDateField().run_validation(text)


@pytest.mark.parametrize(
    "text",
    [
        "(310) 555-0123",
        "310-555-0123",
        "310.555.0123",
        "1 310 555 0123",
        "+13105550123",
    ],
)
def test_a_telephone_number_becomes_e164(text):
    assert fields.PhoneField().run_validation(text) == "+13105550123"


@pytest.mark.parametrize(
    "text",
    ["", "555-0123", "x", "+1 310 555 0123 ext. 4", "+999999999999", "\u0661" * 10, 5],
)
def test_what_is_no_telephone_number_is_refused(text):
    with pytest.raises(ValidationError):
        fields.PhoneField().run_validation(text)


def test_a_telephone_number_may_be_left_empty_where_that_is_said():
    assert fields.PhoneField(allow_blank=True).run_validation("") == ""


@pytest.mark.parametrize("items", [["en", "en"], ["en"] * 101, "en", {}, None, [1]])
def test_a_list_that_is_none_or_repeats_itself_is_refused(items):
    with pytest.raises(ValidationError):
        fields.ListField(child=fields.CharField()).run_validation(items)


@pytest.fixture
def concerns(db: None) -> list[PresentingConcern]:
    return [
        PresentingConcern.objects.create(slug=slug, name=slug)
        for slug in ("grief", "anxiety")
    ]


def many(**kwargs: Any) -> Any:
    return fields.SlugKeyField(many=True, **kwargs)


def test_many_rows_are_found_in_one_query(concerns, django_assert_num_queries):
    field = many(queryset=PresentingConcern.objects.all())

    with django_assert_num_queries(1):
        assert field.run_validation(["grief", "anxiety"]) == concerns


@pytest.mark.parametrize(
    "slugs", [["grief", "grief"], ["grief", "x"], ["grief"] * 101, "grief"]
)
def test_many_rows_are_refused_as_a_whole(concerns, slugs):
    with pytest.raises(ValidationError):
        many(queryset=PresentingConcern.objects.all()).run_validation(slugs)


class ScopedSerializer(StrictSerializer):
    concern = fields.KeyField(
        scope=lambda user: PresentingConcern.objects.filter(slug=user.username)
    )


def test_what_is_missing_and_what_is_hidden_get_the_same_answer(concerns):
    grief, anxiety = concerns
    request = SimpleNamespace(user=SimpleNamespace(username="grief"))

    def answer(key: str) -> Any:
        serializer = ScopedSerializer(
            data={"concern": key}, context={"request": request}
        )
        return serializer.is_valid() or serializer.errors["concern"]

    missing = answer("01a2069e-917f-72c1-94e6-5972915f372d")
    assert [answer(str(grief.pk)), answer(str(anxiety.pk))] == [True, missing]
    assert missing[0].code == "does_not_exist"
