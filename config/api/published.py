"""What anyone may read: the same for everyone, and good for a while.

A website asks for it with every visitor, a slot finder every minute. It is made once
for all of them and kept in the cache; without the cache each process keeps its own.
"""

import hashlib
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeAlias

from django.conf import settings
from django.core.cache import cache
from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.documents import DocumentView
from config.api.exceptions import Unavailable

LOOKS = 50  # at what somebody else makes, until a caller is told to come again
LOOK_AGAIN_SECONDS = 0.1
MAKING_SECONDS = 60  # after which somebody else begins, if whoever makes it was ended


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
    anew. With nothing kept, the others wait for whoever makes it, and are told to come
    again (`Unavailable`) if that takes long. An edition is kept by each process as
    well while the cache is away, so there have to be few of them: no caller may have
    a say in what one is called.
    """
    if not settings.PUBLISHED_SECONDS:
        return make().get(name)
    for _ in range(LOOKS):
        found, is_fresh = _last(edition, name)
        if is_fresh:
            return found
        with _turn(edition) as is_ours:
            if is_ours:
                made = make()
                _keep(edition, made)
                return made.get(name)
        if found is not None:
            return found
        time.sleep(LOOK_AGAIN_SECONDS)
    raise Unavailable


def forget() -> None:
    """Forget what this process keeps while the cache is away."""
    _here.clear()


# When it was made, the content packed, and the rest of a document.
_Packed: TypeAlias = tuple[float, bytes, str, str]

_here: dict[str, _Packed] = {}
_turns: dict[str, threading.Lock] = {}


def _last(edition: str, name: str) -> tuple[Document | None, bool]:
    """What was made last, if it may still be told, and whether it is fresh."""
    key, seconds = _key(edition, name), settings.PUBLISHED_SECONDS
    found: _Packed | None = cache.get(key) or _here.get(key)
    if found is None:
        return None, False
    made_at, packed, media_type, etag = found
    age = time.time() - made_at
    if not 0 <= age < 2 * seconds:
        return None, False
    return Document(zlib.decompress(packed), media_type, etag), age < seconds


@contextmanager
def _turn(edition: str) -> Iterator[bool]:
    """Whether it is the caller's turn to make an edition; nobody waits for it.

    Without the cache it is one caller's turn in each process.
    """
    turn = _turns.setdefault(edition, threading.Lock())
    if not turn.acquire(blocking=False):
        yield False
        return
    try:
        making = _key(edition, "making")
        is_ours = cache.add(making, 1, timeout=MAKING_SECONDS)
        try:
            yield is_ours
        finally:
            if is_ours:
                cache.delete(making)
    finally:
        turn.release()


def _keep(edition: str, made: Mapping[str, Document]) -> None:
    now = time.time()
    packed: dict[str, _Packed] = {
        _key(edition, name): (now, zlib.compress(each.content, 1), *each[1:])
        for name, each in made.items()
    }
    seconds = settings.PUBLISHED_SECONDS
    cache.set_many(packed, timeout=2 * seconds)
    if any(cache.get(key) is None for key in list(packed)[:1]):
        _here.update(packed)
    for key in [key for key, row in _here.items() if now - row[0] >= 2 * seconds]:
        _here.pop(key, None)


def _key(edition: str, name: str) -> str:
    return f"published:{edition}:{name}"
