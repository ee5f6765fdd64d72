"""Addresses below `/api/v1/`.

Clients are served by `scheduling`, which knows whose they are (decision D14).
"""

from rest_framework.routers import SimpleRouter

from clients.api.concerns import ConcernViewSet

router = SimpleRouter()
router.register("concerns", ConcernViewSet, "concern")

urlpatterns = router.urls
