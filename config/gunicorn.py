"""How gunicorn serves the practice; `GUNICORN_CMD_ARGS` has the last word."""

import os

from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

worker_class = "gthread"
workers = 2
threads = 4
control_socket_disable = True  # it would be shared by every gunicorn of this user
logconfig_dict = settings.LOGGING
