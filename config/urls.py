"""Every address of the practice."""

from allauth.account import views as account
from allauth.account.decorators import secure_admin_login
from allauth.mfa.base import views as mfa
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path
from drf_spectacular.views import (
    SpectacularAPIView,
    SpectacularRedocView,
    SpectacularSwaggerView,
)

from config import health, sign_in
from config.content import own_content_only
from scheduling import webhooks
from scheduling.api.day_sheets import DaySheetView
from scheduling.api.health import readyz_worker
from scheduling.api.me import MeView
from scheduling.api.metrics import metrics
from scheduling.api.utilisation import HeatMapView
from scheduling.feeds import CalendarFeedView
from scheduling.pages import answering

handler400 = "config.api.handlers.bad_request"
handler403 = "config.api.handlers.permission_denied"
handler404 = "config.api.handlers.not_found"
handler500 = "config.api.handlers.server_error"

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]  # as allauth says

api: list[URLPattern | URLResolver] = [
    path("", include("locations.api.urls")),
    path("", include("clients.api.urls")),
    path("", include("scheduling.api.urls")),
    path("me/", MeView.as_view(), name="me"),
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerView.as_view(), name="docs"),
    path("redoc/", SpectacularRedocView.as_view(), name="redoc"),
]

urlpatterns = [
    path("", include("scheduling.board.urls")),
    path("api/v1/", include(api)),
    path("a/<str:token>/", answering.answer, name="answer-page"),
    path("a/<str:token>/calendar/", answering.calendar, name="answer-calendar"),
    path("calendar/<str:secret>.ics", CalendarFeedView.as_view(), name="calendar-feed"),
    path("reports/utilisation.svg", HeatMapView.as_view(), name="heat-map"),
    path("day-sheet/<slug:slug>/", DaySheetView.as_view(), name="day-sheet"),
    path("webhooks/twilio/sms/", webhooks.twilio_sms, name="twilio-sms"),
    path("webhooks/twilio/status/", webhooks.twilio_status, name="twilio-status"),
    path("sign-in/", own_content_only(account.login), name="account_login"),
    path("sign-in/code/", own_content_only(mfa.authenticate), name="mfa_authenticate"),
    path("sign-out/", own_content_only(account.logout), name="account_logout"),
    re_path(sign_in.CLOSED, sign_in.closed),
    path("_allauth/", include("allauth.headless.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("readyz/worker", readyz_worker, name="readyz-worker"),
    path("metrics", metrics, name="metrics"),
]
