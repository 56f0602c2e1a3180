"""Starts JupyterLab at the first page of the course and stays until it is stopped.

Nothing is registered on the computer: the server runs from this environment and this checkout.
When something fails, one sentence says what, with the last lines that JupyterLab wrote.
"""

from __future__ import annotations

import collections
import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from .data import checkout

FIRST_PORT = 8888
PORTS_TO_TRY = 100
SECONDS_TO_START = 90
START = "lessons/00-start-here.ipynb"


class _Stop(Exception):
    """Somebody pressed Ctrl-C, closed the terminal, or asked this process to end."""


def main(port: int | None = None) -> int:
    """Run JupyterLab in the foreground; 0 when it was stopped, 1 when it could not run.

    ``port`` is the first port to try (8888 when None). A taken one is passed over, in words.
    """
    if importlib.util.find_spec("jupyterlab") is None:
        print(f"JupyterLab is not installed for {sys.executable}. `make lab` installs it.")
        return 1
    wanted = port or FIRST_PORT
    chosen = next_free_port(wanted)
    if chosen is None:
        print(f"No port from {wanted} to {wanted + PORTS_TO_TRY - 1} is free. Close a program.")
        return 1
    if _own_environment():
        no_news()
    if chosen != wanted:
        print(f"Port {wanted} is taken by another program; this course uses {chosen}.", flush=True)
    with _stop_signals():
        return _serve(chosen)


def next_free_port(first: int) -> int | None:
    """The first free port of this computer from ``first`` on, or None.

    >>> next_free_port(20000) >= 20000
    True
    """
    last = min(first + PORTS_TO_TRY, 65536)
    return next((port for port in range(first, last) if _free(port)), None)


def _free(port: int) -> bool:
    """Whether a server can listen there, on both forms of the address that the computer has."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            probe = socket.socket(family)
        except OSError:
            continue  # a computer without this form
        with probe:
            if os.name == "posix":  # a port that was closed a moment ago counts as free
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, port))
            except OSError as problem:
                if family == socket.AF_INET6 and not _in_use(problem):
                    continue  # the address itself does not exist here
                return False
    return True


def _in_use(problem: OSError) -> bool:
    import errno

    return problem.errno in (errno.EADDRINUSE, errno.EACCES)


# ---- News ----------------------------------------------------------------------------------------


def no_news(prefix: Path | str = sys.prefix) -> None:
    """Switch JupyterLab's question about news off in one environment; other settings stay.

    The page asks whatever the server was told, so a flag is not enough. Postbuild on Binder calls
    this too. An environment that cannot be written is left as it is.
    """
    path = Path(prefix, "share", "jupyter", "lab", "settings", "overrides.json")
    try:
        settings = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        ours = settings.setdefault("@jupyterlab/apputils-extension:notification", {})
        if {"fetchNews", "checkForUpdates"} <= ours.keys():
            return
        ours.setdefault("fetchNews", "false")
        ours.setdefault("checkForUpdates", False)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    except (OSError, ValueError, AttributeError):
        return  # the question is a nuisance, not a reason to stop


def _own_environment() -> bool:
    """Whether this Python serves one project: a venv or a conda environment."""
    return sys.prefix != sys.base_prefix or Path(sys.prefix, "conda-meta").is_dir()


# ---- The server ----------------------------------------------------------------------------------


def command(port: int, display: bool, root: bool) -> list[str]:
    """The command that starts JupyterLab; the token travels in the environment.

    >>> "--no-browser" in command(8888, display=False, root=False)
    True
    """
    flags = [
        f"--ServerApp.root_dir={checkout()}",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
        f"--LabApp.default_url={_first_page()}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    flags += [] if display else ["--no-browser"]
    flags += ["--allow-root"] if root else []
    return [sys.executable, "-m", "jupyterlab", *flags]


def has_display(environ=os.environ, platform: str = sys.platform) -> bool:
    """Whether a browser window can open here.

    >>> has_display({}, "linux"), has_display({"DISPLAY": ":0"}, "linux"), has_display({}, "darwin")
    (False, True, True)
    """
    if platform.startswith(("win", "darwin", "cygwin")):
        return "SSH_CONNECTION" not in environ
    return any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))


def _first_page() -> str:
    return f"/lab/tree/{START}" if (checkout() / START).exists() else "/lab"


def _serve(port: int) -> int:
    token = os.environ.get("JUPYTER_TOKEN") or secrets.token_hex(24)
    root = hasattr(os, "geteuid") and os.geteuid() == 0
    # JUPYTER_PREFER_ENV_PATH: the kernel is this environment's, whatever else is installed.
    environment = {**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_PREFER_ENV_PATH": "1"}
    server = subprocess.Popen(
        command(port, has_display(), root),
        cwd=checkout(),
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # Ctrl-C comes to this process only, which then ends the server without a question.
        start_new_session=os.name == "posix",
    )
    log: collections.deque[str] = collections.deque(maxlen=200)
    reader = threading.Thread(target=log.extend, args=(server.stdout,), daemon=True)
    reader.start()
    try:
        if not _answers(server, port, token):
            return _died(server, reader, log, f"did not answer within {SECONDS_TO_START} seconds")
        print(f"Ready: http://localhost:{port}{_first_page()}?token={token}")
        print("Stop with Ctrl-C. What you saved is kept.", flush=True)
        server.wait()
        return _died(server, reader, log, "ended by itself") if server.returncode else 0
    except (_Stop, KeyboardInterrupt):
        print("\nJupyterLab is closed.", flush=True)
        return 0
    finally:
        _end(server)


def _answers(server: subprocess.Popen, port: int, token: str) -> bool:
    """Wait until the server answers; False when it ended or the time is over."""
    request = urllib.request.Request(
        f"http://localhost:{port}/api/status", headers={"Authorization": f"token {token}"}
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < deadline and server.poll() is None:
        try:
            with direct.open(request, timeout=2) as answer:
                return answer.status == 200
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    return False


def _died(server, reader, log, what: str) -> int:
    if server.poll() is not None:
        what = f"ended by itself (code {server.returncode})"
    _end(server)
    reader.join(2)
    print(f"JupyterLab {what}. Its last lines:", *_tail(log), sep="\n    ", flush=True)
    print("`python -m migrationkit doctor` looks for the cause.")
    return 1


def _tail(log, lines: int = 6) -> list[str]:
    """The last lines that are about something; frames of a traceback are not."""
    told = [line.rstrip() for line in log if line.strip() and not line.startswith(("  ", "Trace"))]
    return told[-lines:] or ["(it wrote nothing)"]


def _end(server: subprocess.Popen) -> None:
    """End the server and its kernels; by force when it does not end within ten seconds."""
    if server.poll() is not None:
        return
    server.terminate()
    try:
        server.wait(10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


class _stop_signals:
    """Within this block, a request to end raises ``_Stop``; further requests are ignored."""

    names = ("SIGINT", "SIGTERM", "SIGHUP")

    def __enter__(self):
        numbers = [getattr(signal, name) for name in self.names if hasattr(signal, name)]
        self.before = {number: signal.signal(number, self._stop) for number in numbers}

    def _stop(self, *_):
        for number in self.before:
            signal.signal(number, signal.SIG_IGN)
        raise _Stop

    def __exit__(self, *_):
        for number, handler in self.before.items():
            signal.signal(number, handler)
