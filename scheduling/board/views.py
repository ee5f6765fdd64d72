"""The front desk's pages: an empty frame each, which the browser fills from the API."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from config.content import own_content_only
from config.roles import Role, has_role

# The browser asks for all of them at once, and not for each when another names it.
SCRIPTS = sorted(
    f"board/{file.name}"
    for file in (Path(__file__).parent / "static" / "board").glob("*.js")
)


@require_safe
@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Where somebody begins who has signed in."""
    at_the_desk = has_role(request.user, Role.FRONT_DESK)
    return redirect("board" if at_the_desk else "docs")


@require_safe
@login_required
@own_content_only
@ensure_csrf_cookie
def board(request: HttpRequest) -> HttpResponse:
    """The day board; whoever has no business here is sent home."""
    if not has_role(request.user, Role.FRONT_DESK):
        return redirect("home")
    told = {"zone": settings.TIME_ZONE, "scripts": SCRIPTS}
    return render(request, "board/board.html", told)
