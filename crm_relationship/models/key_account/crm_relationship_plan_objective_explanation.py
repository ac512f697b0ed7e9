from odoo import models

from ..numbers import format_short
from . import objective_figures as figures


class CrmRelationshipPlanObjective(models.Model):
    """What has been reached of an objective, in words, and why it has its status.

    ``row`` is what :meth:`_read_figures` read of it: the same figures that were compared.
    """

    _inherit = "crm.relationship.plan.objective"

    def _get_actual_text(self, row):
        """Return what has been reached as people read it, and why it isn't known."""
        if row["actual_amount"] is None:
            return self.env._("Unknown")
        if self.kind == "wallet":
            return self._format_share(row["actual"])
        if self.kind != "project":
            return self._format_amount(row["actual"])
        return self._get_project_text()

    def _get_project_text(self):
        """Return where an opportunity stands that the user may read, see ``is_readable``."""
        lead = self.opportunity_id.sudo()
        revenue = self._format_amount(lead.expected_revenue)
        if lead.won_status == "won":
            return self.env._("Won: %(revenue)s", revenue=revenue)
        if lead.won_status == "lost":
            return self.env._("Lost")
        if not lead.active:
            return self.env._("Archived")
        return self.env._(
            "%(stage)s: %(revenue)s at %(probability)s %%",
            stage=lead.stage_id.name,
            revenue=revenue,
            probability=format_short(self.env, lead.probability),
        )

    def _get_gap_text(self, row):
        if row["gap"] is None:
            return self.env._("Unknown")
        return (
            self._format_share(row["gap"])
            if self.kind == "wallet"
            else self._format_amount(row["gap"])
        )

    def _format_share(self, share):
        return self.env._("%(share)s %%", share=format_short(self.env, share))

    def _explain_status(self, row):
        """Return why the objective has its status, with the figures that were compared."""
        if row["status"] == "unknown":
            return self._explain_unknown()
        done = format_short(self.env, row["progress"])
        if row["status"] == "reached":
            return self.env._("%(done)s %% of the target are reached.", done=done)
        if row["status"] == "missed":
            return self._explain_missed(row, done)
        if row["status"] == "upcoming":
            return self.env._("The plan's period has not begun.")
        return self._explain_pace(row, done)

    def _explain_unknown(self):
        if self.kind == "project":
            return (
                self.env._("You may not read this opportunity.")
                if self.opportunity_id
                else self.env._("The opportunity was deleted. Choose another one.")
            )
        if self.env["crm.relationship.profile"]._get_margin_sources():
            return self.env._(
                "Costs are known for less than %(needed)s %% of the revenue in the period.",
                needed=figures.MARGIN_COVERAGE_MIN,
            )
        return self.env._(
            "No costs are measured. They are read from sale orders once Odoo's margins on sale "
            "orders are installed."
        )

    def _explain_missed(self, row, done):
        if row["is_settled"] and not row["actual_amount"]:
            return self.env._("The opportunity is lost.")
        if row["is_settled"]:
            return self.env._("The opportunity is won, with %(done)s %% of the target.", done=done)
        return self.env._("The period is over, with %(done)s %% of the target.", done=done)

    def _explain_pace(self, row, done):
        """Say how much of the target the time gone asks for, and how much there is."""
        terms = {
            "gone": format_short(self.env, 100 * row["gone"] / row["total"], 1),
            "days": row["gone"],
            "total": row["total"],
            "asked": self._format_amount(row["target_amount"] * row["gone"] / row["total"]),
            "limit": figures.AHEAD if row["status"] == "ahead" else figures.ON_TRACK,
            "done": done,
            "pace": self._format_amount(row["pace"] or 0),
        }
        if self.kind == "project":
            return self._explain_project_pace(row, terms)
        if row["status"] == "behind":
            return self.env._(
                "%(done)s %% of the target, %(gone)s %% of the period (%(days)s of %(total)s "
                "days): less than %(limit)s %% of the %(asked)s that it asks for.",
                **terms,
            )
        return self.env._(
            "%(done)s %% of the target, %(gone)s %% of the period (%(days)s of %(total)s days): "
            "at least %(limit)s %% of the %(asked)s that it asks for.",
            **terms,
        )

    def _explain_project_pace(self, row, terms):
        if row["status"] == "behind":
            return self.env._(
                "By its probability it brings %(pace)s, less than %(limit)s %% of the %(asked)s "
                "that %(gone)s %% of the period ask for (%(days)s of %(total)s days).",
                **terms,
            )
        return self.env._(
            "By its probability it brings %(pace)s, at least %(limit)s %% of the %(asked)s that "
            "%(gone)s %% of the period ask for (%(days)s of %(total)s days).",
            **terms,
        )
