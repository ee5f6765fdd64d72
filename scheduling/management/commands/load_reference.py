"""`manage.py load_reference`: offices, modalities, session types, policy and roles."""

from django.core.management.base import BaseCommand

from scheduling import reference


class Command(BaseCommand):
    help = "Adds the practice's reference data that is missing; changes none of it."

    def handle(self, *args: object, **options: object) -> None:
        added = reference.load()
        counts = ", ".join(f"{count} {what}" for what, count in added.items() if count)
        self.stdout.write(f"Added {counts}." if counts else "Nothing to add.")
