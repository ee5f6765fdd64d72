"""Clients, for looking up: whoever changes them goes through intake.

As in the API, whoever is shown is noted in the access log.
"""

from typing import Any
from uuid import UUID

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest

from clients import access
from clients.models import (
    AccessLog,
    Client,
    ContactConsent,
    Guardian,
    OptOut,
    PresentingConcern,
)
from config.roles import Role, has_role


class LookUp:
    """For those with `role` to look at, and for nobody to change."""

    role = Role.FRONT_DESK

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return has_role(request.user, self.role)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class NotedLookUp(LookUp, admin.ModelAdmin):
    """Rows about clients; to see them is to have looked at the clients' records."""

    def client_of(self, row: Any) -> UUID:  # Any: a row of whichever model
        raise NotImplementedError

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        page = super().get_changelist_instance(request)
        shown = dict.fromkeys(self.client_of(row) for row in page.result_list)
        access.note(request.user, "admin list", shown)
        return page

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:  # Any: a row of whichever model
        row = super().get_object(request, object_id, from_field)
        if row is not None:
            access.note(request.user, "admin", [self.client_of(row)])
        return row


class GuardianInline(LookUp, admin.TabularInline):
    model = Guardian


class ContactConsentInline(LookUp, admin.TabularInline):
    model = ContactConsent
    ordering = ["-at", "-pk"]


@admin.register(Client)
class ClientAdmin(NotedLookUp):
    list_display = ["display_name", "born_on", "phone", "email"]
    search_fields = ["first_name", "last_name", "preferred_name", "email", "phone"]
    ordering = ["last_name", "first_name", "pk"]
    inlines = [GuardianInline, ContactConsentInline]

    def client_of(self, row: Client) -> UUID:
        return row.pk


class HistoryAdmin(NotedLookUp):
    """What a client's rows were after each change, who changed them, and when."""

    role = Role.MANAGER
    list_display = ["pgh_created_at", "pgh_label", "pgh_obj_id", "pgh_context"]
    list_select_related = ["pgh_context"]
    search_fields = ["=pgh_obj_id"]
    ordering = ["-pgh_id"]

    def client_of(self, row: Any) -> UUID:  # Any: pghistory makes these models
        client: UUID = getattr(row, "client_id", None) or row.pgh_obj_id
        return client


for name in ("ClientEvent", "GuardianEvent", "ContactConsentEvent"):
    admin.site.register(apps.get_model("clients", name), HistoryAdmin)


@admin.register(OptOut)
class OptOutAdmin(LookUp, admin.ModelAdmin):
    list_display = ["at", "phone", "status", "source"]
    list_filter = ["status"]
    ordering = ["-at", "-pk"]
    search_fields = ["phone"]


@admin.register(AccessLog)
class AccessLogAdmin(LookUp, admin.ModelAdmin):
    role = Role.MANAGER
    list_display = ["at", "user", "action", "request_id"]
    list_filter = ["action"]
    list_select_related = ["user"]
    search_fields = ["=request_id", "user__username"]
    ordering = ["-at", "-pk"]


@admin.register(PresentingConcern)
class PresentingConcernAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "is_active"]
    search_fields = ["name"]
    ordering = ["name", "pk"]
    prepopulated_fields = {"slug": ["name"]}
