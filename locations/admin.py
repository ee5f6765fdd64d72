"""The offices and what belongs to them, for looking up and for setting up."""

from django.contrib import admin

from locations.models import Closure, Office, Room, TravelTime


@admin.register(Office)
class OfficeAdmin(admin.ModelAdmin):
    list_display = ["name", "area", "street", "city", "is_active"]
    search_fields = ["name", "area", "street"]
    prepopulated_fields = {"slug": ["name"]}


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["name", "office", "capacity", "accessible", "is_active"]
    list_filter = ["office", "is_active"]
    list_select_related = ["office"]


@admin.register(Closure)
class ClosureAdmin(admin.ModelAdmin):
    list_display = ["office", "starts_at", "ends_at", "reason"]
    list_filter = ["office"]
    list_select_related = ["office"]
    date_hierarchy = "starts_at"


@admin.register(TravelTime)
class TravelTimeAdmin(admin.ModelAdmin):
    list_display = ["origin", "destination", "minutes"]
    list_select_related = ["origin", "destination"]
