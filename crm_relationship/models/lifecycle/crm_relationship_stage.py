from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...engine.stage import CODES, StageTerms
from ..numbers import decimal

BUYING = ("formation", "stability")
"""Stages that ask for purchases and tenure."""

SILENT = ("decline", "lost")
"""Stages that silence leads to."""

FREE = {"name", "description", "color", "sequence"}
"""What may be changed of a template."""


class CrmRelationshipStage(models.Model):
    """A stage of the lifecycle, with the limits that lead into it.

    Every company has its own six, copied from the templates, which have no company. What
    a limit of zero means: it is not asked.
    """

    _name = "crm.relationship.stage"
    _description = "Lifecycle Stage"
    _inherit = ["crm.relationship.cached.mixin"]
    _order = "sequence, id"

    code = fields.Selection(
        [
            ("prospect", "Prospect"),
            ("exploration", "Exploration"),
            ("formation", "Formation"),
            ("stability", "Stability"),
            ("decline", "Decline"),
            ("lost", "Lost"),
        ],
        required=True,
        readonly=True,
    )
    company_id = fields.Many2one("res.company", ondelete="cascade", readonly=True)
    sequence = fields.Integer(default=10)
    color = fields.Integer(default=0)
    description = fields.Text(translate=True)
    purchase_days_min = fields.Integer(
        "Purchase Days From", help="At least so many different days with a purchase."
    )
    tenure_days_min = fields.Integer(
        "Customer For (Days)", help="At least so many days since the first purchase."
    )
    revenue_ratio_min = fields.Float(
        "Revenue From (%)",
        digits=(6, 2),
        help="The window's revenue, in percent of that of the window before, must reach this. "
        "Asked only of customers since two windows that bought in the window before.",
    )
    revenue_ratio_max = fields.Float(
        "Revenue Below (%)",
        digits=(6, 2),
        help="Declining when the window's revenue, in percent of that of the window before, is "
        "below this. Asked only of customers since two windows that bought in the window before.",
    )
    silence_factor = fields.Float(
        "Silence, Times the Rhythm",
        digits=(6, 2),
        help="Silent for longer than so many times the customer's own mean interval between "
        "purchases. Customers with less than three purchase days are measured by the median of "
        "all.",
    )
    silence_days_min = fields.Integer(
        "Silence From (Days)", help="And at least so many days since the last purchase."
    )
    rule = fields.Char(compute="_compute_rule", help="The rule in a sentence.")
    customer_count = fields.Integer("Customers", compute="_compute_customer_count")

    _code_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), code)", "A company has each stage once."
    )
    _limits_check = models.Constraint(
        """CHECK (purchase_days_min >= 0 AND tenure_days_min >= 0 AND silence_days_min >= 0
                  AND revenue_ratio_min >= 0 AND revenue_ratio_max >= 0
                  AND silence_factor >= 0)""",
        "The limits of a stage can't be negative. Enter 0 for one that is not to be asked.",
    )

    @api.depends(
        "code", "purchase_days_min", "tenure_days_min", "revenue_ratio_min", "revenue_ratio_max",
        "silence_factor", "silence_days_min",
    )  # fmt: skip
    def _compute_rule(self):
        for stage in self:
            stage.rule = stage._get_rule()

    def _get_rule(self):
        """Return the stage's rule in a sentence."""
        self.ensure_one()
        values = {
            "purchases": self.purchase_days_min,
            "tenure": self.tenure_days_min,
            "least": f"{self.revenue_ratio_min:g}",
            "most": f"{self.revenue_ratio_max:g}",
            "factor": f"{self.silence_factor:g}",
            "silence": self.silence_days_min,
        }
        rules = {
            "prospect": self.env._("No purchase yet."),
            "exploration": self.env._("Bought, and not yet enough for Formation."),
            "formation": self.env._(
                "Bought on %(purchases)s days or more, the first of them at least %(tenure)s days "
                "ago.",
                **values,
            ),
            "stability": self.env._(
                "Bought on %(purchases)s days or more, the first of them at least %(tenure)s days "
                "ago, and brings %(least)s %% or more of the revenue of the window before.",
                **values,
            ),
            "decline": self.env._(
                "Silent for more than %(factor)s times its rhythm and %(silence)s days or more, or "
                "brings less than %(most)s %% of the revenue of the window before.",
                **values,
            ),
            "lost": self.env._(
                "Silent for more than %(factor)s times its rhythm and %(silence)s days or more, or "
                "dismissed by the company.",
                **values,
            ),
        }
        return rules.get(self.code, "")

    def _compute_customer_count(self):
        counts = dict(
            self.env["crm.relationship.profile"]._read_group(
                [("stage_id", "in", self.ids)], ["stage_id"], ["__count"]
            )
        )
        for stage in self:
            stage.customer_count = counts.get(stage, 0)

    @api.constrains(
        "code", "purchase_days_min", "tenure_days_min", "silence_factor", "silence_days_min"
    )
    def _check_order(self):
        """A later stage asks for no less than the one before it."""
        for company, stages in self.grouped("company_id").items():
            codes = {
                stage.code: stage
                for stage in self.search([("company_id", "=", company.id)]) | stages
            }
            for earlier, later, names in (
                ("formation", "stability", ("purchase_days_min", "tenure_days_min")),
                ("decline", "lost", ("silence_factor", "silence_days_min")),
            ):
                if not {earlier, later} <= set(codes):
                    continue
                for name in names:
                    if codes[later][name] < codes[earlier][name]:
                        raise ValidationError(
                            self.env._(
                                "%(limit)s of “%(later)s” (%(high)s) is less than that of "
                                "“%(earlier)s” (%(low)s). Raise the one or lower the other.",
                                limit=self._fields[name]._description_string(self.env),
                                later=codes[later].name,
                                earlier=codes[earlier].name,
                                high=f"{codes[later][name]:g}",
                                low=f"{codes[earlier][name]:g}",
                            )
                        )

    @api.constrains("code", "purchase_days_min")
    def _check_purchases(self):
        for stage in self:
            if stage.code in BUYING and stage.purchase_days_min < 1:
                raise ValidationError(
                    self.env._(
                        "“%(stage)s” needs a purchase: let it begin with 1 purchase day or more.",
                        stage=stage.name,
                    )
                )

    @api.constrains("code", "silence_days_min")
    def _check_silence(self):
        for stage in self:
            if stage.code in SILENT and stage.silence_days_min < 1:
                raise ValidationError(
                    self.env._(
                        "“%(stage)s” needs a silence of 1 day or more: who buys today is not "
                        "silent.",
                        stage=stage.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_company_exists(self):
        if self.company_id.exists():
            raise UserError(
                self.env._(
                    "The lifecycle has these six stages. Rename a stage or change its limits "
                    "instead of deleting it."
                )
            )

    def action_open_customers(self):
        """Open the customers of this stage."""
        self.ensure_one()
        return {
            **self.env["ir.actions.act_window"]._for_xml_id(
                "crm_relationship.crm_relationship_profile_action"
            ),
            "domain": [("stage_id", "=", self.id)],
            "context": {},
        }

    # ----------------------------------------------------------------- engine

    @api.model
    def _get_of_company(self, company):
        """Return the company's stages, in their order."""
        return self.search([("company_id", "=", company.id)])

    @api.model
    def _get_terms(self, company, as_of, window_months):
        """Return what the engine grades the stages by, None for a company without stages.

        :param as_of: the day; the company's rhythm is the one frozen last until then
        """
        stages = {stage.code: stage for stage in self._get_of_company(company)}
        if set(stages) != set(CODES):
            return None
        evaluation = self.env["crm.relationship.stage.evaluation"]._get_valid(company, as_of)
        return StageTerms(
            company_id=company.id,
            as_of=as_of,
            ids={code: stages[code].id for code in CODES},
            window_months=window_months,
            formation=(
                stages["formation"].purchase_days_min,
                stages["formation"].tenure_days_min,
            ),
            stability=(
                stages["stability"].purchase_days_min,
                stages["stability"].tenure_days_min,
            ),
            stability_percent=decimal(stages["stability"].revenue_ratio_min),
            decline_percent=decimal(stages["decline"].revenue_ratio_max),
            decline=(
                decimal(stages["decline"].silence_factor),
                stages["decline"].silence_days_min,
            ),
            lost=(decimal(stages["lost"].silence_factor), stages["lost"].silence_days_min),
            rhythm=decimal(evaluation._get_rhythm(company), 4),
        )

    def _duplicate_for(self, companies):
        """Give each of ``companies`` its own copy of these templates."""
        for company in companies:
            for stage in self:
                stage.copy({"company_id": company.id})
