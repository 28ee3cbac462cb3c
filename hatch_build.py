"""Copies the two fonts out of their npm packages when the package is built; without npm it goes on."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONTS = (
    "@fontsource/barlow-semi-condensed/files/barlow-semi-condensed-latin-600-normal.woff2",
    "@fontsource-variable/public-sans/files/public-sans-latin-wght-normal.woff2",
)


class Fonts(BuildHookInterface[Any]):
    """Fetches what package-lock.json names and copies it beside the other static files."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - the hook's signature
        """Put the fonts into place; a missing npm costs the fonts, not the build."""
        root = Path(self.root)
        target = root / "src/milepost/web/static/milepost/fonts"
        npm = shutil.which("npm")
        if all((target / Path(font).name).exists() for font in FONTS):
            return
        if npm is None:
            self.app.display_info("npm is not here, so pages will use the system's fonts.")
            return
        done = subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=root, check=False)  # noqa: S603 - no input
        if done.returncode != 0:
            self.app.display_info("npm could not fetch the fonts, so pages will use the system's.")
            return
        target.mkdir(parents=True, exist_ok=True)
        for font in FONTS:
            shutil.copy(root / "node_modules" / font, target)
