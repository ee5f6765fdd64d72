"""Offices, therapists, what they offer and what is free, as FHIR R4 resources.

The shapes are those of SMART Scheduling Links. Ids last: those of offices and
therapists are the practice's own, a schedule's and a slot's follow from what they are
about. Texts say what therapists say they do, never what comes of it.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeAlias
from urllib.parse import quote
from zoneinfo import ZoneInfo

from locations.models import Office
from scheduling.availability import PRACTICE_ZONE
from scheduling.engine.wall_clock import as_datetime
from scheduling.models import SessionType, Therapist
from scheduling.wishes import Slot

Resource: TypeAlias = dict[str, Any]  # Any: a piece of JSON

_SCHEDULES = uuid.UUID("4d0f2b0a-6f0e-4c53-9a68-7a2f3f5c1e90")
_SERVICE_TYPES = "http://terminology.hl7.org/CodeSystem/service-type"
_COUNSELLING = {"system": _SERVICE_TYPES, "code": "305", "display": "Counselling"}

# Slot finders know the extensions by the name they were made under, the HL7 guide gives
# them another.
_EXTENSIONS = (
    "http://fhir-registry.smarthealthit.org/StructureDefinition/",
    "http://hl7.org/fhir/uv/smart-scheduling-links/StructureDefinition/",
)


def location(office: Office, *, practice: str, phone: str, system: str) -> Resource:
    """An office. `system` is whose names for offices the slugs are."""
    resource: Resource = {
        "resourceType": "Location",
        "id": str(office.pk),
        "identifier": [{"system": system, "value": office.slug}],
        "status": "active",
        "name": _office_name(office, practice),
        "mode": "instance",
    }
    if office.area:
        resource["description"] = office.area
    if phone:
        resource["telecom"] = [{"system": "phone", "value": phone, "use": "work"}]
    resource["address"] = {
        "use": "work",
        "type": "physical",
        "line": [office.street],
        "city": office.city,
        "state": office.state,
        "postalCode": office.postal_code,
    }
    return resource


def role(therapist: Therapist, *, practice: str) -> Resource:
    """A therapist, by name and license, with the offices they work at."""
    resource: Resource = {
        "resourceType": "PractitionerRole",
        "id": str(therapist.pk),
        "active": True,
        "practitioner": {"display": _called(therapist)},
        "code": [{"text": therapist.get_license_type_display()}],
    }
    if practice:
        resource["organization"] = {"display": practice}
    offices = [
        {
            "reference": f"Location/{office.pk}",
            "display": _office_name(office, practice),
        }
        for office in therapist.offices.all()
    ]
    if offices:
        resource["location"] = offices
    return resource


def schedule(
    therapist: Therapist,
    kind: SessionType,
    office: Office | None,
    *,
    practice: str,
    states: Sequence[str],
) -> Resource:
    """A session type of a therapist at an office, or by video and so nowhere."""
    actors = [
        {"reference": f"PractitionerRole/{therapist.pk}", "display": _called(therapist)}
    ]
    if office is not None:
        name = _office_name(office, practice)
        actors.insert(0, {"reference": f"Location/{office.pk}", "display": name})
    return {
        "resourceType": "Schedule",
        "id": _schedule_id(therapist, kind, office),
        "active": True,
        "serviceType": [{"coding": [_COUNSELLING], "text": kind.name}],
        "actor": actors,
        "comment": _comment(therapist, office, states),
    }


def slot(
    found: Slot, schedule: str, *, office: Office | None, template: str, phone: str
) -> Resource:
    """A stretch that is free, with a link made of `template`, or else a number to call.

    `office` is where the therapist is then, if at one. Without a link and a number it
    has neither, which the guide allows.
    """
    zone = office.zone if office else PRACTICE_ZONE
    resource: Resource = {
        "resourceType": "Slot",
        "id": f"{schedule.replace('-', '')}-{found.start}",
        "schedule": {"reference": f"Schedule/{schedule}"},
        "status": "free",
        "start": _instant(found.start, zone),
        "end": _instant(found.end, zone),
    }
    extensions = []
    if template:
        parts = _parts(found, resource, office)
        link = template.format_map(
            {name: quote(parts[name], safe="") for name in parts}
        )
        extensions += _extension("booking-deep-link", "valueUrl", link)
    if phone:
        extensions += _extension("booking-phone", "valueString", phone)
    if extensions:
        resource["extension"] = extensions
    return resource


def instant_text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _schedule_id(therapist: Therapist, kind: SessionType, office: Office | None) -> str:
    where = office.pk if office else "video"
    return str(uuid.uuid5(_SCHEDULES, f"{therapist.pk}/{kind.slug}/{where}"))


def _parts(found: Slot, resource: Resource, office: Office | None) -> Mapping[str, str]:
    """What `config.addresses.BOOKING_PARTS` names, of a slot."""
    return {
        "slot": resource["id"],
        "therapist": found.therapist,
        "office": office.slug if office else "",
        "session_type": found.session_type,
        "mode": found.mode,
        "starts_at": resource["start"],
    }


def _extension(name: str, kind: str, value: str) -> list[Resource]:
    return [{"url": f"{base}{name}", kind: value} for base in _EXTENSIONS]


def _instant(moment: int, zone: ZoneInfo) -> str:
    return instant_text(as_datetime(moment).astimezone(zone))


def _office_name(office: Office, practice: str) -> str:
    return f"{practice}, {office.name}" if practice else office.name


def _called(therapist: Therapist) -> str:
    return ", ".join(filter(None, [therapist.display_name, therapist.credentials]))


def _comment(therapist: Therapist, office: Office | None, states: Sequence[str]) -> str:
    sentences = ["In person." if office else "By video."]
    if office is None and states:
        sentences.append(f"For people who are in {' or '.join(states)} at that time.")
    names = [modality.name for modality in therapist.modalities.all()]
    if names:
        sentences.append(f"Says they offer {', '.join(names)}.")
    return " ".join(sentences)
