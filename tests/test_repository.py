"""Facts about the repository itself."""

import re
import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]


def test_the_two_commands_stand_in_the_readme_and_ci_runs_the_tests() -> None:
    readme = (ROOT / "README.md").read_text()
    assert "make demo" in readme
    assert "make test" in readme
    assert "make test" in (ROOT / ".ci/run").read_text()


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    parsed = tomllib.loads(text)
    named = parsed["project"]["dependencies"] + [d for group in parsed["dependency-groups"].values() for d in group]
    for dependency in named:
        assert re.search(re.escape(f'"{dependency}"') + r",? *# \S", text), dependency


def test_locks_hold_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        lines = (ROOT / name).read_text().splitlines()
        pins = [line for line in lines if re.match(r"[a-z0-9]", line)]
        assert pins
        assert all(line.rstrip("\\ ").split(";")[0].count("==") == 1 for line in pins)
        assert sum("--hash=sha256:" in line for line in lines) >= len(pins)
        assert not any("://" in line for line in lines)


def test_nothing_third_party_and_no_registry_is_tracked() -> None:
    hosts = re.compile("|".join(("py" + r"pi\.org", "python" + "hosted", r"registry\.npm" + "js", r"deb\.deb" + "ian")))
    for path in tracked():
        assert path.suffix not in {".woff2", ".woff"}, path
        assert not re.search(r"\.min\.(js|css)$", path.name), path
        if path.suffix not in {".png"}:
            assert not hosts.search(path.read_text(encoding="utf-8")), path


def test_colours_stand_in_the_tokens_only() -> None:
    folder = ROOT / "src/milepost/web/static/milepost/css"
    for path in folder.glob("*.css"):
        text = re.sub(r"@layer tokens\{.*?\n\}", "", path.read_text(), flags=re.S)
        assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", text), path.name


def test_no_class_is_defined_in_two_style_sheets() -> None:
    folder = ROOT / "src/milepost/web/static/milepost/css"
    seen: dict[str, set[str]] = {}
    for path in folder.glob("*.css"):
        for name in re.findall(r"(?:^|[{}])\s*\.([a-z][\w-]*)\{", path.read_text()):
            seen.setdefault(name, set()).add(path.name)
    assert {name: files for name, files in seen.items() if len(files) > 1} == {}


def test_own_script_is_small() -> None:
    import gzip

    script = (ROOT / "src/milepost/web/static/milepost/js/milepost.js").read_bytes()
    assert len(gzip.compress(script)) < 10_000


def test_every_icon_in_a_template_is_in_the_sprite_and_every_one_in_the_sprite_is_used() -> None:
    from milepost.web.icons import NAMES
    from milepost.web.pages.goal_words import FORM_WORDS
    from milepost.web.words import INITIATIVE_ICONS, LOOKS, REACTION_ICONS, SOURCES, STEP_ICONS

    used = {look.icon for look in LOOKS.values()} | {icon for _, icon in SOURCES.values()}
    used |= {*STEP_ICONS.values(), *INITIATIVE_ICONS.values(), *REACTION_ICONS.values()}
    used |= {icon for _, icon in FORM_WORDS.values()}
    for path in [*(ROOT / "src/milepost/web/templates").rglob("*.html"), *(ROOT / "src/milepost/web").rglob("*.py")]:
        used |= set(re.findall(r'(?:\{% icon |icons\.icon\()"([a-z-]+)"', path.read_text()))
    assert used == set(NAMES)
