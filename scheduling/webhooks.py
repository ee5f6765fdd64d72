"""Calls of the provider of texts: what somebody wrote back, and what became of ours.

Nothing counts without the provider's signature, and what has one counts once.
"""

import functools
import re
from collections.abc import Callable, Mapping
from uuid import UUID

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from config import transactions
from scheduling import inbound, receipts
from scheduling.gateways import signatures
from scheduling.inbound import Text
from scheduling.models import OPTED_OUT, MessageState
from scheduling.receipts import DeliveryReceipt

TWILIO = "twilio"
FORM = "application/x-www-form-urlencoded"
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

_SID = re.compile(r"[A-Za-z0-9]{1,64}", re.ASCII)
_OUTCOMES: Mapping[str, MessageState] = {
    "delivered": MessageState.DELIVERED,
    "undelivered": MessageState.FAILED,
    "failed": MessageState.FAILED,
}
# Twilio's reasons for not having delivered a text, in our words.
_CODES = {
    "21610": OPTED_OUT,
    "30001": "queue_overflow",
    "30002": "account_suspended",
    "30003": "phone_unreachable",
    "30004": "phone_blocked",
    "30005": "phone_unknown",
    "30006": "landline",
    "30007": "filtered",
    "30008": "not_delivered",
}

View = Callable[[HttpRequest], HttpResponse]


def _signed(view: View) -> Callable[..., HttpResponse]:
    """Let nothing through but forms that the provider has signed."""

    @csrf_exempt
    @require_POST
    @functools.wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if request.content_type != FORM:
            return HttpResponse(status=415)
        signature = request.headers.get("X-Twilio-Signature", "")
        form = dict(request.POST.lists())
        if not signatures.is_twilios(signature, request.get_full_path(), form):
            return HttpResponse(status=403)
        if not _SID.fullmatch(request.POST.get("MessageSid", "")):
            return HttpResponse(status=400)
        try:
            return transactions.retrying(lambda: view(request))
        except (OperationalError, InterfaceError):
            return HttpResponse(status=503, headers={"Retry-After": "1"})

    return guarded


@_signed
def twilio_sms(request: HttpRequest) -> HttpResponse:
    """A text came in. Nothing is answered: to STOP the carrier does so itself."""
    text = Text(
        provider=TWILIO,
        event_id=request.POST["MessageSid"],
        phone=request.POST.get("From", ""),
        words=request.POST.get("Body", ""),
        opt_out=request.POST.get("OptOutType", ""),
    )
    inbound.hear(text, now=timezone.now())
    return HttpResponse(NO_REPLY, content_type="text/xml; charset=utf-8")


@_signed
def twilio_status(request: HttpRequest) -> HttpResponse:
    """A receipt for a message that its own address names."""
    sid, status = request.POST["MessageSid"], request.POST.get("MessageStatus", "")
    key = _key(request.GET.get("message", ""))
    if key is not None and status in _OUTCOMES:
        outcome = _OUTCOMES[status]
        is_failure = outcome == MessageState.FAILED
        code = _code(request.POST.get("ErrorCode", "")) if is_failure else ""
        receipts.receive(
            DeliveryReceipt(
                provider=TWILIO,
                event_id=f"{sid}:{status}",
                provider_key=key,
                provider_message_id=sid,
                outcome=outcome,
                code=code,
                phone=request.POST.get("To", ""),
            )
        )
    return HttpResponse(status=204)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _code(number: str) -> str:
    usual = re.fullmatch(r"[0-9]{5}", number, re.ASCII)
    return _CODES.get(number, f"twilio_{number}" if usual else "not_delivered")
