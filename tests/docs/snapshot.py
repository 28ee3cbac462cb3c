"""Writes docs/roles.md anew: python -m tests.docs.snapshot."""

import os
import tempfile

if __name__ == "__main__":
    os.environ["MILEPOST_HOME"] = tempfile.mkdtemp()
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.site.settings"
    import django

    django.setup()
    from tests.docs import roles

    roles.PAGE.write_text(roles.text(), encoding="utf-8")
