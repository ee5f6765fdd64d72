"""What a message says: the least with which somebody can find their way.

A message can be read by whoever holds the telephone. So it never says who comes, to
whom, or what for; a label stands in for the practice's name, which would tell.
"""

from scheduling.texts.calendars import CalendarFile, calendar_file
from scheduling.texts.composing import Recurring, Text, compose
from scheduling.texts.sms import GSM_7, LONGEST_SMS, Segments, segments
from scheduling.texts.words import LANGUAGES, time_on_the_wall, words_of

__all__ = [
    "GSM_7",
    "LANGUAGES",
    "LONGEST_SMS",
    "CalendarFile",
    "Recurring",
    "Segments",
    "Text",
    "calendar_file",
    "compose",
    "segments",
    "time_on_the_wall",
    "words_of",
]
