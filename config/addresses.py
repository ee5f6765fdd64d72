"""The address by which the practice is reached from outside."""

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
