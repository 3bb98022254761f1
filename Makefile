# Two commands matter: `make run` and `make test`. README says the rest.

PYTHON ?= python3
VENV := .venv/bin
PORT ?= 8000
export PORT

.PHONY: run setup test deep lint messages lock

run: setup
	@DEMO=1 exec $(VENV)/python manage.py serve

setup:
	@$(PYTHON) deploy/setup.py

test: .tools
	@$(VENV)/python tests/run.py

deep: .tools
	@$(VENV)/python tests/run.py --deep

lint: .tools
	@$(VENV)/python deploy/lint.py

# writes what the source says into illegal_ops/locale/ru, for a person to translate
messages: .tools
	@$(VENV)/python deploy/messages.py

# resolves the versions anew; needs uv (pip install uv)
lock:
	@$(PYTHON) deploy/lock.py

.PHONY: .tools
.tools:
	@$(PYTHON) deploy/setup.py --tests
