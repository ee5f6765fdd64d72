"""Calendar links: made, rotated and revoked, and found again by their secret.

Whoever knows the secret needs no password, so a link is only as good as the person who
was told it: it leads nowhere once they, or the therapist, have left.
"""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse

from config.errors import Conflict
from config.roles import Role, has_role
from locations.models import Office
from scheduling.models import CalendarLink, Therapist

SECRET_BYTES = 32
MOST_LINKS = 10  # in force, of one calendar


class LinkRevoked(Conflict):
    code = "link_revoked"
    message = "This link was revoked. Make a new one."


class TooManyLinks(Conflict):
    code = "too_many_links"
    message = f"There are {MOST_LINKS} links to this calendar. Revoke one of them."


class Issued(NamedTuple):
    """A link, and its secret, which nobody can be told again."""

    link: CalendarLink
    secret: str

    def url(self, *, otherwise: str = "") -> str:
        """Its address at `PUBLIC_URL`, or at `otherwise` where the practice has none:
        what a subscriber keeps is not to depend on how its maker came in."""
        path = reverse("calendar-feed", args=[self.secret])
        return (settings.PUBLIC_URL or otherwise) + path


@transaction.atomic
def make(link: CalendarLink, *, by: User | None, now: datetime) -> Issued:
    """Save `link`, which is new, with a secret that `by` is told; `None` is whoever
    runs the server.

    Raises `TooManyLinks`.
    """
    _wait_for_others(link)
    same = CalendarLink.objects.filter(therapist=link.therapist, office=link.office)
    if same.in_force().count() >= MOST_LINKS:
        raise TooManyLinks
    secret = _issue(link, by, now)
    link.save(force_insert=True)
    return Issued(link, secret)


@transaction.atomic
def rotate(link: CalendarLink, *, by: User | None, now: datetime) -> Issued:
    """Give `link` a new secret. The old one leads nowhere from now on.

    Raises `LinkRevoked`.
    """
    link = _locked(link)
    if link.revoked_at is not None:
        raise LinkRevoked
    secret = _issue(link, by, now)
    link.save(update_fields=["digest", "issued_by", "issued_at"])
    return Issued(link, secret)


@transaction.atomic
def revoke(link: CalendarLink, *, now: datetime) -> CalendarLink:
    """Let `link` lead nowhere, for good; one that was revoked stays as it is."""
    link = _locked(link)
    if link.revoked_at is None:
        link.revoked_at = now
        link.save(update_fields=["revoked_at"])
    return link


def find(secret: str) -> CalendarLink:
    """The link of a secret, with its therapist or office.

    Raises `CalendarLink.DoesNotExist`, also where it leads nowhere any more.
    """
    known = CalendarLink.objects.in_force().select_related(
        "therapist__user", "office", "issued_by"
    )
    link = known.get(digest=_digest(secret))
    if not (_is_kept(link) and _was_told_to_somebody_who_may_look(link)):
        raise CalendarLink.DoesNotExist
    return link


def _issue(link: CalendarLink, by: User | None, now: datetime) -> str:
    secret = secrets.token_urlsafe(SECRET_BYTES)
    link.digest, link.issued_by, link.issued_at = _digest(secret), by, now
    return secret


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()


def _locked(link: CalendarLink) -> CalendarLink:
    rows = CalendarLink.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("therapist", "office").get(pk=link.pk)


def _wait_for_others(link: CalendarLink) -> None:
    """Let links to one calendar be made one after another, so that they are counted."""
    if link.therapist is not None:
        rows = Therapist.objects.select_for_update(no_key=True)
        rows.get(pk=link.therapist.pk)
    elif link.office is not None:
        Office.objects.select_for_update(no_key=True).get(pk=link.office.pk)


def _is_kept(link: CalendarLink) -> bool:
    """Whether it is the calendar of somebody, or of somewhere, at work."""
    if link.therapist is None:
        return link.office is not None and link.office.is_active
    user = link.therapist.user
    return link.therapist.is_active and (user is None or user.is_active)


def _was_told_to_somebody_who_may_look(link: CalendarLink) -> bool:
    teller = link.issued_by
    if teller is None or has_role(teller, Role.FRONT_DESK):
        return True
    is_own = link.therapist is not None and link.therapist.user_id == teller.pk
    return is_own and has_role(teller, Role.THERAPIST)
