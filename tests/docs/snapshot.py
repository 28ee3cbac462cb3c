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
    from tests.docs import guidance

    template = guidance.PAGE.parents[1] / "tests/docs/guidance.template.md"
    guidance.PAGE.write_text(
        template.read_text(encoding="utf-8").replace("TABLE\n", guidance.table() + "\n"), encoding="utf-8"
    )
