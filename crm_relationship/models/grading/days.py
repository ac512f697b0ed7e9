from odoo import fields
from odoo.exceptions import ValidationError


def to_date(env, day):
    """Return the date of ``day``, a date or its ISO string; None for an empty value.

    :raises ValidationError: for what is no date, in the user's language
    """
    try:
        return fields.Date.to_date(day)
    except (AttributeError, TypeError, ValueError) as error:
        raise ValidationError(
            env._("“%(day)s” is not a date such as 2025-12-31.", day=day)
        ) from error
