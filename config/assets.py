"""The static files of an image: each under a name that changes with its content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Collected(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Scripts import each other by those names too, so that no two versions mix."""

    support_js_module_import_aggregation = True
