# Everything is in tools/; `make` lists the targets. Variables given to make reach it as they are.
PYTHON ?= python3
COMMANDS := help demo test check lint format bench shell psql update i18n screenshots setup stop clean

.PHONY: $(COMMANDS)
$(COMMANDS):
	@$(PYTHON) -m tools $@
