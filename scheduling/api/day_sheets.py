"""The day of an office as a page to print."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.exceptions import NotAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from config.api import filters
from config.api.documents import DocumentView
from config.api.permissions import IsFrontDesk
from config.content import own_content_only
from locations.models import Office
from scheduling import day_sheets
from scheduling.api.day import DayFilterSet
from scheduling.models import Appointment

PROBLEM = "scheduling/day_sheet_problem.html"


@method_decorator(own_content_only, name="dispatch")
class DaySheetView(DocumentView):
    """For the front desk; whoever is not signed in is sent to do so. What goes wrong
    is a page, too, since people look at it in a browser."""

    permission_classes = (IsFrontDesk,)

    def known_parameters(self) -> set[str]:
        return DayFilterSet.names()

    @extend_schema(exclude=True)
    def get(self, request: Request, slug: str) -> HttpResponse:
        asked = filters.checked(
            DayFilterSet(request.query_params, Appointment.objects.none())
        )
        office = get_object_or_404(Office, slug=slug)
        now = timezone.now().astimezone(office.zone)
        day = asked["date"] or now.date()
        content = {
            "office": office,
            "day": day,
            "entries": day_sheets.read(office, day),
            "printed_at": now,
        }
        return render(request, "scheduling/day_sheet.html", content)

    def handle_exception(self, exc: Exception) -> Response | HttpResponse:  # type: ignore[override]  # a redirect
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(self.request.get_full_path())
        told = super().handle_exception(exc)
        sentences = [each["detail"] for each in told.data.get("errors", [])]
        if told.status_code == status.HTTP_403_FORBIDDEN:
            sentences = ["Day sheets are for the front desk."]
        elif told.status_code == status.HTTP_404_NOT_FOUND:
            sentences = ["There is no office of that name."]
        content = {"sentences": sentences or [told.data["detail"]]}
        page = render(self.request, PROBLEM, content, status=told.status_code)
        if wait := told.headers.get("Retry-After"):
            page["Retry-After"] = wait
        return page
