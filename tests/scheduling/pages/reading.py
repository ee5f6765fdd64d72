"""A message with a page, and how a browser reads it."""

from datetime import timedelta
from html.parser import HTMLParser

from scheduling import links
from scheduling.links import Purpose
from scheduling.models import Answer, Appointment
from tests.factories.clients import ClientFactory
from tests.factories.scheduling import AppointmentFactory, MessageFactory
from tests.times import THURSDAY, at

STARTS_AT = at(THURSDAY, "09:00")


def message(*clients, **values):
    """A reminder of Thursday's session at nine, for the first of its clients."""
    late = values.pop("late_cancel_at", STARTS_AT - timedelta(days=1))
    people = list(clients) or [ClientFactory.create()]
    appointment = AppointmentFactory.create(
        starts_at=STARTS_AT,
        late_cancel_at=late,
        clients=people,
        **{name: values.pop(name) for name in ("mode", "room") if name in values},
    )
    return MessageFactory.create(appointment=appointment, client=people[0], **values)


def address(row, purpose=Purpose.PAGE):
    suffix = "calendar/" if purpose == Purpose.CALENDAR else ""
    return f"/a/{links.token(row.pk, purpose)}/{suffix}"


class Forms(HTMLParser):
    """The hidden fields of each form, by its answer."""

    def __init__(self, html):
        super().__init__()
        self.forms, self.fields = {}, {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "form":
            self.fields = {}
        if tag == "input":
            self.fields[values["name"]] = values["value"]
            self.forms[self.fields["answer"]] = self.fields


def forms(browser, row):
    return Forms(browser.get(address(row)).content.decode()).forms


def send(browser, row, button, **changes):
    """Press a button that the page shows."""
    return browser.post(address(row), forms(browser, row)[button] | changes)


def everything():
    """What no look at a page may change."""
    return [
        list(Appointment.objects.order_by("pk").values()),
        list(Answer.objects.order_by("pk").values()),
    ]
