from odoo import api, fields, models


class CrmRelationshipPlanBoard(models.AbstractModel):
    """All account plans at a glance, for whoever leads twenty of them.

    How it works
        One call reads all open plans that the user sees, each a row, with a bounded number of
        queries; the screen filters and groups them by itself.
    """

    _name = "crm.relationship.plan.board"
    _description = "Board of Account Plans"

    @api.model
    @api.readonly
    def get_board(self):
        """Return the open plans, those in the worst health first, as plain JSON."""
        plans = self.env["crm.relationship.plan"].search([("state", "!=", "closed")])
        rows = plans._prepare_board_rows()
        return {
            "user_id": self.env.uid,
            "is_multi_company": len(self.env.companies) > 1,
            "plans": sorted(rows, key=lambda row: (row["band"] is None, row["health"] or 0)),
        }


class CrmRelationshipPlan(models.Model):
    _inherit = "crm.relationship.plan"

    def _prepare_board_rows(self):
        """Return these plans as rows of the board."""
        known = self._get_health_facts()
        tiers = self._get_board_tiers()
        bands = dict(self._fields["health_band"]._description_selection(self.env))
        words = dict(self._fields["red_flag_severity"]._description_selection(self.env))
        return [
            {
                "id": plan.id,
                "name": plan.name,
                # Whoever reads the plan may know whose it is, who answers for it, and in which
                # company.
                "customer": plan.partner_id.sudo().display_name,
                "owner": {"id": plan.user_id.id, "name": plan.user_id.sudo().name},
                "company": plan.company_id.sudo().name,
                "state": plan.state,
                "is_team": plan.is_team,
                "tier": tiers.get((plan.partner_id, plan.company_id)),
                "health": plan.health if plan.health_band else None,
                "band": plan.health_band or None,
                "band_name": bands.get(plan.health_band),
                "factors": plan.health_factors or [],
                "flags": {
                    "count": plan.red_flag_count,
                    "severity": plan.red_flag_severity or None,
                    "severity_name": words.get(plan.red_flag_severity),
                    "worst": plan.red_flags[0]["name"] if plan.red_flags else None,
                },
                "revenue": plan._prepare_board_revenue(known),
                "action": plan._prepare_board_action(known),
                "contact": plan._prepare_board_contact(known),
                "review": plan._prepare_board_review(),
            }
            for plan in self
        ]

    def _get_board_tiers(self):
        """Return ``{(customer, company): tier}`` of the profiles that the user sees."""
        profiles = self.env["crm.relationship.profile"].search_fetch(
            [
                ("partner_id", "in", self.partner_id.ids),
                ("company_id", "in", self.company_id.ids),
                ("tier_id", "!=", False),
            ],
            ["partner_id", "company_id", "tier_id"],
        )
        return {
            (profile.partner_id, profile.company_id): {
                "name": profile.tier_id.display_name,
                "color": profile.tier_id.color,
            }
            for profile in profiles
        }

    def _prepare_board_revenue(self, known):
        """Return how far the revenue is, nothing without such an objective."""
        objective = self._get_known(known, "objectives").filtered(
            lambda objective: objective.kind == "revenue"
        )
        if not objective:
            return None
        statuses = dict(objective._fields["status"]._description_selection(self.env))
        return {
            "gap": objective.gap_text,
            "progress": objective.progress,
            "status": objective.status,
            "status_name": statuses.get(objective.status),
        }

    def _prepare_board_action(self, known):
        """Return the action to do next, an overdue one first; nothing without any."""
        actions = self._get_known(known, "actions")
        if not actions:
            return None
        action = actions.sorted(lambda action: (action.date_deadline, action.id))[0]
        overdue = self._get_overdue_actions(known)
        return {
            "name": action.name,
            "date": fields.Date.to_string(action.date_deadline),
            "is_overdue": action in overdue,
            "overdue_count": len(overdue),
        }

    def _prepare_board_review(self):
        """Return when the plan is reviewed next, nothing without a planned review."""
        if not self.next_review_date:
            return None
        return {
            "date": fields.Date.to_string(self.next_review_date),
            "is_due": self.is_review_due,
        }

    def _prepare_board_contact(self, known):
        """Return when anybody of the chain was last in touch with us, and how fresh that is."""
        roles = self._get_known(known, "roles")
        last = max(
            (known["last"][role.id] for role in roles if role.id in known["last"]), default=None
        )
        company = self.company_id.sudo()
        freshness = roles._get_freshness(
            last, known["todays"][self.company_id], company.relationship_unseen_days
        )
        words = dict(roles._fields["freshness"]._description_selection(self.env))
        return {
            "date": fields.Date.to_string(last and min(last, known["todays"][self.company_id]))
            or None,
            "freshness": freshness,
            "freshness_name": words[freshness],
            "count": len(roles),
        }
