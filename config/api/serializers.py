"""Serializers that refuse what they do not know.

A field that does not exist or cannot be set is an error of the caller, not something to
leave out: whoever misspells `ends_at` must not get an appointment without one.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError as InvalidRow
from django.db import models
from phonenumber_field.modelfields import PhoneNumberField
from rest_framework import serializers
from rest_framework.exceptions import ErrorDetail
from rest_framework.validators import UniqueValidator

from config.api import fields

NO_OBJECT: dict[str, Any] = {  # Any: as the base
    "invalid": "Give a JSON object.",
}
MOST_NAMES = 20  # of unknown fields that an answer repeats

M = TypeVar("M", bound=models.Model)


class _Strict:
    def to_internal_value(self, data: Any) -> Any:  # Any: whatever the caller sent
        refused = self._refused(data) if isinstance(data, Mapping) else {}
        try:
            value = super().to_internal_value(data)  # type: ignore[misc]  # a mixin
        except serializers.ValidationError as invalid:
            if not isinstance(invalid.detail, dict):
                raise
            errors = {**refused, **invalid.detail}
            raise serializers.ValidationError(errors) from None
        if refused:
            raise serializers.ValidationError(refused)
        return value

    def _refused(self, data: Mapping[str, Any]) -> dict[str, list[ErrorDetail]]:
        known: Mapping[str, Any] = self.fields  # type: ignore[attr-defined]  # a mixin
        settable = {name for name, field in known.items() if not field.read_only}
        unknown = f"There is no such field. Known here: {', '.join(sorted(settable))}."
        return {
            name[:100]: [
                ErrorDetail("This field cannot be set.", code="read_only")
                if name in known
                else ErrorDetail(unknown, code="unknown")
            ]
            for name in sorted(data.keys() - settable)[:MOST_NAMES]
        }


class StrictSerializer(_Strict, serializers.Serializer[Any]):  # Any: of any instance
    """Shapes and checks a request, or an answer that is not one model's row."""

    default_error_messages = NO_OBJECT


class StrictModelSerializer(_Strict, serializers.ModelSerializer[M]):
    """One model's row. The model's check constraints are tried before it is saved.

    `constraint_errors` names, by constraint, the field to blame and what to say.
    Uniqueness is left to the database, which answers 409: a question asked before the
    write proves nothing.
    """

    default_error_messages = NO_OBJECT
    constraint_errors: ClassVar[Mapping[str, tuple[str, str]]] = {}

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: fields.CharField,
        models.TextField: fields.CharField,
        models.SlugField: fields.SlugField,
        models.EmailField: fields.EmailField,
        models.BooleanField: fields.BooleanField,
        models.IntegerField: fields.IntegerField,
        models.PositiveIntegerField: fields.IntegerField,
        models.PositiveSmallIntegerField: fields.IntegerField,
        models.SmallIntegerField: fields.IntegerField,
        models.DateField: fields.LocalDateField,
        models.DateTimeField: fields.InstantField,
        models.UUIDField: fields.KeyValueField,
        ArrayField: fields.ListField,
        PhoneNumberField: fields.PhoneField,
    }
    serializer_choice_field = fields.ChoiceField
    serializer_related_field = fields.KeyField

    def build_standard_field(
        self, field_name: str, model_field: "models.Field[Any, Any]"
    ) -> tuple[type[serializers.Field[Any, Any, Any, Any]], dict[str, Any]]:
        field_class, options = super().build_standard_field(field_name, model_field)
        options["validators"] = [
            validator
            for validator in options.get("validators", ())
            if not isinstance(validator, UniqueValidator)
        ]
        if not options["validators"]:
            del options["validators"]
        return field_class, options

    def get_validators(self) -> list[Any]:  # Any: as the base
        return [_check_constraints]


def _check_constraints(
    values: Mapping[str, Any], serializer: StrictModelSerializer[Any]
) -> None:
    model: type[models.Model] = serializer.Meta.model
    row = _as_if_saved(model, values, serializer.instance)
    for constraint in model._meta.constraints:  # noqa: SLF001  Django's public name
        if not isinstance(constraint, models.CheckConstraint):
            continue
        try:
            constraint.validate(model, row)
        except InvalidRow:
            name, message = serializer.constraint_errors.get(
                constraint.name, ("", "These values do not go together.")
            )
            key = name or "non_field_errors"
            raise serializers.ValidationError(
                {key: [message]}, code="invalid"
            ) from None


_check_constraints.requires_context = True  # type: ignore[attr-defined]  # DRF's marker


def _as_if_saved(
    model: type[models.Model], values: Mapping[str, Any], instance: models.Model | None
) -> models.Model:
    columns = {field.name: field.attname for field in model._meta.concrete_fields}  # noqa: SLF001
    kept = (
        {attname: getattr(instance, attname) for attname in columns.values()}
        if instance
        else {}
    )
    row = model(**kept)
    for name in values.keys() & columns.keys():
        setattr(row, name, values[name])
    return row
