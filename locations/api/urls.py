"""Addresses below `/api/v1/`. Offices, rooms and closures are in `scheduling`'s: a
change of theirs tells which sessions it leaves uncovered."""

from rest_framework.routers import SimpleRouter

from locations.api.travel_times import TravelTimeViewSet

router = SimpleRouter()
router.register("travel-times", TravelTimeViewSet, "travel-time")

urlpatterns = router.urls
