from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.risk import LEVELS, SIGNS

RISK_LEVELS = [("low", "Low"), ("medium", "Medium"), ("high", "High")]


class CrmRelationshipRiskJudgement(models.Model):
    """How high somebody judged a sign of a key customer's risks to be, and what shows it."""

    _name = "crm.relationship.risk.judgement"
    _description = "Risk Judgement"
    _rec_name = "sign"
    _order = "partner_id, sign, id"

    partner_id = fields.Many2one(
        "res.partner", "Customer", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        "res.company",
        required=True,
        ondelete="cascade",
        index=True,
        default=lambda self: self.env.company,
    )
    sign = fields.Selection(
        [
            ("kickbacks", "Demands kickbacks"),
            ("free_extras", "Demands free extras"),
            ("cross_region", "Sells across regions"),
            ("own_prices", "Changes prices on its own"),
            ("competitor", "Competitor is strong there"),
            ("own_business", "Likely to start its own"),
        ],
        required=True,
    )
    risk = fields.Selection(
        [
            ("financial", "Financial"),
            ("profit", "Profit"),
            ("management", "Management"),
            ("flight", "Flight"),
            ("independence", "Independence"),
        ],
        compute="_compute_risk",
        store=True,
    )
    level = fields.Selection(RISK_LEVELS, required=True)
    note = fields.Char("Evidence", help="What shows it. Medium and high need it.")
    date = fields.Date(required=True, default=fields.Date.context_today)
    user_id = fields.Many2one(
        "res.users", "Judged By", required=True, readonly=True, default=lambda self: self.env.user
    )

    _sign_uniq = models.UniqueIndex(
        "(partner_id, company_id, sign)",
        "The customer has been judged by this sign already. Change that judgement.",
    )

    @api.depends("sign")
    def _compute_risk(self):
        risks = {sign: risk for risk, signs in SIGNS.items() for sign in signs}
        for judgement in self:
            judgement.risk = risks.get(judgement.sign)

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._sign(vals) for vals in vals_list])

    def write(self, vals):
        """Whatever is changed of it is judged anew: by who changes it, and today."""
        changed = bool(vals.keys() - {"user_id"})
        if changed:
            vals = {"date": fields.Date.context_today(self), **vals}
        return super().write(self._sign(vals, changed))

    def _sign(self, vals, changed=True):
        """Return ``vals`` with who judges: nobody judges in the name of others."""
        if self.env.su:
            return vals
        unsigned = {name: value for name, value in vals.items() if name != "user_id"}
        return {**unsigned, "user_id": self.env.uid} if changed else unsigned

    @api.constrains("level", "note")
    def _check_note(self):
        for judgement in self:
            if judgement.level != "low" and not (judgement.note or "").strip():
                raise ValidationError(
                    self.env._(
                        "Say what shows it: a medium or high risk of %(customer)s needs evidence.",
                        customer=judgement.partner_id.display_name,
                    )
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

    @api.constrains("date")
    def _check_date(self):
        for judgement in self:
            if judgement.date > fields.Date.context_today(judgement):
                raise ValidationError(self.env._("Nobody judges in the future. Correct the date."))

    def _keep_highest(self):
        """Leave one judgement of each sign and company, the highest, with everybody's evidence:
        these are of contacts that become one.
        """
        for same in self.grouped(lambda judgement: (judgement.company_id, judgement.sign)).values():
            kept = max(same, key=lambda judgement: LEVELS.index(judgement.level))
            if same == kept:
                continue
            notes = dict.fromkeys(filter(None, (kept | same).mapped("note")))
            kept.write({"note": " / ".join(notes), "date": kept.date})
            (same - kept).unlink()
