"""One JupyterLab and one Chromium for all browser tests; a fresh page and course for each.

A Chromium that is missing or does not start fails the tests: they are never skipped.
"""

from __future__ import annotations

import re

import pytest

from . import lab as tools


@pytest.fixture(scope="session")
def lab():
    """A running JupyterLab (`tools.Lab`) on a copy of the course."""
    with tools.serve() as running:
        yield running


@pytest.fixture(scope="session")
def browser():
    """Headless Chromium that reaches localhost only."""
    with tools.chromium() as running:
        yield running


@pytest.fixture
def page(lab, browser, request):
    """An empty page. The test fails on a page error and on any request that leaves the server."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000}, accept_downloads=True)
    page = context.new_page()
    problems = tools.watch(page, lab)
    yield page
    if getattr(request.node, "failed", False):
        _keep_picture(page, request.node.name)
    context.close()
    lab.reset()
    assert not problems, "\n".join(problems)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" and report.failed:
        item.failed = True
    return report


def _keep_picture(page, name: str) -> None:
    """The last sight of a failed test, in build/browser."""
    folder = tools.CHECKOUT / "build" / "browser"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{re.sub(r'[^a-z0-9_-]+', '-', name.lower())}.png")
