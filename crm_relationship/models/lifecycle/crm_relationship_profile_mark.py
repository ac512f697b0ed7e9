from decimal import ROUND_DOWN, Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError

from ...engine.ladder import CLIENT_SHARE
from ...engine.measurement import WINDOW_MONTHS
from ...engine.periods import MONTHS_PER_YEAR
from ..grading.crm_relationship_profile import AT_ONCE

HUNDREDTH = Decimal("0.01")

GRADED_AT_ONCE = 20
"""Customers that are graded while somebody waits; more of them at the next recalculation."""


class CrmRelationshipProfile(models.Model):
    """What salespeople write down of a customer: its mark and its yearly need.

    A mark makes a profile where there was none, stands in the history with who set it, and
    moves the customer as soon as the engine has looked at it.
    """

    _inherit = "crm.relationship.profile"

    need_share = fields.Float(
        "Our Share (%)",
        compute="_compute_need_share",
        aggregator=None,
        digits=(16, 2),
        help="The revenue of the window, taken to a year, in percent of the yearly need, rounded "
        "down. From 80 % on a regular buyer is a client.",
    )
    is_due = fields.Boolean(
        "Waiting for the Next Recalculation",
        compute="_compute_is_due",
        help="Something changed that the next recalculation looks at.",
    )

    @api.constrains("yearly_need")
    def _check_yearly_need(self):
        for profile in self:
            if profile.yearly_need < 0:
                raise ValidationError(
                    self.env._(
                        "The yearly need of %(customer)s can't be negative. Leave it empty where "
                        "it is not known.",
                        customer=profile.partner_id.display_name,
                    )
                )

    @api.depends("revenue", "yearly_need", "company_id")
    def _compute_need_share(self):
        needing = self.filtered("yearly_need")
        (self - needing).need_share = 0.0
        for company, profiles in needing.grouped("company_id").items():
            months = self._get_window_months(company)
            for profile in profiles:
                profile.need_share = profile._get_need_share(months)

    @api.model
    def _get_window_months(self, company):
        """Return the months that the company's revenues are of.

        Everybody who may see a profile may see the policy that made it, hence sudo.
        """
        return company.sudo()._get_relationship_policy().window_months or WINDOW_MONTHS

    def _get_need_share(self, months):
        """Return our share of the yearly need in percent, zero where the need is not known."""
        if self.yearly_need <= 0:
            return 0.0
        revenue = Decimal(f"{self.revenue:.2f}") * MONTHS_PER_YEAR * 100
        share = revenue / (Decimal(f"{self.yearly_need:.2f}") * months)
        return float(share.quantize(HUNDREDTH, ROUND_DOWN))

    def _has_client_share(self):
        """Return whether our share of the need makes a client, as the engine compares them."""
        months = self._get_window_months(self.company_id)
        revenue = Decimal(f"{self.revenue:.2f}") * MONTHS_PER_YEAR * 100
        need = Decimal(f"{self.yearly_need:.2f}")
        return need <= 0 or revenue >= CLIENT_SHARE * months * need

    @api.depends("next_due_date", "ladder_step")
    def _compute_is_due(self):
        for profile in self:
            profile.is_due = profile.next_due_date == AT_ONCE

    @api.model_create_multi
    def create(self, vals_list):
        """Append the marks of new profiles; those that exist are written by ``write``."""
        known = self._get_known(vals_list)
        profiles = super().create(vals_list)
        new = (profiles - self.union(*known)).filtered("ladder_mark")
        new._record_marks(dict.fromkeys(new.ids, False))
        return profiles

    def write(self, vals):
        if "ladder_mark" not in vals:
            return super().write(vals)
        former = {profile.id: profile.ladder_mark for profile in self}
        result = super().write(vals)
        self._record_marks(former)
        return result

    def _record_marks(self, former):
        """Append the marks that differ from ``former``, by profile, to the history."""
        changes = [
            profile._prepare_mark_change(former[profile.id])
            for profile in self
            if profile.ladder_mark != former[profile.id]
        ]
        # People append to the history only through what they decide of customers.
        self.env["crm.relationship.change"].sudo().create(changes)

    def _prepare_mark_change(self, former):
        """Return the line of the history that the present mark, or its end, makes."""
        return {
            "partner_id": self.partner_id.id,
            "company_id": self.company_id.id,
            "date": self.company_id._get_relationship_today(),
            "dimension": "ladder",
            "old_value": self.ladder_step,
            "new_value": self.ladder_step,
            "cause": "marked" if self.ladder_mark else "unmarked",
            "evidence": {"mark": self.ladder_mark or former},
            "user_id": self.env.uid,
        }

    # ------------------------------------------------------------------ notes

    @api.model
    def _write_notes(self, notes):
        """Write down what is known of customers in the current company.

        :param notes: ``{commercial partner: {field: value}}``; a customer without a profile
            gets one unless all values are empty
        :raises AccessError: for customers whose profiles the user may not see
        """
        customers = self.env["res.partner"].union(*notes)
        company = self.env.company
        domain = [("partner_id", "in", customers.ids), ("company_id", "=", company.id)]
        known = self.search(domain)
        # Only whether there are others is asked, hence sudo.
        hidden = self.sudo().search(domain).partner_id - known.partner_id.sudo()
        if hidden:
            raise AccessError(
                self.env._(
                    "%(customer)s is a customer of somebody else. Ask its salesperson or a manager "
                    "to write this down.",
                    customer=hidden[0].display_name,
                )
            )
        profiles = self.create(
            [
                {"partner_id": customer.id, "company_id": company.id, **values}
                for customer, values in notes.items()
                if customer in known.partner_id or any(values.values())
            ]
        )
        profiles._grade_at_once()

    def _grade_at_once(self):
        """Let the engine look at these customers now, where that is soon done.

        Else the next recalculation does: before a company's first one, while another one
        runs, and for imports.
        """
        if len(self) > GRADED_AT_ONCE or self.env.context.get("import_file"):
            return
        runs = self.env["crm.relationship.run"]
        for company, profiles in self.grouped("company_id").items():
            engine = runs.sudo()  # whether it can run now is asked of the engine itself
            if engine._get_last(company) and engine._lock(company, session=False):
                runs.recalculate(companies=company, partners=profiles.partner_id)
