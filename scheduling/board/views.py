"""The practice's pages: an empty frame each, which the browser fills from the API."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import AnonymousUser, User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from config import ids
from config.content import own_content_only
from config.roles import Role, has_role, roles_of
from scheduling.board.scripts import needed_by
from scheduling.models import Therapist


@dataclass(frozen=True, slots=True)
class Page:
    """One of a therapist's own pages; `label` is what the way to it says."""

    name: str
    title: str
    label: str
    folder: str = "mine"

    @property
    def url_name(self) -> str:
        return f"my-{self.name}"

    @property
    def script(self) -> str:
        return f"board/{self.folder}/{self.name}.js"


MINE = [
    Page("week", "My week", "Week"),
    Page("hours", "My hours", "Hours"),
    Page("time-off", "My time off", "Time off"),
    Page("calendar", "My calendar", "Calendar"),
    Page("reports", "My reports", "Reports", folder="reports"),
]
REPORTS = Page("reports", "Reports", "Reports", folder="reports")


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody begins who has signed in."""
    if has_role(request.user, Role.FRONT_DESK):
        return redirect("board")
    return redirect("my-week" if _therapist(request.user) else "docs")


@require_safe
@login_required
@own_content_only
@ensure_csrf_cookie
def board(request: HttpRequest) -> HttpResponse:
    """The day board; whoever has no business here is sent home."""
    user = request.user
    assert isinstance(user, User)  # noqa: S101  whoever signed in is one
    if not has_role(user, Role.FRONT_DESK):
        return redirect("home")
    told = {
        "zone": settings.TIME_ZONE,
        "scripts": needed_by("board/main.js"),
        "account": ids.of_account(user),
        "is_therapist": _therapist(user) is not None,
        "is_manager": has_role(user, Role.MANAGER),
    }
    return render(request, "board/board.html", told)


@require_safe
@login_required
@own_content_only
@ensure_csrf_cookie
def mine(request: HttpRequest, page: Page) -> HttpResponse:
    """One of a therapist's own pages; whoever is none is sent home."""
    therapist = _therapist(request.user)
    if therapist is None:
        return redirect("home")
    told = {
        "zone": settings.TIME_ZONE,
        "page": page,
        "pages": MINE,
        "scripts": needed_by(page.script),
        "therapist": therapist,
        "at_the_desk": has_role(request.user, Role.FRONT_DESK),
    }
    return render(request, f"board/{page.name}.html", told)


@require_safe
@login_required
@own_content_only
@ensure_csrf_cookie
def reports(request: HttpRequest) -> HttpResponse:
    """The reports of the practice; therapists are sent to those of themselves, of the
    same weeks."""
    therapist = _therapist(request.user)
    if not has_role(request.user, Role.FRONT_DESK):
        own = reverse("my-reports", query=request.GET) if therapist else reverse("home")
        return redirect(own)
    told = {
        "zone": settings.TIME_ZONE,
        "page": REPORTS,
        "scripts": needed_by(REPORTS.script),
        "is_therapist": therapist is not None,
    }
    return render(request, "board/desk-reports.html", told)


def _therapist(user: User | AnonymousUser) -> Therapist | None:
    """Whoever signed in, as a therapist of the practice."""
    if isinstance(user, AnonymousUser) or Role.THERAPIST not in roles_of(user):
        return None
    return Therapist.objects.filter(user=user).first()
