from odoo import api, fields, models

from .crm_relationship_plan_lock_mixin import check_insiders


class CrmRelationshipPlanMember(models.Model):
    """Who of ours works on a plan, and as what: sees its private notes as well."""

    _name = "crm.relationship.plan.member"
    _description = "Member of an Account Team"
    _inherit = ["crm.relationship.plan.lock.mixin"]
    _rec_name = "user_id"
    _order = "plan_id, id"

    company_id = fields.Many2one(related="plan_id.company_id")
    user_id = fields.Many2one(
        "res.users",
        "Member",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    role = fields.Char("Role in the Team", help="Such as solution architect or service manager.")

    _member_uniq = models.UniqueIndex(
        "(plan_id, user_id)", "A user belongs to a team once. Change the role there."
    )

    @api.constrains("user_id", "plan_id")
    def _check_user(self):
        for member in self:
            check_insiders(
                member.user_id, member.plan_id.company_id, self.env._("a member of the team")
            )

    @api.model_create_multi
    def create(self, vals_list):
        members = super().create(vals_list)
        members._tell(self.env._("joined the team"))
        return members

    def write(self, vals):
        self._refuse_move(vals)
        changed = self.filtered(
            lambda member: "user_id" in vals and member.user_id.id != vals["user_id"]
        )
        changed._tell(self.env._("left the team"))
        result = super().write(vals)
        changed._tell(self.env._("joined the team"))
        return result

    def unlink(self):
        self.plan_id._check_not_closed()
        self._tell(self.env._("left the team"))
        return super().unlink()

    def _tell(self, what):
        """Write into the plan's chatter who came or went: they see what is private."""
        for plan, members in self.grouped("plan_id").items():
            names = ", ".join(members.user_id.mapped("name"))
            # Who joins others need not follow the plan; the entry is the server's.
            plan.sudo()._message_log(body=f"{names}: {what}", author_id=self.env.user.partner_id.id)
