"""Setting up: the pins agree, the Binder recipe holds, and every failure is told in words."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import tomllib
import urllib.request
from pathlib import Path

import pytest
import yaml

import migrationkit
from migrationkit import doctor, lab

CHECKOUT = Path(__file__).resolve().parents[1]
ROOMS = {
    "README.md", "environment.yml", "lessons", "exercises", "data", "tests", "src",
    "INSTRUCTORS.md", "CONTRIBUTING.md", "CHANGELOG.md", "CITATION.cff", "LICENSE",
    "LICENSE-CONTENT.md", "Makefile", "pyproject.toml", "requirements.lock", "postBuild", ".ci",
    ".gitignore", ".gitattributes", ".pre-commit-config.yaml",
}  # fmt: skip


def tracked() -> list[Path]:
    """The files of the repository; before a first commit, and without git, those it would hold."""
    for options in ([], ["--others", "--exclude-standard"]):
        command = ["git", "ls-files", "-z", "--cached", *options]
        listed = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True)
        files = [CHECKOUT / name for name in listed.stdout.split("\0") if name]
        if files:
            return [path for path in files if path.is_file()]
    everything = (path for room in ROOMS for path in (CHECKOUT / room).rglob("*"))
    return [path for path in everything if path.is_file() and "__pycache__" not in path.parts]


def project() -> dict:
    return tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def environment() -> dict:
    return yaml.safe_load((CHECKOUT / "environment.yml").read_text(encoding="utf-8"))


# ---- Pins ----------------------------------------------------------------------------------------


def test_conda_and_pip_install_the_same_versions():
    *conda, pip = environment()["dependencies"]
    assert conda == ["python=3.11", "pip"]
    assert pip["pip"] == project()["dependencies"]


def test_every_dependency_is_pinned_and_the_lock_holds_it():
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    wanted = project()["dependencies"] + project()["optional-dependencies"]["test"]
    for pin in wanted:
        assert re.fullmatch(r"[a-z0-9-]+==[0-9][0-9a-z.]*", pin), pin
        assert re.search(rf"^{re.escape(pin)}\s*(;.*)?$", lock, re.M), f"{pin} is not in the lock"


def test_the_lock_holds_versions_only():
    lines = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    for line in lines:
        code = line.partition("#")[0].strip()
        assert not code or re.match(r"[a-z0-9-]+==\S+( ; .*)?$", code), line


def test_the_release_has_one_number():
    citation = yaml.safe_load((CHECKOUT / "CITATION.cff").read_text(encoding="utf-8"))
    changes = (CHECKOUT / "CHANGELOG.md").read_text(encoding="utf-8")
    release = project()["version"]
    assert migrationkit.__version__ == citation["version"] == release
    assert re.search(rf"^## {re.escape(release)}\b", changes, re.M)


# ---- What the repository holds -------------------------------------------------------------------


def test_the_top_level_is_the_plan_of_the_house():
    assert {path.relative_to(CHECKOUT).parts[0] for path in tracked()} <= ROOMS


def test_no_file_is_large():
    large = {path.name: path.stat().st_size for path in tracked()}
    assert not {name: size for name, size in large.items() if size > 1_600_000}
    images = [path for path in tracked() if path.parent == CHECKOUT / "lessons" / "images"]
    assert len(images) <= 12
    assert not [path.name for path in images if path.stat().st_size > 150_000]


def test_no_file_names_a_path_of_one_computer_or_a_registry():
    anywhere = [r"(?<![\w.~/])/(work|root|opt|srv)/"]
    anywhere += [r"pypi[.]org", r"pythonhosted[.]org", r"registry[.]npmjs", r"conda[.]anaconda"]
    outside_tests = [r"(?<![\w.~/])/(tmp|home|Users)/"]
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a packed table
        patterns = anywhere + ([] if "tests" in path.parts else outside_tests)
        found += [
            f"{path.relative_to(CHECKOUT)}: {match[0]}"
            for pattern in patterns
            if (match := re.search(pattern, text))
        ]
    assert not found


def test_commands_can_be_run():
    for name in ("postBuild", ".ci/run"):
        assert os.access(CHECKOUT / name, os.X_OK), name
        subprocess.run(["bash", "-n", CHECKOUT / name], check=True)


def test_pre_commit_fetches_nothing():
    hooks = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {entry["repo"] for entry in hooks["repos"]} == {"local"}


# ---- Binder --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def recipe(tmp_path_factory) -> str:
    """The Dockerfile that Binder would build from the files of the repository."""
    export = tmp_path_factory.mktemp("binder")
    for path in tracked():
        target = export / path.relative_to(CHECKOUT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, target)
    command = [sys.executable, "-m", "repo2docker", "--no-build", "--debug"]
    command += ["--user-id", "1000", "--user-name", "jovyan", "."]
    run = subprocess.run(command, cwd=export, capture_output=True, text=True, timeout=120)
    assert run.returncode == 0, run.stderr[-2000:]
    return run.stdout + run.stderr


def test_binder_takes_the_environment_before_the_course(recipe):
    """A changed lesson must not make Binder solve and install the environment again."""
    environment_layer = recipe.index("COPY --chown=1000:1000 src/environment.yml")
    installed = recipe.index('env update -p ${NB_PYTHON_PREFIX} --file "environment.yml"')
    everything = recipe.index("COPY --chown=1000:1000 src/ ${REPO_DIR}/")
    assert environment_layer < installed < everything < recipe.index("RUN ./postBuild")


def test_binder_uses_the_python_of_the_suite(recipe):
    assert "Building conda environment for python=3.11" in recipe


def test_the_binder_environment_does_not_name_the_course():
    assert "-e" not in (CHECKOUT / "environment.yml").read_text(encoding="utf-8").split()


def test_news_is_switched_off_beside_other_settings(tmp_path):
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True)
    notification = "@jupyterlab/apputils-extension:notification"
    path.write_text(json.dumps({"other": {"kept": 1}, notification: {"checkForUpdates": True}}))
    lab.no_news(tmp_path)
    lab.no_news(tmp_path)
    assert json.loads(path.read_text()) == {
        "other": {"kept": 1},
        notification: {"checkForUpdates": True, "fetchNews": "false"},
    }


def test_news_settings_that_are_not_json_are_left_alone(tmp_path):
    path = tmp_path / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    path.parent.mkdir(parents=True)
    path.write_text("{ half")
    lab.no_news(tmp_path)
    assert path.read_text() == "{ half"


# ---- doctor --------------------------------------------------------------------------------------


def test_doctor_finds_this_environment_well(capsys):
    code = doctor.main()
    told = capsys.readouterr().out
    assert code == 0, told
    assert told.count("✓") == len(doctor.CHECKS)
    assert told.endswith("All is well. `make lab` opens the course.\n")


def _other_pandas(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_installed", lambda name: "1.0" if name == "pandas" else "0")


def _no_package(monkeypatch, tmp_path):
    monkeypatch.setattr(doctor, "_installed", lambda name: None)


def _no_data(monkeypatch, tmp_path):
    monkeypatch.setenv("MIGRATIONKIT_DATA", str(tmp_path))


def _no_library(monkeypatch, tmp_path):
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(tmp_path / "none.js"))


def _no_home(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.delenv("MIGRATIONKIT_RECORD", raising=False)
    monkeypatch.setenv("MIGRATIONKIT_HOME", str(tmp_path / "file"))


def _no_space(monkeypatch, tmp_path):
    usage = type("Usage", (), {"free": 5_000_000})
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)


def _no_port(monkeypatch, tmp_path):
    monkeypatch.setattr(lab, "_free", lambda port: False)


def _surprise(monkeypatch, tmp_path):
    monkeypatch.setattr(lab, "_free", lambda port: 1 / 0)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (_other_pandas, "pandas 1.0 (tested with"),
        (_no_package, "Not installed: altair, anywidget"),
        (_no_data, "datapackage.json is missing"),
        (_no_library, "Run `python -m migrationkit library`"),
        (_no_home, "cannot be written"),
        (_no_space, "Only 5 MB are free"),
        (_no_port, "No port is free"),
        (_surprise, "The port could not be looked at"),
    ],
)
def test_doctor_says_what_is_wrong_and_goes_on(harm, words, monkeypatch, tmp_path, capsys):
    harm(monkeypatch, tmp_path)
    code = doctor.main()
    told = capsys.readouterr().out
    wrong = [line for line in told.splitlines() if line.startswith("✗")]
    assert code == 1
    assert len(wrong) == 1 and words in wrong[0], told
    assert "Traceback" not in told


MISSING = """
import sys
from importlib import metadata
sys.modules["{0}"] = None  # its import fails as that of a package that is not there
version = metadata.version
def without(name):
    if name == "{0}":
        raise metadata.PackageNotFoundError(name)
    return version(name)
metadata.version = without
"""


def _without(package, folder, *arguments):
    (folder / "sitecustomize.py").write_text(MISSING.format(package))
    path = os.pathsep.join([str(folder), str(CHECKOUT / "src")])
    return subprocess.run(
        [sys.executable, *arguments], env={**os.environ, "PYTHONPATH": path},
        capture_output=True, encoding="utf-8", timeout=60,
    )  # fmt: skip


def test_doctor_runs_when_a_package_is_missing(tmp_path):
    ran = _without("anywidget", tmp_path, "-m", "migrationkit", "doctor")
    assert ran.returncode == 1 and not ran.stderr, ran.stderr
    assert f"✗ Not installed: anywidget. {doctor.INSTALL}" in ran.stdout
    assert ran.stdout.startswith("✓ Python ")
    assert "Port " in ran.stdout  # the checks after it ran too


def test_a_missing_package_is_named_in_a_sentence_elsewhere_too(tmp_path):
    words = f"The package pandas is not installed. {doctor.INSTALL}"
    command = _without("pandas", tmp_path, "-m", "migrationkit", "library")
    assert (command.returncode, command.stderr) == (1, f"{words}\n")
    notebook = _without("pandas", tmp_path, "-c", "import migrationkit")
    assert notebook.stderr.endswith(f"ImportError: {words}\n")


def test_a_missing_package_that_only_figures_need_is_named_by_setup(tmp_path):
    words = f"The package altair is not installed. {doctor.INSTALL}"
    notebook = _without("altair", tmp_path, "-c", "import migrationkit as kit; kit.setup()")
    assert notebook.returncode == 1
    assert notebook.stderr.endswith(f"KitError: {words}\n")


# ---- make lab ------------------------------------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="signals of this kind are POSIX")
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_lab_passes_over_a_taken_port_and_closes_when_asked(ending, tmp_path):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
    clean |= {"HOME": str(tmp_path), "MIGRATIONKIT_RECORD": "off"}
    clean = {name: clean[name] for name in clean if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        start = "import sys; from migrationkit import lab; sys.exit(lab.main(int(sys.argv[1])))"
        process = subprocess.Popen(
            [sys.executable, "-c", start, str(port)],
            cwd=tmp_path, env=clean, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        stopper = threading.Timer(100, process.kill)  # so that a silent launcher ends the wait
        stopper.start()
        try:
            told = [process.stdout.readline(), process.stdout.readline()]
            assert told[0].startswith(f"Port {port} is taken"), told
            ready = re.match(r"Ready: (http://localhost:(\d+)/lab/tree/lessons/00-\S+)$", told[1])
            assert ready and int(ready[2]) != port, told
            direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with direct.open(ready[1], timeout=20) as answer:
                assert answer.status == 200 and b"jupyter-config-data" in answer.read()
            process.send_signal(ending)
            rest = process.communicate(timeout=30)[0]
        finally:
            stopper.cancel()
            process.kill()
    assert process.returncode == 0, rest
    assert "JupyterLab is closed." in rest and "Traceback" not in rest
    assert lab._free(int(ready[2])), "the server is still there"


def test_lab_that_dies_is_told_in_words(monkeypatch, capsys):
    broken = "import sys; print('  File x'); print('OSError: no room'); sys.exit(3)"
    monkeypatch.setattr(lab, "command", lambda *_: [sys.executable, "-c", broken])
    assert lab.main() == 1
    told = capsys.readouterr().out
    assert "JupyterLab ended by itself (code 3). Its last lines:\n    OSError: no room\n" in told
    assert "File x" not in told


def test_lab_without_a_free_port_is_told_in_words(monkeypatch, capsys):
    monkeypatch.setattr(lab, "_free", lambda port: False)
    assert lab.main(9000) == 1
    assert capsys.readouterr().out == "No port from 9000 to 9099 is free. Close a program.\n"


# ---- make ----------------------------------------------------------------------------------------


@pytest.fixture
def clone(tmp_path) -> Path:
    """A folder with what `make lab` reads first, and `bin/`, the only place for programs."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy2(CHECKOUT / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("make", "sh", "cat", "rm", "awk", "sed", "touch", "mkdir", "tail", "echo"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name))
    return tmp_path


def make(clone: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
    kept = {"PATH": str(clone / "bin"), "HOME": str(clone)} | environment
    command = [shutil.which("make"), *arguments]
    return subprocess.run(command, cwd=clone, env=kept, capture_output=True, text=True, timeout=120)


def pretend_python(clone: Path, *, new_enough: bool) -> None:
    path = clone / "bin" / "python3"
    refusal = "import ensurepip" if new_enough else "version_info"
    path.write_text(
        '#!/bin/sh\ncase "$*" in --version) echo Python 3.9.2;; '
        f'*"{refusal}"*) exit 1;; esac\n'
    )  # fmt: skip
    path.chmod(0o755)


needs_make = pytest.mark.skipif(not shutil.which("make"), reason="this computer has no make")


def one_sentence(run: subprocess.CompletedProcess) -> str:
    """What make's recipe said; make's own closing line is not counted."""
    assert run.returncode != 0
    assert "Traceback" not in run.stderr
    (said,) = [line for line in run.stderr.splitlines() if not line.startswith("make")]
    return said


@needs_make
def test_make_without_python_says_so(clone):
    assert "needs Python 3.11 or newer; none was found" in one_sentence(make(clone, "lab"))


@needs_make
def test_make_with_an_old_python_says_so(clone):
    pretend_python(clone, new_enough=False)
    assert "3.11 or newer; here is Python 3.9.2." in one_sentence(make(clone, "test"))


@needs_make
def test_make_with_a_python_without_venv_says_so(clone):
    pretend_python(clone, new_enough=True)
    assert "python3 has no venv module: install it" in one_sentence(make(clone, "lab"))


@needs_make
def test_make_without_a_network_says_so(clone):
    nowhere = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PYTHON": sys.executable}
    run = make(clone, "lab", **nowhere)
    assert run.returncode != 0
    assert "could not be installed: is this computer online?" in run.stderr
    assert "Traceback" not in run.stderr
    assert not (clone / ".venv" / "for-lab").exists(), "a failed set-up must be tried again"


@needs_make
def test_make_sets_up_again_in_a_folder_that_was_moved(clone):
    (clone / ".venv" / "bin").mkdir(parents=True)
    (clone / ".venv" / "bin" / "python").symlink_to(sys.executable)
    for name in ("for-lab", "for-test"):
        (clone / ".venv" / name).touch()
    (clone / ".venv" / "folder").write_text(f"{clone}\n")
    assert "pip install" not in make(clone, "-n", "lab").stdout
    (clone / ".venv" / "folder").write_text("another place\n")
    assert "pip install" in make(clone, "-n", "lab").stdout


@needs_make
@pytest.mark.parametrize("exercise", ["EX=", "EX=99", "EX=one"])
def test_make_check_of_no_exercise_says_so(clone, exercise):
    assert "for example: make check EX=01" in one_sentence(make(clone, "check", exercise))


@needs_make
def test_make_alone_lists_what_it_can_do(clone):
    listed = make(clone)
    assert listed.returncode == 0
    for goal in ("lab", "test", "check", "shots", "lock"):
        assert re.search(rf"^  make {goal} ", listed.stdout, re.M), goal
