from django.apps import AppConfig


class BoardConfig(AppConfig):
    """No tables: the app is there for its templates and static files."""

    name = "scheduling.board"
    label = "board"
