"""Saving a record together with what belongs to it: checks of the whole wait for the end."""

SAVING = object()
"""Value of the context keys that say so: no call from outside can give it."""


def without_defaults(records, names):
    """Return the records without values of these fields in the context.

    Odoo takes ``default_`` keys for what a call leaves out: nobody gives by them what he may
    not write.
    """
    keys = {f"default_{name}" for name in names}
    context = {key: value for key, value in records.env.context.items() if key not in keys}
    return records.with_env(records.env(context=context))
