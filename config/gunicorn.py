"""How gunicorn serves the practice; `GUNICORN_CMD_ARGS` has the last word."""

import gc
import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

worker_class = "gthread"
workers = 2
threads = 4
control_socket_disable = True  # it would be shared by every gunicorn of this user
limit_request_line = 8190  # the most there is: two filters of a hundred ids each
logconfig_dict = settings.LOGGING


def post_worker_init(_worker: object) -> None:
    """Leave what was loaded at the start out of garbage collection, and collect less
    often: a search makes many small tuples, and none of them is in a cycle."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
