"""Addresses below `/api/v1/`."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from scheduling.api.agenda import AgendaView
from scheduling.api.appointments import AppointmentViewSet
from scheduling.api.attendances import AttendanceViewSet
from scheduling.api.availability import (
    AvailabilityOverrideViewSet,
    AvailabilityRuleViewSet,
)
from scheduling.api.calendar import CalendarView
from scheduling.api.calendar_links import CalendarLinkViewSet
from scheduling.api.cancellations import CancellationsView
from scheduling.api.caseload import CaseloadViewSet
from scheduling.api.day import OfficeDayView
from scheduling.api.decisions import DecisionViewSet
from scheduling.api.guarantee_report import GuaranteeReportView
from scheduling.api.guarantees import GuaranteeViewSet
from scheduling.api.holds import HoldViewSet
from scheduling.api.intakes import IntakeViewSet, IntakeWordsView
from scheduling.api.lead_time import LeadTimeView
from scheduling.api.match_weights import MatchWeightsViewSet
from scheduling.api.matches import MatchViewSet
from scheduling.api.message_numbers import MessageNumbersView
from scheduling.api.message_report import MessageReportView
from scheduling.api.messages import MessageViewSet
from scheduling.api.modalities import ModalityViewSet
from scheduling.api.offers import OfferViewSet
from scheduling.api.policies import PolicyOverrideViewSet, PolicyViewSet
from scheduling.api.premises import (
    PracticeClosureViewSet,
    PracticeOfficeViewSet,
    PracticeRoomViewSet,
)
from scheduling.api.previews import MessagePreviewView
from scheduling.api.public import (
    FirstSlotsView,
    PublicModalitiesView,
    TherapistCardsView,
)
from scheduling.api.reassignments import ReassignmentViewSet
from scheduling.api.reminder_plans import ReminderPlanViewSet
from scheduling.api.replies import ReplyViewSet
from scheduling.api.series import SeriesViewSet
from scheduling.api.session_types import SessionTypeViewSet
from scheduling.api.slots import SlotViewSet
from scheduling.api.smart_scheduling import (
    LocationsView,
    ManifestView,
    RolesView,
    SchedulesView,
    SlotsView,
)
from scheduling.api.standing_slots import StandingSlotViewSet
from scheduling.api.therapists import TherapistViewSet
from scheduling.api.time_off import TimeOffViewSet
from scheduling.api.timeline import TimelineView
from scheduling.api.utilisation import UtilisationView
from scheduling.api.waitlist import EntryViewSet
from scheduling.api.work_items import WorkItemViewSet

router = SimpleRouter()
router.register("offices", PracticeOfficeViewSet, "office")
router.register("rooms", PracticeRoomViewSet, "room")
router.register("closures", PracticeClosureViewSet, "closure")
router.register("modalities", ModalityViewSet, "modality")
router.register("session-types", SessionTypeViewSet, "session-type")
router.register("therapists", TherapistViewSet, "therapist")
router.register("availability-rules", AvailabilityRuleViewSet, "availability-rule")
router.register(
    "availability-overrides", AvailabilityOverrideViewSet, "availability-override"
)
router.register("time-off", TimeOffViewSet, "time-off")
router.register("calendar-links", CalendarLinkViewSet, "calendar-link")
router.register("clients", CaseloadViewSet, "client")
router.register("slots", SlotViewSet, "slot")
router.register("standing-slots", StandingSlotViewSet, "standing-slot")
router.register("appointments", AppointmentViewSet, "appointment")
router.register("appointments", AttendanceViewSet, "attendance")
router.register("appointment-series", SeriesViewSet, "appointment-series")
router.register("appointments", DecisionViewSet, "decision")
router.register("reassignments", ReassignmentViewSet, "reassignment")
router.register("guarantees", GuaranteeViewSet, "guarantee")
router.register("holds", HoldViewSet, "hold")
router.register("intakes", IntakeViewSet, "intake")
router.register("matches", MatchViewSet, "match")
router.register("match-weights", MatchWeightsViewSet, "match-weights")
router.register("waitlist-entries", EntryViewSet, "waitlist-entry")
router.register("waitlist-offers", OfferViewSet, "waitlist-offer")
router.register("messages", MessageViewSet, "message")
router.register("replies", ReplyViewSet, "reply")
router.register("policy-overrides", PolicyOverrideViewSet, "policy-override")
router.register("reminder-plans", ReminderPlanViewSet, "reminder-plan")
router.register("work-items", WorkItemViewSet, "work-item")

urlpatterns = [
    *router.urls,
    path("agenda/", AgendaView.as_view(), name="agenda"),
    path(
        "therapists/<uuid:pk>/calendar/",
        CalendarView.as_view(),
        name="therapist-calendar",
    ),
    path(
        "appointments/<uuid:pk>/timeline/",
        TimelineView.as_view(),
        name="appointment-timeline",
    ),
    path("intakes/<uuid:pk>/words/", IntakeWordsView.as_view(), name="intake-words"),
    path("messages/numbers/", MessageNumbersView.as_view(), name="message-numbers"),
    path("reports/utilisation/", UtilisationView.as_view(), name="report-utilisation"),
    path(
        "reports/cancellations/",
        CancellationsView.as_view(),
        name="report-cancellations",
    ),
    path(
        "reports/guarantees/", GuaranteeReportView.as_view(), name="report-guarantees"
    ),
    path("reports/messages/", MessageReportView.as_view(), name="report-messages"),
    path("reports/lead-time/", LeadTimeView.as_view(), name="report-lead-time"),
    path("offices/<slug:slug>/day/", OfficeDayView.as_view(), name="office-day"),
    path("messages/preview/", MessagePreviewView.as_view(), name="message-preview"),
    path(
        "public/modalities/", PublicModalitiesView.as_view(), name="public-modalities"
    ),
    path("public/therapists/", TherapistCardsView.as_view(), name="public-therapists"),
    path("public/first-slots/", FirstSlotsView.as_view(), name="public-first-slots"),
    path(
        "smart-scheduling/$bulk-publish",
        ManifestView.as_view(),
        name="smart-scheduling-manifest",
    ),
    path("smart-scheduling/locations.ndjson", LocationsView.as_view()),
    path("smart-scheduling/practitioner-roles.ndjson", RolesView.as_view()),
    path("smart-scheduling/schedules.ndjson", SchedulesView.as_view()),
    path("smart-scheduling/slots-<str:week>.ndjson", SlotsView.as_view()),
    path(
        "policy/",
        PolicyViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="policy",
    ),
]
