"""The addresses by which the practice is reached from outside."""

import string
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def host_of(public_url: str, *, https: bool) -> str:
    """The host's name in `PUBLIC_URL`: scheme and host, perhaps a port, and no more.

    Raises `ImproperlyConfigured`. Links that are answered by whoever has them go over
    TLS wherever the practice does.
    """
    try:
        parts = urlsplit(public_url)
        usual = f"{parts.scheme}://{parts.hostname}"
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, usual, port = urlsplit(""), "", ""
    schemes = {"https"} if https else {"http", "https"}
    if not parts.hostname or parts.scheme not in schemes or public_url != usual + port:
        kinds = " or ".join(sorted(schemes, reverse=True))
        raise ImproperlyConfigured(
            f"PUBLIC_URL has to be {kinds}:// with a host in lower case and perhaps a "
            "port, such as https://desk.example.org, without a path or a last slash."
        )
    return parts.hostname


# What an address for booking may have in braces.
BOOKING_PARTS = ("slot", "therapist", "office", "session_type", "mode", "starts_at")


def booking_template(text: str, *, https: bool) -> str:
    """`BOOKING_URL` as it is, if every slot makes an address of it.

    Raises `ImproperlyConfigured`.
    """
    try:
        parts = urlsplit(text)
        pieces = list(string.Formatter().parse(text))
    except ValueError:
        parts, pieces = urlsplit(""), []
    schemes = {"https"} if https else {"http", "https"}
    is_plain = all(
        name is None or (name in BOOKING_PARTS and not spec and not conversion)
        for _, name, spec, conversion in pieces
    )
    if parts.scheme not in schemes or not parts.hostname or "{" in parts.netloc:
        is_plain = False
    if not is_plain:
        names = ", ".join(f"{{{name}}}" for name in BOOKING_PARTS)
        kinds = " or ".join(sorted(schemes, reverse=True))
        raise ImproperlyConfigured(
            f"BOOKING_URL has to be {kinds}:// with a host, and in its path or query "
            f"nothing in braces but {names}."
        )
    return text
