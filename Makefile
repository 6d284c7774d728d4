# From nothing but python3 (3.11 or newer), pip and make.
#   make run     the web chat with sample data on port 8080
#   make test    every test
#   make faults  the long fault tests (an hour); their figures go into docs/trust.md
#   make audit   is a fault known in anything we depend on? needs the network; 4 means that it could not be checked
#   make check   format, lint, types, architecture: what CI runs before the tests

PY ?= python3
V := .venv
BIN := $(V)/bin
UV := $(BIN)/uv
# uv brings its own root certificates; offices that inspect TLS have theirs in the system.
export UV_SYSTEM_CERTS = 1

# $(1) = a hashed requirements file. uv where it runs, else pip.
install = ( "$(UV)" pip install -q --python "$(BIN)/python" --require-hashes -r $(1) 2>/dev/null \
	|| "$(PY)" -m pip -q --python "$(BIN)/python" install --require-hashes -r $(1) ) \
	&& ( "$(UV)" pip install -q --python "$(BIN)/python" --no-deps -e . 2>/dev/null \
	|| "$(PY)" -m pip -q --python "$(BIN)/python" install --no-deps -e . )

# Harnesses that have a long form and stand with what they test.
LONG := tests/cli/test_dossier_files.py tests/bot/test_telegram_webhook.py tests/bot/test_drawing_formulas.py tests/bot/test_drawing_poster.py tests/browser/test_real.py tests/browser/test_scripts.py tests/scoring/test_country.py tests/scoring/test_gaming_bench.py tests/scoring/test_book_mutants.py tests/scoring/test_alerts.py

.PHONY: run test check format lock bench peers faults audit

run: $(V)/.runtime
	@"$(BIN)/sipas" run --sample

test: $(V)/.dev
	@"$(BIN)/python" -m pytest -n 2 --dist loadfile

check: $(V)/.dev
	@"$(BIN)/ruff" format --check . && "$(BIN)/ruff" check . && "$(BIN)/mypy" && "$(BIN)/python" -m pytest -q tests/test_architecture.py

format: $(V)/.dev
	@"$(BIN)/ruff" format . && "$(BIN)/ruff" check --fix .

bench: $(V)/.dev
	@sh benchmarks/peers/install || echo "benchmarks: aiogram could not be installed and is left out"
	@"$(BIN)/python" -m benchmarks --out docs/performance.md

# What went wrong is written down like all the rest.
faults: $(V)/.dev
	@figures=$$(mktemp); SIPAS_FAULTS=long SIPAS_FAULTS_FIGURES="$$figures" "$(BIN)/python" -m pytest -n 2 --dist worksteal tests/faults tests/security $(LONG); \
	code=$$?; "$(BIN)/python" -m tests.faults.figures "$$figures" docs/trust.md $$code; rm -f "$$figures"; exit $$code

audit:
	@"$(PY)" .ci/audit.py requirements.lock requirements-dev.lock --sbom build/sbom.cdx.json

peers: $(V)/.dev
	@sh tests/peers/run

lock: $(V)/.dev
	@"$(UV)" lock -q && for kind in "--no-dev:requirements.lock" ":requirements-dev.lock"; do \
	"$(UV)" export -q --locked --no-emit-project $${kind%%:*} --no-header --no-annotate -o "$${kind#*:}"; done

$(V)/.tools:
	@"$(PY)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: sudo apt install python3"; exit 1; }
	@test -x "$(BIN)/python" || "$(PY)" -m venv "$(V)" >/dev/null 2>&1 || "$(PY)" -m venv --without-pip --clear "$(V)"
	@test -x "$(UV)" || "$(BIN)/python" -m pip -q install uv 2>/dev/null || "$(PY)" -m pip -q --python "$(BIN)/python" install uv 2>/dev/null \
	|| "$(PY)" -m pip --version >/dev/null 2>&1 || { echo "pip is missing: sudo apt install python3-pip python3-venv"; exit 1; }
	@touch "$@"

$(V)/.runtime: requirements.lock pyproject.toml | $(V)/.tools
	@$(call install,requirements.lock)
	@touch "$@"

$(V)/.dev: requirements-dev.lock pyproject.toml | $(V)/.tools
	@$(call install,requirements-dev.lock)
	@touch "$@" $(V)/.runtime
