"""Whether a call really comes from the provider of text messages."""

import hmac
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from django.conf import settings

_USUAL_PORTS = {"http": 80, "https": 443}


def is_twilios(signature: str, path: str, form: Mapping[str, Sequence[str]]) -> bool:
    """Whether Twilio signed a call of our `path`, with its query, and this `form`.

    It signs the address it was given, which is ours from outside whatever proxies have
    made of it, with or without the port. Nothing is Twilio's where there is no account.
    """
    secret = settings.TWILIO_AUTH_TOKEN
    if not (settings.PUBLIC_URL and secret and signature.isascii()):
        return False
    said = "".join(
        name + value for name in sorted(form) for value in sorted(set(form[name]))
    )
    made = [
        b64encode(hmac.digest(secret.encode(), (url + path + said).encode(), "sha1"))
        for url in _ways_to_write(settings.PUBLIC_URL)
    ]
    return any(
        [hmac.compare_digest(each.decode(), signature) for each in made]  # noqa: C419  all of them
    )


def _ways_to_write(public_url: str) -> Iterator[str]:
    parts = urlsplit(public_url)
    without_port = f"{parts.scheme}://{parts.hostname}"
    yield without_port
    yield f"{without_port}:{parts.port or _USUAL_PORTS[parts.scheme]}"
