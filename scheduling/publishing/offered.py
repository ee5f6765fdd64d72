"""Who is open to somebody new, with what, and where.

That is an adult whom nobody knows yet, as in a public search: a minor is booked by the
front desk, since somebody has to consent.
"""

from collections.abc import Iterator, Sequence

from django.db.models import Prefetch, QuerySet

from clients.models import AgeGroup
from locations.models import Office
from scheduling.models import Modality, SessionType, Therapist


def kinds() -> list[SessionType]:
    """What a new client may book first without the front desk."""
    rows = SessionType.objects.filter(is_active=True, for_new_clients=True)
    return list(rows.order_by("name", "pk"))


def therapists() -> Sequence[Therapist]:
    """Those who take new clients, by name, with what they offer, all of it active.

    Four queries.
    """
    rows = Therapist.objects.active().filter(
        accepts_new_clients=True, age_groups__contains=[AgeGroup.ADULT]
    )
    return list(with_what_they_offer(rows).order_by("display_name", "pk"))


def with_what_they_offer(rows: QuerySet[Therapist]) -> QuerySet[Therapist]:
    """`rows` with their modalities, offices and session types that are active."""
    return rows.prefetch_related(
        Prefetch(
            "modalities", Modality.objects.filter(is_active=True).order_by("name", "pk")
        ),
        Prefetch(
            "offices", Office.objects.filter(is_active=True).order_by("name", "pk")
        ),
        Prefetch(
            "session_types",
            SessionType.objects.filter(is_active=True).order_by("name", "pk"),
        ),
    )


def places(therapist: Therapist, kind: SessionType) -> Iterator[Office | None]:
    """Where a therapist offers a session type: offices, and None by video."""
    if kind not in therapist.session_types.all():
        return
    if not kind.telehealth_only:
        yield from therapist.offices.all()
    if therapist.telehealth:
        yield None
