"""What an answer page says, in English and in Spanish."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scheduling.texts import time_on_the_wall


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One language. What a name in braces stands for is filled in."""

    language: str
    weekdays: str  # from Monday on
    months: str
    date: str
    halves: tuple[str, str]
    title: str
    when: str
    where: str
    off: str
    confirmed: str
    confirm: str
    call: str
    call_asked_for: str
    calendar: str
    cancel: str
    cancel_until: str
    cancel_now: str
    too_late: str
    changed: str
    over: str
    questions: str
    offer: str
    offered_until: str
    accept: str
    decline: str
    offer_over: str

    def moment(self, local: datetime) -> str:
        """Weekday, date and time on the wall."""
        date = self.date.format(
            weekday=self.weekdays.split()[local.weekday()],
            day=local.day,
            month=self.months.split()[local.month - 1],
            year=local.year,
        )
        return f"{date}, {time_on_the_wall(local, self.halves)}"


ENGLISH = Words(
    language="en",
    weekdays="Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
    months=(
        "January February March April May June July August September October "
        "November December"
    ),
    date="{weekday}, {month} {day}, {year}",
    halves=("AM", "PM"),
    title="Your appointment",
    when="When",
    where="Where",
    off="This appointment is cancelled.",
    confirmed="You have confirmed. Thank you.",
    confirm="Confirm: I will be there",
    call="Please call me",
    call_asked_for="We will call you.",
    calendar="Add to my calendar",
    cancel="Cancel this appointment",
    cancel_until="You can cancel here until {deadline}.",
    cancel_now="Yes, cancel it",
    too_late="It is too late to cancel here. To cancel, please call.",
    changed="The appointment has changed meanwhile. Please look at it again.",
    over="This page is no longer of use: its appointment has begun, or is over.",
    questions="Questions? Call {number}.",
    offer="A time is free",
    offered_until="It is kept for you until {deadline}.",
    accept="Yes, book this time for me",
    decline="No, thank you",
    offer_over="This time is not kept for you any more. You keep your place in line.",
)
SPANISH = Words(
    language="es",
    weekdays="lunes martes miércoles jueves viernes sábado domingo",
    months=(
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre "
        "noviembre diciembre"
    ),
    date="{weekday}, {day} de {month} de {year}",
    halves=("a. m.", "p. m."),
    title="Su cita",
    when="Cuándo",
    where="Dónde",
    off="Esta cita está cancelada.",
    confirmed="Usted ha confirmado. Gracias.",
    confirm="Confirmar: allí estaré",
    call="Llámenme, por favor",
    call_asked_for="Le llamaremos.",
    calendar="Agregar a mi calendario",
    cancel="Cancelar esta cita",
    cancel_until="Puede cancelar aquí hasta: {deadline}.",
    cancel_now="Sí, cancelarla",
    too_late="Ya es tarde para cancelar aquí. Para cancelar, por favor llame.",
    changed="La cita ha cambiado mientras tanto. Por favor, mírela de nuevo.",
    over="Esta página ya no sirve: su cita ha empezado o ya pasó.",
    questions="¿Preguntas? Llame al {number}.",
    offer="Hay una hora libre",
    offered_until="Se la guardamos hasta: {deadline}.",
    accept="Sí, resérvenme esta hora",
    decline="No, gracias",
    offer_over="Ya no le guardamos esta hora. Usted conserva su lugar en la lista.",
)
LANGUAGES: Mapping[str, Words] = {"en": ENGLISH, "es": SPANISH}


def words_of(language: str) -> Words:
    """English is for whoever speaks neither."""
    return LANGUAGES.get(language, ENGLISH)
