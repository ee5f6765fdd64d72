"""Ways out of the house: one small interface, and which of them a channel takes."""

from collections.abc import Callable, Mapping

from django.conf import settings

from clients.models import Channel
from scheduling.gateways.console import ConsoleGateway
from scheduling.gateways.email import EmailGateway
from scheduling.gateways.file import FileGateway
from scheduling.gateways.interface import (
    Ambiguous,
    Attachment,
    Gateway,
    OptedOut,
    Outgoing,
    Receipt,
    Refused,
    Temporary,
    Undelivered,
)
from scheduling.gateways.sms import TwilioGateway

__all__ = [
    "Ambiguous",
    "Attachment",
    "Gateway",
    "OptedOut",
    "Outgoing",
    "Receipt",
    "Refused",
    "Temporary",
    "Undelivered",
    "for_channel",
]

_GATEWAYS: Mapping[str, Callable[[], Gateway]] = {
    "console": ConsoleGateway,
    "file": FileGateway,
    "email": EmailGateway,
    "twilio": TwilioGateway,
}


def for_channel(channel: str) -> Gateway:
    """The gateway that the settings name for a channel."""
    is_sms = channel == Channel.SMS
    return _GATEWAYS[settings.SMS_GATEWAY if is_sms else settings.EMAIL_GATEWAY]()
