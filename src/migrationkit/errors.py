"""What the kit says when something is wrong: sentences for people, never a traceback."""


class KitError(Exception):
    """A problem told in one or two sentences: what is wrong, where, and what to do.

    In a notebook only the sentences are shown, because Jupyter asks an exception how it
    wants to be drawn.

    >>> KitError("There is no table 'x'. Tables: countries.")._render_traceback_()
    ["There is no table 'x'. Tables: countries."]
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
