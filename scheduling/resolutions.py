"""Resolutions: what somebody decided about a message that is stuck.

A message that failed, or whose fate is unknown, waits on the work list until it is sent
again or somebody says that it need not be.
"""

from datetime import datetime

from django.contrib.auth.models import User
from django.db import transaction

from config.errors import Conflict
from scheduling.models import STUCK, Decision, Message, MessageResolution


class NotStuck(Conflict):
    """The message is in a state that leaves nothing to decide."""

    code = "invalid_transition"
    message = "Only a message that failed, or whose fate is unknown, can be resolved."


@transaction.atomic
def resolve(
    message: Message,
    *,
    decision: Decision,
    note: str = "",
    by: User | None,
    now: datetime,
) -> MessageResolution:
    """Take a stuck message off the work list, and keep who decided so, when and what.

    To decide the same again changes nothing; another decision takes the place of the
    first, which history keeps. Raises `NotStuck`.
    """
    # Whoever sends it again waits for this row, too: it is resolved or sent, not both.
    rows = Message.objects.select_for_update(no_key=True)
    if rows.get(pk=message.pk).state not in STUCK:
        raise NotStuck
    standing = MessageResolution.objects.filter(message=message).first()
    if standing is None:
        return MessageResolution.objects.create(
            message=message, decision=decision, note=note, by=by, at=now
        )
    if (standing.decision, standing.note) != (decision, note):
        standing.decision, standing.note = decision, note
        standing.by, standing.at = by, now
        standing.save(update_fields=["decision", "note", "by", "at"])
    return standing
