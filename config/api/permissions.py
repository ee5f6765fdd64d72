"""Which role may do which kind of thing. Which rows they see is `visible_to`'s matter.

The classes combine with `|` and `&`: `[IsManager | (IsStaff & ReadOnly)]`. Whoever is
not signed in gets 401 where a role is missing, everyone else 403.
"""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission

from config.roles import Role, has_role

if TYPE_CHECKING:  # REST framework loads this module while it loads its own views
    from rest_framework.request import Request
    from rest_framework.views import APIView


class IsFrontDesk(BasePermission):
    """The front desk, and so the manager."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return has_role(request.user, Role.FRONT_DESK)


class IsManager(BasePermission):
    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return has_role(request.user, Role.MANAGER)


class IsTherapist(BasePermission):
    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return has_role(request.user, Role.THERAPIST)


class IsStaff(BasePermission):
    """Anyone who has a role."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return has_role(request.user, *Role)


class ReadOnly(BasePermission):
    """Anyone who only looks, signed in or not; combine it to ask for a role as well."""

    def has_permission(self, request: "Request", view: "APIView") -> bool:
        return request.method in SAFE_METHODS
