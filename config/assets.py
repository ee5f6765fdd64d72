"""The static files of an image: each under a name that changes with its content."""

from whitenoise.storage import CompressedManifestStaticFilesStorage as Hashed

_FILES, _PATTERNS = Hashed._js_module_import_aggregation_patterns  # noqa: SLF001


class Collected(Hashed):  # type: ignore[misc]  # untyped
    """Scripts import each other by those names too, so that no two versions mix."""

    support_js_module_import_aggregation = True
    # The last pattern is `import("...")`: here that is a type in a comment, which names
    # modules that need not be loaded, and in circles.
    _js_module_import_aggregation_patterns = (_FILES, _PATTERNS[:-1])
    max_post_process_passes = 20  # as many as imports that lead from one to the next
