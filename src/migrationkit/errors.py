"""What the kit says when something is wrong: sentences for people, never a traceback."""

INSTALL = "Run `make lab`, or `pip install -c requirements.lock -e .` in this environment."


def not_installed(problem: ModuleNotFoundError) -> str:
    """Which package an import did not find, and what to do.

    >>> not_installed(ModuleNotFoundError(name="altair"))[:36]
    'The package altair is not installed.'
    """
    return f"The package {problem.name} is not installed. {INSTALL}"


class KitError(Exception):
    """A problem told in one or two sentences: what is wrong, where, and what to do.

    In a notebook only the sentences are shown, because Jupyter asks an exception how it
    wants to be drawn.

    >>> KitError("There is no table 'x'. Tables: countries.")._render_traceback_()
    ["There is no table 'x'. Tables: countries."]
    """

    def _render_traceback_(self) -> list[str]:
        return [str(self)]
