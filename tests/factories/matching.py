"""What therapists are ranked by, and how they were."""

import factory
from factory.django import DjangoModelFactory

from scheduling.models import Match, MatchWeights
from tests.times import NOW

POINTS = {
    "concern": 30,
    "modality": 20,
    "other_concerns": 10,
    "language": 10,
    "gender": 5,
    "place": 10,
    "hours": 10,
    "soon": 5,
    "load": 5,
}
FACTS = {
    "session_type": "intake-50",
    "for_whom": "self",
    "age_groups": ["adult"],
    "people": 1,
    "state": "CA",
    "main_concern": None,
    "other_concerns": [],
    "modalities": [],
    "languages": [],
    "genders": [],
    "offices": [],
    "by_video": False,
    "weekdays": [],
    "time_from": "00:00",
    "time_to": "24:00",
    "start_within_days": None,
    "musts": [],
    "earlier_therapists": [],
    "limit": 10,
}


class MatchWeightsFactory(DjangoModelFactory[MatchWeights]):
    """What the practice begins with."""

    class Meta:
        model = MatchWeights
        django_get_or_create = ("version",)

    version = 1
    points = POINTS
    leading = ["interpersonal-psychotherapy"]
    supporting = 60


class MatchFactory(DjangoModelFactory[Match]):
    """An adult asked for anybody, and there was nobody."""

    class Meta:
        model = Match

    weights = factory.SubFactory(MatchWeightsFactory)
    facts = FACTS
    ranked = factory.LazyFunction(list)
    excluded = factory.LazyFunction(list)
    created_at = NOW
