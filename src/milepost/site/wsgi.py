"""The WSGI application."""

import os
import threading
from multiprocessing import connection, parent_process

from django.core.wsgi import get_wsgi_application


def _end_with(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)  # nobody is left to stop this process; what it was writing is rolled back


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "milepost.site.settings")
application = get_wsgi_application()
# Under `milepost serve` this is a process of its own. Were it to outlive the one that was started (killed for
# want of memory, say), it would hold the port: the next server could not start, and nobody would run jobs.
if (started_by := parent_process()) is not None:
    threading.Thread(target=_end_with, args=[started_by.sentinel], name="milepost-parent", daemon=True).start()
