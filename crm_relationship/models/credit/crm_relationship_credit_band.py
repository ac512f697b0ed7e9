from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..numbers import format_short
from ..saving import SAVING
from .crm_relationship_credit_criterion import SAVES_BANDS


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
        low = format_short(self.env, value_from, 4)
        high = format_short(self.env, min(higher), 4) if higher else ""
        if value_from == min(limits):
            return self.env._("below %(high)s", high=high) if high else self.env._("any")
        if not high:
            return self.env._("from %(low)s", low=low)
        return self.env._("from %(low)s to below %(high)s", low=low, high=high)

    @api.constrains("name", "value_from", "criterion_id")
    def _check_place(self):
        # One that is saved with its criterion is checked when all of them are saved.
        if self.env.context.get(SAVES_BANDS) is not SAVING:
            self.criterion_id._check_bands()

    def write(self, vals):
        """A band stays with its criterion: judgements name both."""
        if "criterion_id" in vals and self.criterion_id.ids != [vals["criterion_id"]]:
            raise ValidationError(
                self.env._(
                    "A band stays with its criterion. Add a band to the other criterion instead."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_judged(self):
        """What people found out does not vanish along with a level."""
        judgements = self.env["crm.relationship.credit.judgement"].sudo()  # of every salesperson
        for band in self:
            if judgements.search_count([("band_id", "=", band.id)], limit=1):
                raise UserError(
                    self.env._(
                        "Customers were judged to be “%(level)s”. Give them another level before "
                        "you delete it.",
                        level=band.display_name,
                    )
                )

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

    @api.depends("range")
    def _compute_display_name(self):
        for band in self:
            band.display_name = band.range
