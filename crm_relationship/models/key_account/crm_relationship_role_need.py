from odoo import fields, models


class CrmRelationshipRoleNeed(models.Model):
    """A need of a contact, by Maslow, and what we can do for it."""

    _name = "crm.relationship.role.need"
    _description = "Need of a Contact"
    _inherit = ["crm.relationship.plan.lock.mixin"]
    _order = "role_id, id"
    _rec_name = "need"

    role_id = fields.Many2one(
        "crm.relationship.role", required=True, ondelete="cascade", index=True
    )
    plan_id = fields.Many2one(related="role_id.plan_id", store=True, index=True, required=False)
    need = fields.Selection(
        [
            ("physiological", "Physiological needs"),
            ("safety", "Safety"),
            ("belonging", "Love and belonging"),
            ("esteem", "Esteem"),
            ("actualization", "Self-actualization"),
        ],
        required=True,
    )
    offer = fields.Char("What We Can Do")

    _need_uniq = models.UniqueIndex(
        "(role_id, need)", "This need of the contact is listed already. Change it there."
    )
