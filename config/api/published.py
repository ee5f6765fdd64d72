"""What anyone may read: the same for everyone, and good for a while.

A website asks for it with every visitor, a slot finder every minute. It is made once
for all of them and kept in the cache; without the cache it is made for each.
"""

import hashlib
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.documents import DocumentView


class Document(NamedTuple):
    """An answer. Equal documents have equal tags, and may have equal tags only."""

    content: bytes
    media_type: str
    etag: str

    @classmethod
    def of(cls, content: bytes, media_type: str) -> "Document":
        return cls(content, media_type, f'"{digest(content)}"')


class PublishedView(DocumentView):
    """Answers nobody in particular: who is signed in is not looked at, so that every
    cache on the way may keep the answer, and any page may read it."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    published = True

    def answer(self, request: Request, document: Document) -> HttpResponse:
        """`document`, or 304 to who has it."""
        response = get_conditional_response(request, etag=document.etag)
        if response is None:
            response = HttpResponse(document.content, content_type=document.media_type)
        response["ETag"] = document.etag
        response["Cache-Control"] = f"public, max-age={settings.PUBLISHED_SECONDS}"
        return response

    def finalize_response(
        self,
        request: Request,
        response: Response,
        *args: Any,
        **kwargs: Any,  # Any: of the address
    ) -> Response:
        response["Access-Control-Allow-Origin"] = "*"
        return super().finalize_response(request, response, *args, **kwargs)


def digest(*contents: bytes) -> str:
    return hashlib.sha256(b"\0".join(contents)).hexdigest()


def kept(
    edition: str, name: str, make: Callable[[], Mapping[str, Document]]
) -> Document | None:
    """The document `name` of an edition, all of whose documents `make` makes at once.

    It is at most `PUBLISHED_SECONDS` old, or twice that while somebody else makes it
    anew. Without the cache, or with nothing in it, everyone makes their own.
    """
    seconds, now = settings.PUBLISHED_SECONDS, time.time()
    found = cache.get(_key(edition, name))
    if found is not None:
        made_at, packed, *rest = found
        is_fresh = 0 <= now - made_at < seconds
        if is_fresh or not cache.add(_key(edition, "making"), 1, timeout=seconds):
            return Document(zlib.decompress(packed), *rest)
    made = make()
    cache.set_many(
        {
            _key(edition, each): (
                now,
                zlib.compress(document.content, 1),
                *document[1:],
            )
            for each, document in made.items()
        },
        timeout=2 * seconds,
    )
    cache.delete(_key(edition, "making"))
    return made.get(name)


def _key(edition: str, name: str) -> str:
    return f"published:{edition}:{name}"
