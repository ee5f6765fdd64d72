"""Who may do what is decided by role; a role is membership of a Django group."""

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import TextChoices


class Role(TextChoices):
    FRONT_DESK = "front_desk", "Front desk"
    THERAPIST = "therapist", "Therapist"
    MANAGER = "manager", "Manager"


def roles_of(user: User | AnonymousUser) -> frozenset[Role]:
    """The roles of `user`, asked of the database once per user object.

    A superuser is a manager; someone inactive or not signed in has no role.
    """
    known: frozenset[Role] | None = getattr(user, "_roles", None)
    if known is None:
        known = _read_roles(user)
        user._roles = known  # type: ignore[union-attr]  # noqa: SLF001  kept on the object
    return known


def has_role(user: User | AnonymousUser, *roles: Role) -> bool:
    """Whether `user` has one of `roles`. A manager may do all the front desk may."""
    mine = roles_of(user)
    if Role.MANAGER in mine and Role.FRONT_DESK in roles:
        return True
    return not mine.isdisjoint(roles)


def operator() -> AnonymousUser:
    """Whoever runs the server: without an account, and may do what a manager may."""
    user = AnonymousUser()
    user._roles = frozenset({Role.MANAGER})  # type: ignore[attr-defined]  # noqa: SLF001  as above
    return user


def _read_roles(user: User | AnonymousUser) -> frozenset[Role]:
    if not (user.is_authenticated and user.is_active):
        return frozenset()
    names = set(user.groups.values_list("name", flat=True))
    if user.is_superuser:
        names.add(Role.MANAGER)
    return frozenset(role for role in Role if role in names)
