"""Saving a record together with what belongs to it: checks of the whole wait for the end."""

SAVING = object()
"""Value of the context keys that say so: no call from outside can give it."""
