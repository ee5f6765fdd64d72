"""E-mail, by whichever backend Django is set up with."""

import smtplib
import socket
from contextlib import suppress
from email import encoders
from email.mime.base import MIMEBase
from email.utils import formataddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from scheduling.gateways.deadlines import hanging_up_after
from scheduling.gateways.interface import (
    Ambiguous,
    Attachment,
    Outgoing,
    Receipt,
    Refused,
    Temporary,
    Undelivered,
)

_PERMANENT = 500  # SMTP replies from here on are final
LONGEST_SECONDS = 25  # of a whole conversation, well under a message's lease


class EmailGateway:
    """Mail servers neither know a repeated message nor can be asked for one.

    A connection that breaks while a message is handed over leaves it in doubt; one that
    cannot be made leaves it unsent.
    """

    deduplicates = False
    can_look_up = False

    def send(self, outgoing: Outgoing) -> Receipt:
        connection: BaseEmailBackend = get_connection()
        try:
            connection.open()
        except OSError as error:  # SMTPException among them
            raise Temporary("mail_server_unreachable") from error
        try:
            with hanging_up_after(LONGEST_SECONDS, _line(connection)):
                connection.send_messages([_mail(outgoing)])
        except OSError as error:
            raise _undelivered(error) from error
        except ValueError as error:  # an address, or a header, that cannot be spelled
            raise Refused("mail_malformed") from error
        finally:
            with suppress(OSError):
                connection.close()
        return Receipt(str(outgoing.provider_key))

    def look_up(self, outgoing: Outgoing) -> None:
        return None


def _line(connection: BaseEmailBackend) -> socket.socket | None:
    """The socket of a connection, if there is one to a server."""
    return getattr(getattr(connection, "connection", None), "sock", None)


def _mail(outgoing: Outgoing) -> EmailMessage:
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    return EmailMessage(
        outgoing.subject,
        outgoing.body,
        formataddr((outgoing.sender, settings.DEFAULT_FROM_EMAIL)),
        [outgoing.to],
        headers={
            "Message-ID": f"<{outgoing.provider_key}@{domain}>",
            "Auto-Submitted": "auto-generated",
        },
        attachments=[_part(each) for each in outgoing.attachments],
    )


def _part(attachment: Attachment) -> MIMEBase:
    """In base64, since mail servers change the ends of lines."""
    main, _, rest = attachment.content_type.partition("/")
    part = MIMEBase(main, rest)
    part.set_payload(attachment.content)
    encoders.encode_base64(part)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    return part


def _undelivered(error: OSError) -> Undelivered:
    """What the server's answer means; without one, nobody knows."""
    match error:
        case smtplib.SMTPRecipientsRefused():
            replies = [code for code, _ in error.recipients.values()]
        case smtplib.SMTPResponseException():
            replies = [error.smtp_code]
        case smtplib.SMTPNotSupportedError():
            return Refused("mail_not_supported")
        case _:
            return Ambiguous("mail_connection_lost")
    code = f"smtp_{max(replies)}"
    return Refused(code) if max(replies) >= _PERMANENT else Temporary(code)
