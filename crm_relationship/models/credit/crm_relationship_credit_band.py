from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang


class CrmRelationshipCreditBand(models.Model):
    """A range of a criterion's values, or a judged level, and the share of the points it gives.

    A band reaches from its lower limit to that of the next one, which it does not contain;
    the last one is open. What lies below all limits belongs to the lowest band. So there can
    be no gaps and no overlaps.
    """

    _name = "crm.relationship.credit.band"
    _description = "Band of a Credit Criterion"
    _order = "criterion_id, value_from, share desc, id"

    criterion_id = fields.Many2one(
        "crm.relationship.credit.criterion", required=True, ondelete="cascade", index=True
    )
    policy_id = fields.Many2one(related="criterion_id.policy_id", store=True, index=True)
    company_id = fields.Many2one(related="criterion_id.company_id", store=True)
    measure = fields.Selection(related="criterion_id.measure")
    name = fields.Char("Level", translate=True, help="The name of a judged level, such as Good.")
    value_from = fields.Float(
        "From", digits=(16, 4), help="The band's lower limit, which belongs to it."
    )
    share = fields.Float(
        "Share of Points (%)", required=True, digits=(5, 2), help="Of the criterion's points."
    )
    range = fields.Char("Values", compute="_compute_range")

    _value_uniq = models.UniqueIndex(
        "(criterion_id, value_from) WHERE name IS NULL",
        "Two bands of a criterion can't begin at the same value.",
    )
    _share_percent = models.Constraint(
        "CHECK (share >= 0 AND share <= 100)", "A band gives 0 to 100 % of the points."
    )

    @api.depends("name", "value_from", "criterion_id.band_ids.value_from", "measure")
    def _compute_range(self):
        for band in self:
            band.range = band.name if band.measure == "judged" else band._get_range()

    def _get_range(self):
        """Return the values that belong to the band, in words."""
        self.ensure_one()
        return self._describe_range(
            self.value_from, self.criterion_id.band_ids.mapped("value_from")
        )

    @api.model
    def _describe_range(self, value_from, limits):
        """Return in words what belongs to the band from ``value_from`` on.

        :param limits: the lower limits of all bands
        """
        higher = [limit for limit in limits if limit > value_from]
        low, high = self._format(value_from), self._format(min(higher)) if higher else ""
        if value_from == min(limits):
            return self.env._("below %(high)s", high=high) if high else self.env._("any")
        if not high:
            return self.env._("from %(low)s", low=low)
        return self.env._("from %(low)s to below %(high)s", low=low, high=high)

    def _format(self, value):
        digits = next(n for n in range(5) if round(value, n) == round(value, 4))
        return formatLang(self.env, value, digits=digits)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_last(self):
        for criterion in self.criterion_id.filtered("company_id"):
            if criterion.band_ids <= self:
                raise ValidationError(
                    self.env._(
                        "“%(criterion)s” needs a band, or no value would give points. Add "
                        "another one before you delete its last.",
                        criterion=criterion.name,
                    )
                )

    @api.depends("name", "range")
    def _compute_display_name(self):
        for band in self:
            band.display_name = band.name or band.range
