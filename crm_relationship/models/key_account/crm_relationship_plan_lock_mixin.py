from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

CHATTER_FIELDS = ("message_", "activity_")
"""What people may still do to a closed plan: talk about it."""


def check_insiders(users, company, what):
    """Check that these are internal users of the company.

    :param what: whose job it is, for the message, such as "the owner"
    """
    for user in users.sudo():  # companies of other users are not everybody's to read
        if user.share or company not in user.company_ids:
            raise ValidationError(
                users.env._(
                    "%(user)s can't be %(what)s: choose an internal user who works in %(company)s.",
                    user=user.name,
                    what=what,
                    company=company.name,
                )
            )


def get_successor(user, plan):
    """Return the user, or the owner of the plan if its company has let the user go since."""
    known = user.sudo()  # companies of other users are not everybody's to read
    return user if known.active and plan.company_id in known.company_ids else plan.user_id


def is_talk(vals):
    """Return whether ``vals`` writes only messages and activities."""
    return all(name.startswith(CHATTER_FIELDS) for name in vals)


class CrmRelationshipPlanLockMixin(models.AbstractModel):
    """What belongs to an account plan, and is locked with it when it is closed.

    The server itself (a merge of contacts, a deleted contact) still may, see ``env.su``.
    """

    _name = "crm.relationship.plan.lock.mixin"
    _description = "Belongs to an Account Plan"

    plan_id = fields.Many2one("crm.relationship.plan", required=True, ondelete="cascade")

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records.plan_id._check_not_closed()
        return records

    def write(self, vals):
        if is_talk(vals):
            return super().write(vals)
        self.plan_id._check_not_closed()
        result = super().write(vals)
        self.plan_id._check_not_closed()  # a record may have moved to another plan
        return result

    def unlink(self):
        # What Odoo's privacy look-up deletes one by one may have gone with its contact.
        self.exists().plan_id._check_not_closed()
        return super().unlink()

    def _check_same_plan(self, records, message):
        """Check that ``records`` are of this one's plan.

        :raises ValidationError: with ``message``, a text with ``%(other)s``
        """
        self.ensure_one()
        for record in records:
            if record.plan_id != self.plan_id:
                raise ValidationError(message % {"other": record.display_name})

    def _refuse_move(self, vals):
        """Check that nothing moves to another plan: its links lead to others of the plan."""
        plan_id = vals.get("plan_id")
        if plan_id and any(record.plan_id.id != plan_id for record in self):
            raise UserError(
                self.env._("This belongs to its plan. Create it anew in the other plan instead.")
            )
