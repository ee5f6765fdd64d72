"""Addresses below `/api/v1/`."""

from rest_framework.routers import SimpleRouter

from locations.api.closures import ClosureViewSet
from locations.api.offices import OfficeViewSet
from locations.api.rooms import RoomViewSet
from locations.api.travel_times import TravelTimeViewSet

router = SimpleRouter()
router.register("offices", OfficeViewSet, "office")
router.register("rooms", RoomViewSet, "room")
router.register("closures", ClosureViewSet, "closure")
router.register("travel-times", TravelTimeViewSet, "travel-time")

urlpatterns = router.urls
