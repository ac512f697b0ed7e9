from odoo import api, fields, models
from odoo.exceptions import ValidationError

JUDGED = {"partner_id", "criterion_id", "band_id"}
"""Fields that make a judgement: who changes one of them judges anew."""


class CrmRelationshipCreditJudgement(models.Model):
    """The level that somebody judged a customer to have in a criterion, and why."""

    _name = "crm.relationship.credit.judgement"
    _description = "Credit Judgement"
    _inherit = ["crm.relationship.credit.entry.mixin"]
    _rec_name = "criterion_id"
    _order = "partner_id, criterion_id"

    partner_id = fields.Many2one("res.partner", required=True, ondelete="cascade", index=True)
    criterion_id = fields.Many2one(
        "crm.relationship.credit.criterion",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('measure', '=', 'judged'), ('company_id', '!=', False)]",
    )
    company_id = fields.Many2one(related="criterion_id.company_id", store=True, index=True)
    band_id = fields.Many2one(
        "crm.relationship.credit.band",
        "Level",
        required=True,
        ondelete="cascade",
        index=True,
        domain="[('criterion_id', '=', criterion_id)]",
    )
    note = fields.Char("Evidence", help="What the judgement rests on.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Judged By", required=True, readonly=True, default=lambda self: self.env.user
    )

    _customer_uniq = models.UniqueIndex(
        "(partner_id, criterion_id)",
        "The customer has been judged by this criterion already. Change that judgement.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sign(vals) for vals in vals_list])

    def write(self, vals):
        """Another level, or customer, is another judgement: of who enters it, and of today."""
        changed = not JUDGED.isdisjoint(vals)
        if changed:
            vals = {"date": fields.Date.context_today(self), **vals}
        return super().write(self._sign(vals, changed))

    def _sign(self, vals, changed=True):
        """Return ``vals`` with who judges: nobody judges in the name of others."""
        if self.env.su:
            return vals
        unsigned = {name: value for name, value in vals.items() if name != "user_id"}
        return {**unsigned, "user_id": self.env.uid} if changed else unsigned

    @api.constrains("criterion_id", "band_id")
    def _check_band(self):
        for judgement in self:
            if judgement.band_id.criterion_id != judgement.criterion_id:
                raise ValidationError(
                    self.env._(
                        "“%(level)s” is no level of “%(criterion)s”. Choose one of its own.",
                        level=judgement.band_id.display_name,
                        criterion=judgement.criterion_id.name,
                    )
                )
            if judgement.criterion_id.measure != "judged":
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” is measured, not judged.",
                        criterion=judgement.criterion_id.name,
                    )
                )

    @api.constrains("date")
    def _check_date(self):
        for judgement in self:
            if judgement.date > fields.Date.context_today(judgement):
                raise ValidationError(
                    self.env._("Nobody has judged yet what is dated in the future.")
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for judgement in self:
            customer = judgement.partner_id.commercial_partner_id
            if customer != judgement.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(contact)s is a contact of %(customer)s. Judge the customer itself.",
                        contact=judgement.partner_id.display_name,
                        customer=customer.display_name,
                    )
                )
