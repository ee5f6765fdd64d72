"""The page of an offer's link: the hour that is kept, to be taken or not.

Once it has been taken, the link leads to the page of the appointment.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from config import transactions
from config.errors import Malformed
from scheduling import links, offers, policies, texts
from scheduling.links import Forged, Purpose
from scheduling.models import Message, OfferVia, WaitlistOffer
from scheduling.offers import OfferOver
from scheduling.pages.frame import SeeOther, page
from scheduling.pages.words import Words, words_of
from scheduling.placement import RulesForbid, SlotTaken
from scheduling.texts import facts


def answer(
    request: HttpRequest, message: Message, offer: WaitlistOffer
) -> HttpResponse:
    """Show the offer, or take what a form says of it. Raises `Forged`."""
    if request.method != "POST":
        return _show(message, offer)
    act = _ACTS[_asked(request, message)]
    try:
        transactions.retrying(lambda: act(offer))
    except (OfferOver, SlotTaken, RulesForbid, Malformed):
        return _over(message, offer, status=409)
    return SeeOther(request.path)


def _asked(request: HttpRequest, message: Message) -> Purpose:
    try:
        purpose = Purpose(request.POST.get("answer", ""))
    except ValueError:
        raise Forged from None
    token = request.POST.get("token", "")
    if purpose not in _ACTS or links.read(token, purpose) != message.pk:
        raise Forged
    return purpose


def _accept(offer: WaitlistOffer) -> None:
    offers.accept(offer, via=OfferVia.LINK, now=timezone.now())


def _decline(offer: WaitlistOffer) -> None:
    offers.decline(offer, via=OfferVia.LINK, now=timezone.now())


_ACTS: Mapping[Purpose, Callable[[WaitlistOffer], None]] = {
    Purpose.ACCEPT: _accept,
    Purpose.DECLINE: _decline,
}


def _show(message: Message, offer: WaitlistOffer) -> HttpResponse:
    if not offers.is_live(offer):
        return _over(message, offer, status=410)
    held, policy = offer.appointment, policies.of_practice()
    words = words_of(message.client.language)
    said = texts.words_of(words.language)
    return page(
        "offer",
        200,
        words=words,
        standing=offer,
        tokens={str(purpose): links.token(message.pk, purpose) for purpose in _ACTS},
        label=facts.label(policy, said),
        when=words.moment(_local(held.starts_at, offer)),
        where=facts.where(held, said),
        until=words.offered_until.format(
            deadline=words.moment(_local(offer.expires_at, offer))
        ),
        questions=_questions(offer, words),
    )


def _over(message: Message, offer: WaitlistOffer, *, status: int) -> HttpResponse:
    words = words_of(message.client.language)
    return page("offer_over", status, words=words, questions=_questions(offer, words))


def _questions(offer: WaitlistOffer, words: Words) -> str:
    number = facts.number(offer.appointment, policies.of_practice())
    return words.questions.format(number=number) if number else ""


def _local(moment: datetime, offer: WaitlistOffer) -> datetime:
    return moment.astimezone(ZoneInfo(offer.appointment.timezone))
