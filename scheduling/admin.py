"""Looks at the calendar and its messages, and sets up what has no rules."""

from django.contrib import admin
from django.http import HttpRequest

from scheduling.models import (
    Appointment,
    AppointmentSeries,
    Attendance,
    AvailabilityOverride,
    AvailabilityRule,
    Match,
    MatchWeights,
    Message,
    Modality,
    PolicyOverride,
    PracticePolicy,
    ReminderPlan,
    ReminderRule,
    SessionType,
    Therapist,
    TimeOff,
    WaitlistEntry,
    WaitlistOffer,
)


class LookingOnly(admin.ModelAdmin):
    """Rows that only operations may change, since rules and messages hang on them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False

    def has_delete_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False


@admin.register(Modality)
class ModalityAdmin(admin.ModelAdmin):
    list_display = ["name", "abbreviation", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name", "abbreviation"]
    prepopulated_fields = {"slug": ["name"]}
    filter_horizontal = ["concerns"]


@admin.register(SessionType)
class SessionTypeAdmin(admin.ModelAdmin):
    list_display = [
        "name",
        "format",
        "duration_minutes",
        "for_new_clients",
        "is_active",
    ]
    list_filter = ["format", "is_active"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(PracticePolicy)
class PracticePolicyAdmin(admin.ModelAdmin):
    """There is one; it can be made once and changed."""

    list_display = ["name", "minimum_notice_hours", "booking_horizon_days"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        is_missing = not PracticePolicy.objects.exists()
        return is_missing and super().has_add_permission(request)

    def has_delete_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False


@admin.register(PolicyOverride)
class PolicyOverrideAdmin(admin.ModelAdmin):
    list_display = ["id", "therapist", "session_type"]
    list_select_related = ["therapist", "session_type"]


class ReminderRuleInline(admin.TabularInline):
    model = ReminderRule
    extra = 1


@admin.register(ReminderPlan)
class ReminderPlanAdmin(admin.ModelAdmin):
    list_display = ["id", "session_type", "client", "notices_by"]
    list_select_related = ["session_type", "client"]
    raw_id_fields = ["client"]
    inlines = [ReminderRuleInline]


@admin.register(Therapist)
class TherapistAdmin(admin.ModelAdmin):
    """Also where a therapist gets the account that they sign in with."""

    list_display = ["display_name", "license_type", "accepts_new_clients", "is_active"]
    list_filter = ["is_active", "license_type", "offices"]
    search_fields = ["display_name"]
    raw_id_fields = ["user", "supervisor"]
    filter_horizontal = ["modalities", "concerns", "session_types", "offices"]

    def has_delete_permission(
        self, request: HttpRequest, obj: object | None = None
    ) -> bool:
        return False


@admin.register(AvailabilityRule)
class AvailabilityRuleAdmin(LookingOnly):
    list_display = ["therapist", "office", "weekday", "start_minute", "end_minute"]
    list_filter = ["weekday", "office"]
    list_select_related = ["therapist", "office"]


@admin.register(AvailabilityOverride)
class AvailabilityOverrideAdmin(LookingOnly):
    list_display = ["therapist", "office", "date", "start_minute", "end_minute"]
    list_filter = ["office"]
    list_select_related = ["therapist", "office"]
    date_hierarchy = "date"


@admin.register(TimeOff)
class TimeOffAdmin(LookingOnly):
    list_display = ["therapist", "starts_at", "ends_at"]
    list_select_related = ["therapist"]
    date_hierarchy = "starts_at"


@admin.register(Appointment)
class AppointmentAdmin(LookingOnly):
    list_display = ["id", "therapist", "office", "starts_at", "status", "version"]
    list_filter = ["status", "mode", "office"]
    list_select_related = ["therapist", "office"]
    date_hierarchy = "starts_at"


@admin.register(AppointmentSeries)
class AppointmentSeriesAdmin(LookingOnly):
    list_display = ["id", "therapist", "office", "weekday", "every_weeks"]
    list_filter = ["weekday", "mode", "office"]
    list_select_related = ["therapist", "office"]


@admin.register(Attendance)
class AttendanceAdmin(LookingOnly):
    list_display = ["id", "appointment", "client", "starts_at", "status", "fee"]
    list_filter = ["status", "fee"]
    list_select_related = ["appointment", "client"]
    date_hierarchy = "starts_at"


@admin.register(Message)
class MessageAdmin(LookingOnly):
    list_display = [
        "id",
        "appointment",
        "kind",
        "channel",
        "due_at",
        "state",
        "attempts",
    ]
    list_filter = ["state", "kind", "channel"]
    list_select_related = ["appointment"]
    date_hierarchy = "due_at"


@admin.register(MatchWeights)
class MatchWeightsAdmin(LookingOnly):
    list_display = ["version", "note", "created_at", "created_by"]
    list_select_related = ["created_by"]


@admin.register(Match)
class MatchAdmin(LookingOnly):
    list_display = ["id", "intake", "weights", "created_at"]
    list_select_related = ["weights"]
    raw_id_fields = ["intake"]
    date_hierarchy = "created_at"


@admin.register(WaitlistEntry)
class WaitlistEntryAdmin(LookingOnly):
    list_display = ["created_at", "client_id", "session_type", "state", "until"]
    list_filter = ["state"]
    list_select_related = ["session_type"]
    date_hierarchy = "created_at"


@admin.register(WaitlistOffer)
class WaitlistOfferAdmin(LookingOnly):
    list_display = ["offered_at", "entry_id", "appointment_id", "state", "because"]
    list_filter = ["state", "because"]
    date_hierarchy = "offered_at"
