"""Matching as one would write it first: one therapist after the other, slot by slot.

It asks the database anew for each therapist, looks at everybody for the whole time, and
knows of no short cut. What `matching.rank` answers has to be the same.
"""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from clients.models import PresentingConcern
from locations.models import Office
from scheduling import slot_search
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine import scoring
from scheduling.engine.intervals import Interval
from scheduling.engine.scoring import Criterion, Hours, Profile, Terms, Weights
from scheduling.engine.wall_clock import day_of
from scheduling.models import Modality, Therapist
from scheduling.reports import utilisation
from scheduling.seekers import ALL_DAY

EVERYTHING = 10_000


def exclusions(facts, therapist):
    """Why somebody is not proposed, whatever their hours: the issue's sentences."""

    def is_must(name):
        return name in facts.musts

    concerns = set(therapist.concerns.all())
    practised = set(therapist.modalities.all())
    offices = set(therapist.offices.filter(is_active=True))
    reached = [one for one in facts.offices if one in offices]
    wrong = {
        "earlier_therapist": therapist.pk in facts.earlier_therapists,
        "format": facts.session_type not in therapist.session_types.all(),
        "age_group": [
            one for one in facts.age_groups if one not in therapist.age_groups
        ],
        "state": facts.state not in therapist.license_states,
        "not_accepting": not therapist.accepts_new_clients,
        "concern": is_must("concern") and facts.main_concern not in concerns,
        "modality": is_must("modality")
        and not [one for one in facts.modalities if one in practised],
        "language": is_must("language")
        and not [one for one in facts.languages if one in therapist.languages],
        "gender": is_must("gender") and therapist.gender not in facts.genders,
        "place": is_must("place")
        and not (reached or (facts.by_video and therapist.telehealth)),
    }
    return [name for name, applies in wrong.items() if applies]


def slots(facts, therapist, now, **changes):
    """All slots in the time that is looked at, in order; places one after the other."""
    wish = replace(facts.wish(now=now), therapists=[therapist.pk], **changes)
    wishes = [replace(wish, has_video_anywhere=False)]
    if facts.offices and facts.by_video:
        wishes = [
            replace(wish, modes=["in_person"], has_video_anywhere=False),
            replace(wish, offices=(), modes=["telehealth"], has_video_anywhere=False),
        ]
    found = []
    for each in wishes:
        found += slot_search.search(each, now=now, limit=EVERYTHING).slots
    return sorted(found)


def load(therapist, now):
    midnight = datetime.combine(day_of(now, PRACTICE_ZONE), time(), PRACTICE_ZONE)
    later = midnight + timedelta(days=28)  # on the wall
    span = Interval(int(midnight.timestamp()), int(later.timestamp()))
    used = utilisation.read(span, by=["therapist"], therapists=[therapist.pk])
    if not used or not used[0].available_minutes:
        return None
    return 100 * used[0].booked_minutes // used[0].available_minutes


def rank(facts, weights, now, limit):
    """`(therapist, score, [(criterion, points, why)], [slots])` of the first ones, and
    `(therapist, [reasons])` of all who are excluded."""
    today = day_of(now, PRACTICE_ZONE)
    places, excluded = [], []
    for therapist in Therapist.objects.filter(is_active=True).order_by("pk"):
        reasons = exclusions(facts, therapist)
        if reasons:
            excluded.append((str(therapist.pk), reasons))
            continue
        wished = slots(facts, therapist, now)
        anyhow = slots(facts, therapist, now, weekdays=(), time_from=0, time_to=ALL_DAY)
        if "hours" in facts.musts and not wished:
            excluded.append((str(therapist.pk), ["hours"]))
            continue
        hours = Hours(_days(wished, today), _days(anyhow, today))
        profile = _profile(therapist, load(therapist, now))
        parts = scoring.parts(
            facts.seeker(), profile, hours, _weights(weights), _terms()
        )
        first = (wished or anyhow or [(float("inf"),)])[0][0]
        busy = 101 if profile.load is None else profile.load
        score = sum(part.points for part in parts)
        told = [(str(part.criterion), part.points, part.why) for part in parts]
        key = -score, first, busy, str(therapist.pk)
        places.append((key, (str(therapist.pk), score, told, wished[:3])))
    return [told for _, told in sorted(places)[:limit]], excluded


def _days(found, today: date):
    if not found:
        return None
    return (day_of(found[0].start, PRACTICE_ZONE) - today).days


def _profile(therapist, load):
    return Profile(
        id=str(therapist.pk),
        concerns=[str(one.pk) for one in therapist.concerns.all()],
        modalities=[str(one.pk) for one in therapist.modalities.all()],
        languages=therapist.languages,
        gender=therapist.gender,
        places=[str(one.pk) for one in therapist.offices.all()]
        + ([""] if therapist.telehealth else []),
        load=load,
    )


def _weights(weights):
    leading = Modality.objects.filter(slug__in=weights.leading)
    points = {Criterion(name): most for name, most in weights.points.items()}
    return Weights(points, [str(one.pk) for one in leading], weights.supporting)


def _terms():
    modalities = Modality.objects.all()
    names = {}
    for model in (Modality, PresentingConcern, Office):
        names |= {str(row.pk): row.name for row in model.objects.all()}
    names |= {"en": "English", "es": "Spanish", "fa": "Persian", "ko": "Korean"}
    spoken = {
        str(one.pk): [str(concern.pk) for concern in one.concerns.all()]
        for one in modalities
    }
    return Terms(names, spoken)
