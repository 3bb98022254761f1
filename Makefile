# Two commands matter: `make run` and `make test`. README says the rest.

PYTHON ?= python3
VENV := .venv/bin
PORT ?= 8000
export PORT

.PHONY: run setup test deep fuzz faults bench lint messages lock

run: setup
	@DEMO=1 exec $(VENV)/python manage.py serve

setup:
	@$(PYTHON) deploy/setup.py

test: .tools
	@$(VENV)/python tests/run.py

deep: .tools
	@$(VENV)/python tests/run.py --deep

# parts of `make deep`: what arrives broken or hostile, and what breaks or is done twice on our side
fuzz: .tools
	@$(VENV)/python tests/run.py --deep tests/operations/api/test_fuzz.py tests/operations/domain/test_rich_text.py \
		tests/operations/workbooks/test_archive_guard.py tests/reports/rendering/test_safety.py \
		tests/reports/rendering/test_seal.py tests/reports/domain/test_disclosure.py

faults: .tools
	@$(VENV)/python tests/run.py --deep tests/operations/domain/test_plan_race.py \
		tests/operations/domain/test_eight_writers.py tests/reports/domain/test_report_race.py \
		tests/reports/rendering/test_drawing_faults.py tests/reports/rendering/test_always_the_same.py

bench: setup
	@DEMO=1 $(VENV)/python manage.py bench --all

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
