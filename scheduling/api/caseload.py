"""Clients, as far as their caller's work goes: the front desk's are all of them, a
therapist's are those who have, or had, an appointment with them.

The resource is the one of `clients.api.clients`; whose client someone is, only this app
knows.
"""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet

from clients.api.clients import ClientViewSet
from clients.models import Client
from config.api.permissions import IsFrontDesk, IsTherapist, ReadOnly
from config.roles import Role, has_role
from scheduling.models import AppointmentStatus, Attendance

# A slot that was only kept for someone makes nobody anyone's client.
NEVER_BOOKED = (AppointmentStatus.HELD, AppointmentStatus.RELEASED)


def clients_visible_to(user: User | AnonymousUser) -> QuerySet[Client]:
    """Whom `user` may know of: all, their own clients, or nobody."""
    if has_role(user, Role.FRONT_DESK):
        return Client.objects.all()
    if not has_role(user, Role.THERAPIST):
        return Client.objects.none()
    own = Attendance.objects.filter(appointment__therapist__user=user.pk).exclude(
        appointment__status__in=NEVER_BOOKED
    )
    return Client.objects.filter(pk__in=own.values("client"))


class CaseloadViewSet(ClientViewSet):
    permission_classes = [IsFrontDesk | (IsTherapist & ReadOnly)]

    def visible(self) -> QuerySet[Client]:
        return clients_visible_to(self.request.user)
