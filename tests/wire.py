"""Everything that widgets would send to the page, kept in a list; used by the tests of figures."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator

import comm
import ipywidgets as widgets
from comm.base_comm import BaseComm

# `migrationkit.explore` itself is the function of that name.
explore = importlib.import_module("migrationkit.explore")


class Wire(list):
    """Messages (`dict`) in the order in which they were sent: kind, comm and data of each."""

    def custom(self) -> list[dict]:
        """What was sent to the panes, without the state of widgets."""
        return [
            message["data"]["content"]
            for message in self
            if message["kind"] == "comm_msg" and message["data"].get("method") == "custom"
        ]

    def text(self) -> str:
        """All of it as the page would get it."""
        return "\n".join(json.dumps(message["data"], default=str) for message in self)

    def bytes(self) -> int:
        """Size of all of it, without the envelope that Jupyter puts around each message."""
        return sum(len(json.dumps(message["data"], default=str).encode()) for message in self)


def listen(monkeypatch) -> Wire:
    """A `Wire` that hears every widget made from now on, until the end of the test."""
    sent = Wire()

    class Listening(BaseComm):
        def publish_msg(self, msg_type, data=None, metadata=None, buffers=None, **_):
            sent.append({"kind": msg_type, "comm": self.comm_id, "data": data})

    monkeypatch.setattr(comm, "create_comm", lambda **options: Listening(**options))
    monkeypatch.setattr(explore, "_library", None)  # one library widget for each test
    return sent


def small_library(monkeypatch, folder) -> None:
    """A file in the place of the drawing library: nothing is drawn in these tests."""
    path = folder / "library.js"
    path.write_text("export default { render() {} };" + " " * 100_000, encoding="utf-8")
    monkeypatch.setenv("MIGRATIONKIT_LIBRARY", str(path))


def put_on_page(figure: explore.Explorer) -> None:
    """What the page does when it draws a pane: it asks for everything."""
    message = {"method": "custom", "content": {"ask": "all"}}
    figure._pane._handle_msg({"content": {"data": message}, "buffers": []})


def inside(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """A widget and all that it holds, in reading order."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from inside(child)


def find(figure: widgets.Widget, label: str) -> widgets.Widget:
    """The control with this label."""
    return next(part for part in inside(figure) if getattr(part, "description", None) == label)


def seen(widget: widgets.Widget) -> Iterator[widgets.Widget]:
    """As `inside`, without what is hidden."""
    if widget.layout.display != "none":
        yield widget
        for child in getattr(widget, "children", ()):
            yield from seen(child)


def words(figure: widgets.Widget) -> str:
    """All text of the figure that is not hidden, drawing and live sentence aside."""
    return " ".join(part.value for part in seen(figure) if isinstance(part, widgets.HTML))
