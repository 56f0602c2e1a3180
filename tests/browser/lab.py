"""Real JupyterLab on a copy of the course, and Chromium that can reach nothing but localhost.

The server runs on a temporary copy of the checkout, package included, so that a test never
changes the work tree: `migrationkit.data.checkout()` is the copy there. JupyterLab keeps its
default windowing, in which cells out of sight are not drawn; so the helpers ask the notebook's
model, and not the page, whether a cell has run.

Run as a command, this file makes sure that there is a Chromium (`make test` does).
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import nbformat
from playwright.sync_api import Browser, Locator, Page, Playwright, sync_playwright

CHECKOUT = Path(__file__).resolve().parents[2]
COURSE = ("lessons", "exercises", "data")  # what a test may change; put back after each
SECOND = 1000  # Playwright counts in milliseconds
ROOT = hasattr(os, "geteuid") and os.geteuid() == 0

# ---- Chromium ------------------------------------------------------------------------------------

FLAGS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost, EXCLUDE 127.0.0.1",
    *(["--no-sandbox"] if ROOT else []),
]
NO_CHROMIUM = (
    "The browser tests need Chromium and it could not be installed: "
    "install chromium or google-chrome, or set CHROMIUM to its path."
)


def find_chromium(driver: Playwright) -> str | None:
    """Path of the browser to use: CHROMIUM, an installed one, Playwright's own; None without."""
    if named := os.environ.get("CHROMIUM"):
        return shutil.which(named)
    installed = map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))
    own = driver.chromium.executable_path
    return next(filter(None, installed), own if Path(own).exists() else None)


def install_chromium() -> None:
    """Install a Chromium: by apt-get as root, else Playwright's. It may not succeed."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}

    def worked(*command: str) -> bool:
        print("Installing Chromium:", *command, flush=True)
        return subprocess.run(command, env=environment).returncode == 0

    if ROOT and shutil.which("apt-get"):
        install = ("apt-get", "install", "-q", "-y", "--no-install-recommends")
        if worked("apt-get", "update", "-q") and worked(*install, "chromium", "fonts-liberation"):
            return
    worked(sys.executable, "-m", "playwright", "install", "chromium")


@contextlib.contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser. Raises RuntimeError, in one sentence, when there is none."""
    with sync_playwright() as driver:
        path = find_chromium(driver)
        if path is None:
            raise RuntimeError(NO_CHROMIUM)
        browser = driver.chromium.launch(executable_path=path, args=FLAGS, headless=True)
        yield browser
        browser.close()


def main() -> int:
    """Find or install a Chromium and try it; 0 when it draws a page, else 1 and a sentence."""
    with sync_playwright() as driver:
        found = find_chromium(driver)
    if not found and not os.environ.get("CHROMIUM"):
        install_chromium()
    try:
        with chromium() as browser:
            browser.new_page().set_content("<p>It draws.</p>")
            print(f"Browser: Chromium {browser.version}")
    except RuntimeError as problem:
        print(problem, file=sys.stderr)
        return 1
    except Exception as problem:
        first = str(problem).strip().splitlines()[0]
        print(f"Chromium is installed but does not start: {first}", file=sys.stderr)
        return 1
    return 0


# ---- JupyterLab ----------------------------------------------------------------------------------


@dataclass
class Lab:
    """A running JupyterLab: its address, and the folders that it works in."""

    address: str  # http://localhost:PORT
    token: str
    folder: Path  # the copy of the course
    home: Path  # the learner's record, MIGRATIONKIT_HOME
    settings: Path  # what JupyterLab remembers, such as the theme

    def page_address(self, path: str) -> str:
        """Where a notebook opens, in a workspace of its own so that no tab is restored."""
        workspace = secrets.token_hex(6)
        return f"{self.address}/lab/workspaces/{workspace}/tree/{quote(path)}?token={self.token}"

    def api(self, path: str, method: str = "GET"):
        """One call of the server's own interface, as JSON; None when it answers with nothing."""
        request = urllib.request.Request(
            f"{self.address}/api/{path}",
            method=method,
            headers={"Authorization": f"token {self.token}"},
        )
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(request, timeout=30) as answer:
            content = answer.read()
        return json.loads(content) if content else None

    def write(self, path: str, cells: Iterable[str]) -> str:
        """Make a notebook in the copy: a cell that begins with "#: " is Markdown. Its path."""
        notebook = nbformat.v4.new_notebook(
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        )
        for source in cells:
            prose = source.startswith("#: ")
            new = nbformat.v4.new_markdown_cell if prose else nbformat.v4.new_code_cell
            notebook.cells.append(new(source.removeprefix("#: ")))
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        nbformat.write(notebook, target)
        return path

    def read(self, path: str) -> nbformat.NotebookNode:
        """A notebook of the copy, as it was last saved."""
        return nbformat.read(self.folder / path, as_version=4)

    def reset(self) -> None:
        """End all kernels, put the course back as it was, forget the record and the theme."""
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", "DELETE")
        for name in COURSE:
            shutil.rmtree(self.folder / name, ignore_errors=True)
            _copy(name, self.folder)
        for folder in (self.home, self.settings):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        _settings(self.settings)


@contextlib.contextmanager
def serve(**environment: str) -> Iterator[Lab]:
    """JupyterLab on a fresh copy of the course; extra environment variables for its kernels."""
    with tempfile.TemporaryDirectory(prefix="kit-lab-", ignore_cleanup_errors=True) as temporary:
        base = Path(temporary).resolve()
        names = ("course", "home", "settings", "config", "jupyter", "runtime", "ipython", "spaces")
        folders = {name: base / name for name in names}
        for folder in folders.values():
            folder.mkdir()
        for name in (*COURSE, "src"):
            _copy(name, folders["course"])
        _settings(folders["settings"])
        lab = Lab(
            f"http://localhost:{_free_port()}",
            secrets.token_hex(16),
            folders["course"],
            folders["home"],
            folders["settings"],
        )
        log = base / "log.txt"
        with log.open("w", encoding="utf-8") as output:
            server = subprocess.Popen(
                _command(lab),
                cwd=lab.folder,
                env=_environment(lab, folders) | environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
            try:
                _wait(lab, server, log)
                yield lab
            finally:
                server.terminate()
                try:
                    server.wait(15)
                except subprocess.TimeoutExpired:
                    server.kill()
                    server.wait()


def _command(lab: Lab) -> list[str]:
    return [
        *(sys.executable, "-m", "jupyterlab", "--no-browser"),
        *(["--allow-root"] if ROOT else []),
        f"--ServerApp.root_dir={lab.folder}",
        f"--ServerApp.port={lab.address.rpartition(':')[2]}",
        "--ServerApp.port_retries=0",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.expose_app_in_browser=True",  # window.jupyterapp, which the helpers ask
    ]


def _environment(lab: Lab, folders: dict[str, Path]) -> dict[str, str]:
    """This computer's environment without its Jupyter settings, record or way to the network."""
    dropped = ("MIGRATIONKIT_", "JUPYTER", "JPY_", "IPYTHON", "PYTEST_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    nowhere = dict.fromkeys(
        ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"), "http://127.0.0.1:9"
    )
    return kept | nowhere | {
        "no_proxy": "localhost,127.0.0.1,::1",
        "NO_PROXY": "localhost,127.0.0.1,::1",
        "JUPYTER_TOKEN": lab.token,
        "JUPYTER_PREFER_ENV_PATH": "1",
        "JUPYTER_CONFIG_DIR": str(folders["config"]),
        "JUPYTER_DATA_DIR": str(folders["jupyter"]),
        "JUPYTER_RUNTIME_DIR": str(folders["runtime"]),
        "JUPYTERLAB_SETTINGS_DIR": str(lab.settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(folders["spaces"]),
        "IPYTHONDIR": str(folders["ipython"]),
        "MIGRATIONKIT_HOME": str(lab.home),
        "MIGRATIONKIT_LIBRARY": str(_library()),
        "PYTHONPATH": str(lab.folder / "src"),
    }  # fmt: skip


def _library() -> Path:
    """The drawing library of the real checkout, so that not every copy builds its own."""
    from migrationkit import vega

    return vega.build_library()


def _settings(folder: Path) -> None:
    """No autosave (a test decides when) and no question about news; all else is the default."""
    settings = {
        "docmanager-extension/plugin": {"autosave": False},
        "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    }
    for name, content in settings.items():
        path = folder / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")


def _copy(name: str, target: Path) -> None:
    if (CHECKOUT / name).is_dir():
        unwanted = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(CHECKOUT / name, target / name, ignore=unwanted, dirs_exist_ok=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait(lab: Lab, server: subprocess.Popen, log: Path) -> None:
    deadline = time.monotonic() + 90
    while time.monotonic() < deadline and server.poll() is None:
        try:
            lab.api("status")
            return
        except OSError:
            time.sleep(0.1)
    last = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])
    raise RuntimeError(f"JupyterLab did not start. Its last lines:\n{last}")


# ---- A page: what may happen on it ---------------------------------------------------------------


def watch(page: Page, lab: Lab) -> list[str]:
    """A list that fills with whatever must not happen on this page."""
    problems: list[str] = []
    ours = (lab.address + "/", lab.address.replace("http", "ws", 1) + "/", "data:", "blob:")

    def asked(address: str) -> None:
        if not address.startswith(ours):
            problems.append(f"asked for {address[:200]}")

    page.on("request", lambda request: asked(request.url))
    page.on("websocket", lambda socket: asked(socket.url))
    page.on("pageerror", lambda error: problems.append(f"page error: {str(error)[:500]}"))
    page.on("crash", lambda _: problems.append("the page crashed"))
    page.on("console", lambda line: _console(line, problems))
    return problems


# JupyterLab's own words when a notebook is opened or loaded again and a widget is not put back.
EXPECTED = ("widget model not found",)


def _console(line, problems: list[str]) -> None:
    if line.type == "error" and not any(words in line.text for words in EXPECTED):
        problems.append(f"console: {line.text[:500]}")


# ---- A notebook on a page ------------------------------------------------------------------------

# In each script below, `panel` is the notebook in front and `wait` lets the page go on meanwhile.
_HEAD = """
const panel = window.jupyterapp.shell.currentWidget;
const wait = (ms) => new Promise((next) => setTimeout(next, ms));
const kernel = () => panel.sessionContext.session?.kernel;
const idle = async () => {
  for (let calm = 0; calm < 3; calm = kernel()?.status === "idle" ? calm + 1 : 0) await wait(60);
};
const cells = () => Array.from({ length: panel.content.model.cells.length },
  (_, i) => panel.content.model.cells.get(i));
"""


def script(page: Page, body: str, argument=None, seconds: float = 120):
    """Run JavaScript on the notebook in front (`panel`, `cells()`, `kernel()`, `await idle()`).

    Returns what it returns; raises TimeoutError when it takes longer than `seconds`.
    """
    late = "@late@"
    result = page.evaluate(
        "([argument, limit]) => Promise.race(["
        f"(async () => {{ {_HEAD} {body} }})(), "
        f"new Promise((next) => setTimeout(() => next('{late}'), limit))])",
        [argument, seconds * SECOND],
    )
    if result == late:
        raise TimeoutError(f"The page was not done after {seconds:g} seconds: {body.strip()[:80]}")
    return result


def open_notebook(page: Page, lab: Lab, path: str) -> None:
    """Open a notebook of the course and wait until its kernel is ready."""
    page.goto(lab.page_address(path))
    _ready(page, path)


def reload(page: Page) -> None:
    """Load the page again, as the browser's button does; the kernel lives on."""
    path = script(page, "return panel.context.path;")
    page.reload()
    _ready(page, path)


def _ready(page: Page, path: str) -> None:
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60 * SECOND)
    page.wait_for_function(
        "path => window.jupyterapp?.shell.currentWidget?.context?.path === path", arg=path
    )
    script(page, "await panel.context.ready; await panel.sessionContext.ready; await idle();")


def run_all(page: Page, seconds: float = 120, errors: bool = False) -> None:
    """Run ▸ Run All Cells; every cell with code must have run, without error unless `errors`."""
    script(
        page,
        'await window.jupyterapp.commands.execute("notebook:run-all-cells"); await idle();',
        seconds=seconds,
    )
    ran = [cell for cell in cells(page) if cell["type"] == "code" and cell["source"].strip()]
    raised = [
        f"{output['ename']}: {output['evalue']} in {cell['source'][:80]!r}"
        for cell in ran
        for output in cell["outputs"]
        if output["output_type"] == "error"
    ]
    if errors:
        return
    assert not raised, raised
    counts = [cell["count"] for cell in ran]
    assert None not in counts and counts == sorted(set(counts)), f"not all cells ran: {counts}"


def run_cell(page: Page, index: int, seconds: float = 60) -> None:
    """Run one cell, by its index among all cells."""
    body = """
    panel.content.deselectAll(); panel.content.activeCellIndex = argument;
    await window.jupyterapp.commands.execute("notebook:run-cell"); await idle();
    """
    script(page, body, index, seconds)


def cells(page: Page) -> list[dict]:
    """All cells in the model: type, source, count (None: not run) and outputs (as in the file)."""
    return script(
        page,
        """
        return cells().map((cell) => ({
          type: cell.type, source: cell.sharedModel.getSource(), count: cell.executionCount ?? null,
          tags: cell.getMetadata("tags") ?? [], outputs: cell.outputs?.toJSON() ?? [],
        }));
        """,
    )


def find_cell(page: Page, words: str) -> int:
    """Index of the first cell whose source holds these words."""
    for index, cell in enumerate(cells(page)):
        if words in cell["source"]:
            return index
    raise AssertionError(f"no cell holds {words!r}")


def set_source(page: Page, index: int, source: str) -> None:
    """Write a cell's source, as a learner who types over it."""
    body = "cells()[argument[0]].sharedModel.setSource(argument[1]);"
    script(page, body, [index, source])


def scroll_to_cell(page: Page, index: int) -> Locator:
    """Bring a cell into view (JupyterLab draws only what is in sight) and return it."""
    body = """
    const notebook = panel.content;
    notebook.activeCellIndex = argument;
    await notebook.scrollToItem(argument, "start", 0);
    const cell = notebook.widgets[argument];
    while (!cell.node.isConnected || !cell.inViewport) await wait(30);
    cell.node.scrollIntoView({ block: "start" });
    """
    script(page, body, index, 30)
    return page.locator(f'.jp-Notebook .jp-Cell[data-windowed-list-index="{index}"]')


def restart_kernel(page: Page) -> None:
    """Kernel ▸ Restart Kernel, without its question."""
    script(page, "await panel.sessionContext.restartKernel(); await idle();", seconds=60)


def save(page: Page) -> None:
    """File ▸ Save Notebook."""
    script(page, "await panel.context.save();", seconds=60)


def close_and_reopen(page: Page, lab: Lab) -> None:
    """Save, end the kernel, close the tab; then open the notebook again in a fresh page."""
    path = script(
        page,
        """
        const path = panel.context.path;
        await panel.context.save();
        await panel.sessionContext.shutdown();
        panel.dispose();
        return path;
        """,
        seconds=60,
    )
    open_notebook(page, lab, path)


def set_theme(page: Page, theme: str) -> None:
    """Settings ▸ Theme: "light" or "dark"."""
    name = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}[theme]
    body = 'await window.jupyterapp.commands.execute("apputils:change-theme", { theme: argument });'
    script(page, body, name, 30)
    light = str(theme == "light").lower()
    page.wait_for_selector(f'body[data-jp-theme-light="{light}"]', state="attached")


def hide_sidebar(page: Page) -> None:
    """View ▸ Left Sidebar off, so that a narrow window is all notebook."""
    script(page, "window.jupyterapp.shell.collapseLeft();", seconds=30)


if __name__ == "__main__":
    sys.exit(main())
