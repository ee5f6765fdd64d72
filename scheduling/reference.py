"""The practice's reference data: what is missing is added, what is there stays.

Staff own these rows once they exist. One that they edited, renamed, deactivated or
deleted is never written again: history tells which ones there were.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Model, QuerySet

from clients.models import PresentingConcern
from config.roles import Role
from locations.models import Office, TravelTime
from scheduling.models import (
    MatchWeights,
    Modality,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
    SessionType,
)

Row = dict[str, Any]  # of a fixture: a model's fields, as JSON has them
Slugged = TypeVar("Slugged", Office, PresentingConcern, Modality, SessionType)


def load() -> dict[str, int]:
    """Add what is missing, and tell how many rows of what that was."""
    with transaction.atomic():
        roles = _roles()
        places = _read("locations", "offices")
        offices = _add(Office, places["offices"])
        journeys = _journeys(places["travel_minutes"], offices)
        concerns = _add(PresentingConcern, _read("clients", "presenting_concerns"))
        modalities = _modalities()
        session_types = _add(SessionType, _read("scheduling", "session_types"))
        policy, reminder_rules = _policy()
        weights = _match_weights()
    return {
        "roles": len(roles),
        "offices": len(offices),
        "travel times": len(journeys),
        "presenting concerns": len(concerns),
        "modalities": len(modalities),
        "session types": len(session_types),
        "policy": len(policy),
        "reminder rules": len(reminder_rules),
        "match weights": len(weights),
    }


def _roles() -> list[Group]:
    """The groups of the roles; in the admin, managers may look and edit."""
    groups = [Group.objects.get_or_create(name=role.value) for role in Role]
    new = [group for group, is_new in groups if is_new]
    permissions = Permission.objects.filter(
        content_type__app_label__in=["locations", "clients", "scheduling"]
    ).exclude(codename__startswith="delete_")
    for group in new:
        if group.name == Role.MANAGER:
            group.permissions.set(permissions)
    return new


def _journeys(
    minutes_between: Iterable[tuple[str, str, int]], new: Iterable[Office]
) -> list[TravelTime]:
    """The minutes between any two offices of which one is new."""
    offices = Office.objects.in_bulk(field_name="slug")
    slugs = {office.slug for office in new}
    return TravelTime.objects.bulk_create(
        TravelTime(origin=offices[one], destination=offices[other], minutes=minutes)
        for one, other, minutes in minutes_between
        if slugs & {one, other} and {one, other} <= offices.keys()
    )


def _modalities() -> list[Modality]:
    rows: list[Row] = _read("scheduling", "modalities")
    concerns = {row["slug"]: row.pop("concerns") for row in rows}
    new = _add(Modality, rows)
    for modality in new:
        modality.concerns.set(
            PresentingConcern.objects.filter(slug__in=concerns[modality.slug])
        )
    return new


def _policy() -> tuple[list[PracticePolicy], list[ReminderRule]]:
    """The policy together with the practice's reminder plan, which has no key but that
    it is for nobody else."""
    data = _read("scheduling", "policy")
    policy, is_new = PracticePolicy.objects.get_or_create(defaults=data["policy"])
    if not is_new:
        return [], []
    plan, _ = ReminderPlan.objects.get_or_create(session_type=None, client=None)
    rules = [ReminderRule(plan=plan, **row) for row in data["reminders"]]
    return [policy], ReminderRule.objects.bulk_create(rules)


def _match_weights() -> list[MatchWeights]:
    """The first version of the table by which therapists are ranked."""
    if MatchWeights.objects.exists():
        return []
    return [
        MatchWeights.objects.create(version=1, **_read("scheduling", "match_weights"))
    ]


def _add(model: type[Slugged], rows: Iterable[Row]) -> list[Slugged]:
    """Write those of `rows` whose slug no row has or ever had."""
    history = apps.get_model(model._meta.app_label, f"{model.__name__}Event")  # noqa: SLF001
    there: QuerySet[Slugged] = QuerySet(model)
    past: QuerySet[Model] = QuerySet(history)
    known = {
        *there.values_list("slug", flat=True),
        *past.values_list("slug", flat=True),
    }
    return there.bulk_create(model(**row) for row in rows if row["slug"] not in known)


def _read(app: str, name: str) -> Any:  # the shape of a fixture is its own
    file: Path = settings.BASE_DIR / app / "fixtures" / f"{name}.json"
    return json.loads(file.read_text(encoding="utf-8"))
