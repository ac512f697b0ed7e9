from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmRelationshipPlan(models.Model):
    """The market objectives of a plan."""

    _inherit = "crm.relationship.plan"

    objective_ids = fields.One2many("crm.relationship.plan.objective", "plan_id", "Objectives")
    objective_count = fields.Integer("Number of Objectives", compute="_compute_objective_counts")
    objective_behind_count = fields.Integer(
        "Objectives Behind",
        compute="_compute_objective_counts",
        help="Objectives that are behind the time gone, or missed.",
    )

    @api.depends("objective_ids")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_objective_counts(self):
        groups = self.env["crm.relationship.plan.objective"]._read_group(
            [("plan_id", "in", self.ids)], ["plan_id", "status"], ["__count"]
        )
        for plan in self:
            counts = {status: count for owner, status, count in groups if owner == plan._origin}
            plan.objective_count = sum(counts.values())
            plan.objective_behind_count = counts.get("behind", 0) + counts.get("missed", 0)

    @api.constrains("partner_id")
    def _check_objectives_customer(self):
        """Check that no opportunity of another customer stays behind in the plan."""
        for objective in self.objective_ids:
            objective.plan_id._check_opportunity_is_ours(objective.opportunity_id)

    def _check_opportunity_is_ours(self, opportunity):
        """Check that an opportunity is one of the plan's customer, in its company."""
        if not opportunity:
            return
        # Who changes the plan need not see all of its opportunities.
        lead, plan = opportunity.sudo(), self.sudo()
        roles = self.env["crm.relationship.role"]
        if (
            lead.type == "opportunity"
            and lead.company_id in (plan.company_id, lead.company_id.browse())
            and roles._is_of_customer(lead.partner_id, plan.partner_id)
        ):
            return
        raise ValidationError(
            self.env._(
                "“%(opportunity)s” is no opportunity of %(customer)s in %(company)s. Choose one of "
                "this customer or of its contacts.",
                opportunity=lead.name,
                customer=plan.partner_id.display_name,
                company=plan.company_id.name,
            )
        )

    def _log_objective(self, message):
        """Write into the chatter how the objectives change; the entry is the server's."""
        self.ensure_one()
        # Who works on the plan need not follow it.
        self.sudo()._message_log(body=message, author_id=self.env.user.partner_id.id)

    def action_open_objectives(self):
        """Open the plan's objectives."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_objective_action"
        )
        action["name"] = self.env._("Objectives of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id}
        return action

    def _get_objectives_snapshot(self):
        """Return ``{plan_id: [objective]}`` as the user sees the objectives now.

        What is not known is None, never zero.
        """
        objectives = self.env["crm.relationship.plan.objective"].search(
            [("plan_id", "in", self.ids)]
        )
        figures = objectives._read_figures()
        found = {plan.id: [] for plan in self}
        for objective in objectives:
            found[objective.plan_id.id].append(objective._prepare_snapshot(figures[objective.id]))
        return found

    def _copy_objectives_to(self, new_plan):
        """Give another plan these objectives anew, each with what was reached as its baseline.

        Projects go along while they are open, and only those that the user may read.
        """
        self.ensure_one()
        figures = self.objective_ids._read_figures()
        self.env["crm.relationship.plan.objective"].create(
            [
                objective._prepare_copy(new_plan, figures[objective.id])
                for objective in self.objective_ids
                if objective.kind != "project"
                or (
                    figures[objective.id]["is_readable"] and not figures[objective.id]["is_settled"]
                )
            ]
        )


class CrmRelationshipPlanObjective(models.Model):
    _inherit = "crm.relationship.plan.objective"

    def _prepare_snapshot(self, row):
        """Return the objective as JSON.

        :param row: its figures, see ``_read_figures``
        """

        def number(value):
            return None if value is None else float(value)

        words = dict(self._fields["status"]._description_selection(self.env))
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return {
            "id": self.id,
            "name": self.display_name,
            "kind": self.kind,
            "kind_name": kinds[self.kind],
            "opportunity_id": self.opportunity_id.id,
            "unit": self.unit,
            "target": self.target,
            "baseline": self.baseline,
            "actual": number(row["actual"]),
            "gap": number(row["gap"]),
            "progress": number(row["progress"]),
            "target_amount": number(row["target_amount"]),
            "actual_amount": number(row["actual_amount"]),
            "gap_amount": number(row["gap_amount"]),
            "target_text": self.target_text,
            "actual_text": self.actual_text,
            "gap_text": self.gap_text,
            "status": row["status"],
            "status_name": words[row["status"]],
            "why": self.explanation,
        }

    def _prepare_copy(self, new_plan, row):
        """Return the values of the same objective in another plan."""
        reached = row["actual"] if self.kind != "project" else None
        return {
            "plan_id": new_plan.id,
            "sequence": self.sequence,
            "kind": self.kind,
            "name": self.name,
            "opportunity_id": self.opportunity_id.id,
            "target": self.target,
            "wallet_amount": self.wallet_amount,
            "baseline": self.baseline if reached is None else float(reached),
        }
