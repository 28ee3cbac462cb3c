"""Writes the description of the interface down: python -m tests.api.snapshot."""

import json
import os
import tempfile
from pathlib import Path

if __name__ == "__main__":
    os.environ["MILEPOST_HOME"] = tempfile.mkdtemp()
    os.environ["DJANGO_SETTINGS_MODULE"] = "milepost.site.settings"
    import django

    django.setup()
    from milepost.api.app import api

    text = json.dumps(api.get_openapi_schema(), indent=1, sort_keys=True, default=str)
    (Path(__file__).parent / "openapi.json").write_text(text + "\n")
