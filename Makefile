# Each target sets up what it needs: Python 3.11 or newer (with venv and pip) and make are enough.
# Options are variables: make run PORT=9000, make test ARGS="-k clock", make restore FILE=backups/....tar

# the first Python that is new enough; else python3, which then says what is missing
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && exit; done; echo python3)
LAUNCH = @MULIN_UNDER_MAKE=1 exec "$(PYTHON)" -m launcher
export ARGS FILE

TARGETS = setup run test lint format types check lock bench backup restore reset counts messages manage
.PHONY: help $(TARGETS)

help:
	@echo "make run      start the portal (first time: set it up and load the demo district)"
	@echo "make test     all tests; ARGS=\"-k word\" for some"
	@echo "make lint     ruff, import-linter, djlint, mypy; make format repairs what can be repaired"
	@echo "make check    Django's deployment checks; models without migration"
	@echo "make counts   figures of the demo district as JSON"
	@echo "make bench    measures, on throw-away data"
	@echo "make backup   one file with everything; make restore FILE=... brings it back"
	@echo "make reset    deletes the private data"
	@echo "Also: $(TARGETS). All of them: docs/running.md"

$(TARGETS):
	$(LAUNCH) $@
