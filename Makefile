# Two commands are enough: `make lab` to learn, `make test` to check the kit itself.
# Each works alone on a fresh clone; all that they install goes into .venv/ of this folder.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test check shots doctor derive normalise lock
# A path set for another Python would shadow what is installed here.
unexport PYTHONPATH PYTHONHOME

VENV := .venv
PY := $(VENV)/bin/python
NBVAL := --nbval-lax --nbval-current-env --nbval-cell-timeout=120 -p no:cacheprovider
TWO := -n 2 --dist loadfile

# An environment works in the folder where it was made. After a move it is set up again.
$(shell [ ! -d $(VENV) ] || { [ -x $(PY) ] && [ "$$(cat $(VENV)/folder 2>&1)" = "$$(pwd)" ]; } \
    || rm -f $(VENV)/for-lab $(VENV)/for-test)

help: ## this list
	@echo "Who Decides? A notebook course on global migration governance"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

lab: $(VENV)/for-lab ## set up, then open the course in JupyterLab
	@exec $(PY) -m migrationkit lab

# ---- Checks --------------------------------------------------------------------------------------

test: $(VENV)/for-test ## set up, then run the whole suite, browser tests included
	@$(PY) tests/browser/lab.py
	$(PY) -m ruff check
	$(PY) -m codespell_lib
	MIGRATIONKIT_RECORD=off $(PY) -m pytest $(NBVAL) $(TWO) lessons tests/solutions
	MIGRATIONKIT_RECORD=off $(PY) -m pytest $(TWO) tests

check: ## check your exercise: make check EX=01
	@python=$(PY); [ -x "$$python" ] || python=$$(command -v python || command -v python3); \
	number=$$(printf '%s' '$(EX)' | sed 's/^[0-9]$$/0&/'); \
	set -- exercises/ex"$$number"-*.ipynb; \
	if [ -z "$$number" ] || [ ! -f "$$1" ]; then \
	    echo "Name an exercise that exists, for example: make check EX=01" >&2; exit 1; fi; \
	exec "$$python" -m migrationkit check "$$1"

doctor: $(VENV)/for-lab ## say what works on this computer and what does not
	@$(PY) -m migrationkit doctor

# ---- For authors ---------------------------------------------------------------------------------

shots: $(VENV)/for-test ## pictures of every figure into build/shots, to look at
	@$(PY) tests/browser/lab.py
	@$(PY) tests/browser/shots.py --out build/shots

derive: $(VENV)/for-lab ## make the exercises from their solutions
	@$(PY) -m migrationkit derive

normalise: $(VENV)/for-lab ## keep in the notebooks only what nbval compares
	@$(PY) -m migrationkit normalise

lock: $(PY) ## choose the versions in requirements.lock again
	@$(PY) -m pip install --quiet "$$(grep -ow 'uv==[0-9.]*' pyproject.toml)"
	@$(PY) -m uv --system-certs pip compile --quiet --upgrade --universal --python-version 3.11 \
	    --extra test --custom-compile-command 'make lock' --output-file requirements.lock \
	    pyproject.toml >/dev/null
	@echo "requirements.lock is new. Run make test, then look at the difference."

# ---- Environment ---------------------------------------------------------------------------------

# The suite is run on Python 3.11, so 3.11 comes first when there are several.
$(PY):
	@for name in "$(PYTHON)" python3.11 python3.12 python3.13 python3 python; do \
	    command -v "$$name" >/dev/null || continue; \
	    "$$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	        || { old="$$name"; continue; }; \
	    "$$name" -c 'import ensurepip, venv' 2>/dev/null || { bare="$$name"; continue; }; \
	    "$$name" -m venv --clear $(VENV) && exit 0; \
	    echo "No environment could be made in this folder: is it writable, and is there space?" >&2; exit 1; \
	done; \
	if [ -n "$$bare" ]; then \
	    echo "$$bare has no venv module: install it (on Debian or Ubuntu: apt install python3-venv)." >&2; \
	elif [ -n "$$old" ]; then \
	    echo "This course needs Python 3.11 or newer; here is $$($$old --version 2>&1)." >&2; \
	else echo "This course needs Python 3.11 or newer; none was found." >&2; fi; exit 1

# $(call install,what pip installs,what for)
define install
	@$(PY) -c 'import pip' 2>/dev/null || { rm -rf $(VENV); $(MAKE) --no-print-directory $(PY); }
	@echo "Installing $(2) into $(VENV). This takes a minute or two, once."
	@$(PY) -m pip install --disable-pip-version-check -c requirements.lock -e $(1) > $(VENV)/install.log 2>&1 \
	    || { tail -n 3 $(VENV)/install.log >&2; \
	    echo "The packages could not be installed: is this computer online? All messages are in $(VENV)/install.log." >&2; \
	    exit 1; }
	@$(PY) -m migrationkit library
	@pwd > $(VENV)/folder
endef

$(VENV)/for-lab: pyproject.toml requirements.lock | $(PY)
	$(call install,.,the course)
	@touch $@

$(VENV)/for-test: pyproject.toml requirements.lock | $(PY)
	$(call install,'.[test]',the course and its test tools)
	@touch $(VENV)/for-lab $@
