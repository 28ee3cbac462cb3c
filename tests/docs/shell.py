"""As much of a shell as the pages use: variables, $(…), a pipe, `curl`, `milepost`, `date`, and nothing else.

What is not known here fails, so a page cannot show a line that nobody has run.
"""

import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import httpx
from typer.testing import CliRunner

from milepost import clock
from milepost.cli.main import app

SHOWN = "http://127.0.0.1:8811"  # the address of the pages; the server under test has another
PASSWORDS = "correct horse battery\n" * 2
RUNS_ON = {"serve"}
_INSIDE = r"""\$\((?:'[^']*'|"[^"]*"|[^()'"])*\)"""
_EXPANSION = re.compile(rf"'[^']*'|{_INSIDE}|\$(?:\?|\w+)")
_QUOTED = re.compile(rf"""'[^']*'|{_INSIDE}|"(?:{_INSIDE}|[^"])*"|\$\?""")


@dataclass(slots=True)
class Ran:
    """What a command said: on its output, on its error output, how it ended, and curl's answer."""

    out: str
    err: str = ""
    code: int = 0
    answer: httpx.Response | None = None


@dataclass(slots=True)
class Shell:
    """Runs the lines of a block against a live server."""

    server: str
    folder: Path
    token: Callable[[], str]  # makes what somebody would type where a token is asked for
    variables: dict[str, str] = field(default_factory=dict)

    def run(self, block: str) -> list[Ran]:
        """Run the lines of a block; a line that refuses must be followed by `echo $?`."""
        ran: list[Ran] = []
        lines = [line for line in _parts(block.replace("\\\n", " "), "\n") if line and not line.startswith("#")]
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            one = self.line(line)
            assert one.code == 0 or after == "echo $?", f"{line}\nended with {one.code}: {one.out}{one.err}"
            self.variables["?"] = str(one.code)
            ran.append(one)
        return ran

    def line(self, text: str) -> Ran:
        odd = re.findall(r"[&?*<>;(){}\[\]~`]", _QUOTED.sub("", text))
        assert not odd, f"A shell would read {odd[0]} in a way of its own: {text}"
        given = ""
        one = Ran("")
        for part in _parts(text, " | "):
            one = self._command(self._words(part), given)
            given = one.out
        return one

    def _words(self, text: str) -> list[str]:
        values: list[str] = []

        def keep(found: re.Match[str]) -> str:
            what = found[0]
            if what.startswith("'"):
                return what
            values.append(self.line(what[2:-1]).out.strip() if what[1] == "(" else self.variables[what[1:]])
            return chr(0xE000 + len(values) - 1)

        words = shlex.split(_EXPANSION.sub(keep, text))
        return [re.sub("[\ue000-\uefff]", lambda m: values[ord(m[0]) - 0xE000], word) for word in words]

    def _command(self, words: list[str], given: str) -> Ran:
        name, *rest = words
        known: dict[str, Callable[[list[str], str], Ran]] = {
            "curl": self._curl, "milepost": self._milepost, "export": self._export, "python3": self._python,
            "date": self._date,
            "echo": lambda said, _: Ran(" ".join(said) + "\n"),
            "cat": lambda names, _: Ran((self.folder / names[0]).read_text()),
        }  # fmt: skip
        assert name in known, f"Nobody here knows how to run {name}."
        return known[name](rest, given)

    def _export(self, words: list[str], given: str) -> Ran:
        for word in words:
            name, _, value = word.partition("=")
            self.variables[name] = value
        return Ran("")

    def _date(self, words: list[str], given: str) -> Ran:
        """Say a day as the server counts them, whose clock is pinned."""
        days = {("+%F",): 0, ("-d", "yesterday", "+%F"): 1}
        return Ran(f"{clock.now().date() - timedelta(days=days[tuple(words)])}\n")

    def _python(self, words: list[str], given: str) -> Ran:
        assert words[0] == "-c"
        done = subprocess.run(
            [sys.executable, "-c", words[1]], input=given, capture_output=True, text=True, check=False, timeout=60
        )
        return Ran(done.stdout, done.stderr, done.returncode)

    def _curl(self, words: list[str], given: str) -> Ran:
        method, url, body, with_head = "", "", None, False
        headers: dict[str, str] = {}
        save = None
        left = iter(words)
        for word in left:
            match word:
                case "-H":
                    name, _, value = next(left).partition(": ")
                    headers[name] = value
                case "-X":
                    method = next(left)
                case "--json":
                    body = next(left)
                    headers |= {"Content-Type": "application/json", "Accept": "application/json"}
                case "-i":
                    with_head = True
                case "--etag-save":
                    save = self.folder / next(left)
                case "--etag-compare":
                    headers["If-None-Match"] = (self.folder / next(left)).read_text()
                case _:
                    assert not word.startswith("-"), f"curl {word} is not known here."
                    assert not url, f"curl has two addresses: {url} {word}"
                    url = word
        answer = httpx.request(
            method or ("GET" if body is None else "POST"), url.replace(SHOWN, self.server), headers=headers,
            content=body.encode() if body is not None else None, timeout=30,
        )  # fmt: skip
        if save is not None:
            save.write_text(answer.headers["ETag"])
        head = f"HTTP/1.1 {answer.status_code} {answer.reason_phrase}\n" if with_head else ""
        head += "".join(f"{name}: {value}\n" for name, value in answer.headers.items()) + "\n" if with_head else ""
        return Ran(head + answer.text, answer=answer)

    def _milepost(self, words: list[str], given: str) -> Ran:
        if words[0] in RUNS_ON:
            return self._until_interrupted(words)
        words = [word.replace(SHOWN, self.server) for word in words]
        asked = f"{self.token()}\n" if words[0] == "login" else PASSWORDS
        named = {name: value for name, value in self.variables.items() if name.startswith("MILEPOST_")}
        named = {name: value.replace(SHOWN, self.server) for name, value in named.items()}
        result = CliRunner().invoke(app, words, input=asked, env=named, prog_name="milepost")
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        out, err = (text.replace(self.server, SHOWN) for text in (result.stdout, result.stderr))
        return Ran(out, err, result.exit_code)

    def _until_interrupted(self, words: list[str]) -> Ran:
        """Run a command that goes on for ever in a home of its own until it has said its first line."""
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        home = self.folder / "home"
        environ = {**os.environ, "MILEPOST_HOME": str(home), "MILEPOST_PORT": str(port), "PYTHONUNBUFFERED": "1"}
        for name in ("DATABASE_URL", "MILEPOST_NOW"):
            environ.pop(name, None)
        command = [str(Path(sys.executable).parent / "milepost"), *words]
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            try:
                said = process.stdout.readline()
                process.send_signal(signal.SIGINT)
                process.wait(60)
            finally:
                process.kill()  # waiting for it would otherwise never end
        return Ran(said.replace(f"http://127.0.0.1:{port}", SHOWN))


def _parts(text: str, between: str) -> list[str]:
    """Split where the text is not quoted."""
    masked = _QUOTED.sub(lambda found: "_" * len(found[0]), text)
    parts, at = [], 0
    for piece in masked.split(between):
        parts.append(text[at : at + len(piece)])
        at += len(piece) + len(between)
    return parts
