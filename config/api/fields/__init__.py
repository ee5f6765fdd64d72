"""Serializer fields that take exactly what they say: no coercion, nothing repaired.

Use these instead of REST framework's own, which accept a number for a string, dates
without an offset, and digits of any script.
"""

from config.api.fields.rows import KeyField, SlugKeyField, limits
from config.api.fields.times import (
    InstantField,
    LocalDateField,
    MomentField,
    WallTimeField,
    ZoneField,
    instant_text,
    wall_time_text,
)
from config.api.fields.values import (
    BooleanField,
    CharField,
    ChoiceField,
    EmailField,
    IntegerField,
    KeyValueField,
    ListField,
    PhoneField,
    SlugField,
)

__all__ = [
    "BooleanField",
    "CharField",
    "ChoiceField",
    "EmailField",
    "InstantField",
    "IntegerField",
    "KeyField",
    "KeyValueField",
    "ListField",
    "LocalDateField",
    "MomentField",
    "PhoneField",
    "SlugField",
    "SlugKeyField",
    "WallTimeField",
    "ZoneField",
    "instant_text",
    "limits",
    "wall_time_text",
]
