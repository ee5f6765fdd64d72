"""The words of messages, in each language that the practice writes.

Weekdays and months are our own: a process' locale says nothing about a client.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.models import MessageKind

RETRACTION = "retraction"  # the correction of a message that crossed a cancellation

# News that somebody can answer, and so confirm.
ANSWERABLE = (MessageKind.BOOKED, MessageKind.REMINDER, MessageKind.MOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. Names in braces are filled in."""

    label: str  # of the sender, unless the practice has chosen one
    subjects: Mapping[str, str]
    news: Mapping[str, str]
    series_news: Mapping[str, str]
    weekly: str
    every_weeks: str
    dates: str
    weekdays: str  # from Monday on
    months: str
    day_of_month: str
    halves: tuple[str, str]
    at_street: str
    at_office: str
    by_video: str
    call: str
    confirm: str
    answer: str
    call_back: str
    take: str
    take_short: str
    take_by_phone: str
    stop: str
    stop_mail: str
    stop_mail_without_number: str

    def day(self, day: date) -> str:
        return self.day_of_month.format(
            day=day.day, month=self.months.split()[day.month - 1]
        )

    def moment(self, local: datetime) -> str:
        """Weekday, date and time on the wall."""
        weekday = self.weekdays.split()[local.weekday()]
        time = time_on_the_wall(local, self.halves)
        return f"{weekday} {self.day(local.date())}, {time}"

    def deadline(self, local: datetime) -> str:
        """Weekday and time on the wall, of something that is near."""
        weekday = self.weekdays.split()[local.weekday()]
        return f"{weekday} {time_on_the_wall(local, self.halves)}"

    def often(self, weeks: int) -> str:
        return self.weekly if weeks == 1 else self.every_weeks.format(weeks=weeks)


ENGLISH = Words(
    label="Your appointment",
    subjects={
        MessageKind.BOOKED: "booked",
        MessageKind.REMINDER: "reminder",
        MessageKind.MOVED: "changed",
        MessageKind.CANCELLED: "cancelled",
        MessageKind.CORRECTION: "correction",
        MessageKind.OFFER: "a time is free",
        RETRACTION: "correction",
    },
    news={
        MessageKind.BOOKED: "booked for {when}",
        MessageKind.REMINDER: "reminder of {when}",
        MessageKind.MOVED: "changed to {when}",
        MessageKind.CANCELLED: "cancelled: {when}",
        MessageKind.CORRECTION: "correction, now {when}",
        MessageKind.OFFER: "opening {when}",
        RETRACTION: "correction, cancelled: {when}",
    },
    series_news={
        MessageKind.BOOKED: "booked {often} from {when}",
        MessageKind.REMINDER: "reminder of {when}",
        MessageKind.MOVED: "changed to {often} from {when}",
        MessageKind.CANCELLED: "cancelled: {often} from {when}",
        MessageKind.CORRECTION: "correction, now {often} from {when}",
        MessageKind.OFFER: "opening {when}",
        RETRACTION: "correction, cancelled: {often} from {when}",
    },
    weekly="weekly",
    every_weeks="every {weeks} weeks",
    dates="On {days}.",
    weekdays="Mon Tue Wed Thu Fri Sat Sun",
    months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    day_of_month="{month} {day}",
    halves=("AM", "PM"),
    at_street="at {street}",
    at_office="at our office",
    by_video="by video",
    call="Questions? Call {number}.",
    confirm="Reply C to confirm.",
    answer="To confirm, ask for a call, or cancel in time: {link}",
    call_back="To ask for a call: {link}",
    take="Answer by {until}: {link}",
    take_short="By {until}: {link}",
    take_by_phone="Answer by {until}",
    stop="Reply STOP to opt out.",
    stop_mail="To stop these e-mails, call {number}.",
    stop_mail_without_number="To stop these e-mails, tell the front desk.",
)

SPANISH = Words(
    label="Aviso",
    subjects={
        MessageKind.BOOKED: "cita reservada",
        MessageKind.REMINDER: "recordatorio",
        MessageKind.MOVED: "cita cambiada",
        MessageKind.CANCELLED: "cita cancelada",
        MessageKind.CORRECTION: "corrección",
        MessageKind.OFFER: "hay una hora libre",
        RETRACTION: "corrección",
    },
    news={
        MessageKind.BOOKED: "cita reservada para el {when}",
        MessageKind.REMINDER: "recordatorio de cita: {when}",
        MessageKind.MOVED: "cita cambiada al {when}",
        MessageKind.CANCELLED: "cita cancelada: {when}",
        MessageKind.CORRECTION: "corrección, ahora el {when}",
        MessageKind.OFFER: "hora libre: {when}",
        RETRACTION: "corrección, cancelada: {when}",
    },
    series_news={
        MessageKind.BOOKED: "citas reservadas {often} desde el {when}",
        MessageKind.REMINDER: "recordatorio de cita: {when}",
        MessageKind.MOVED: "citas cambiadas: {often} desde el {when}",
        MessageKind.CANCELLED: "citas canceladas: {often} desde el {when}",
        MessageKind.CORRECTION: "corrección, ahora {often} desde el {when}",
        MessageKind.OFFER: "hora libre: {when}",
        RETRACTION: "corrección, canceladas: {often} desde el {when}",
    },
    weekly="cada semana",
    every_weeks="cada {weeks} semanas",
    dates="Fechas: {days}.",
    weekdays="lun mar mié jue vie sáb dom",
    months="ene feb mar abr may jun jul ago sep oct nov dic",
    day_of_month="{day} {month}",
    halves=("a. m.", "p. m."),
    at_street="en {street}",
    at_office="en nuestra oficina",
    by_video="por video",
    call="¿Dudas? Llame al {number}.",
    confirm="Responda C para confirmar.",
    answer="Para confirmar, pedir una llamada o cancelar a tiempo: {link}",
    call_back="Para pedir una llamada: {link}",
    take="Responda hasta {until}: {link}",
    take_short="Hasta {until}: {link}",
    take_by_phone="Responda hasta {until}",
    stop="Responda STOP para salir.",
    stop_mail="Para no recibir más correos, llame al {number}.",
    stop_mail_without_number="Para no recibir más correos, avise en recepción.",
)

LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH}


def time_on_the_wall(local: datetime, halves: tuple[str, str]) -> str:
    """With the zone's letters if that time comes twice on that day."""
    hour, half = (local.hour + 11) % 12 + 1, halves[local.hour // 12]
    text = f"{hour}:{local.minute:02} {half}"
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return text
    return f"{text} {local.tzname()}"


def words_of(language: str) -> Words:
    """English is for whoever speaks neither."""
    return LANGUAGES.get(language, ENGLISH)
