from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, split_every

BATCH = 200
"""Actions that climb at once, and are committed."""

CLIMB_TYPE = "crm_relationship.mail_activity_type_overdue_action"
FEATURE = "crm_relationship.group_key_account_feature"


class CrmRelationshipPlanAction(models.Model):
    """Overdue actions climb to the owner of the plan.

    How it works
        An open action of an active plan that is a number of days past its deadline (the
        company's setting; 0: never) makes one activity for the plan's owner, that says why. It
        goes when the action is done, cancelled or moved, or the plan is closed.
    """

    _name = "crm.relationship.plan.action"
    _inherit = ["crm.relationship.plan.action", "crm.relationship.nightly.mixin"]

    climbed_date = fields.Date(
        "Climbed On",
        copy=False,
        readonly=True,
        help="The day on which the plan's owner was told that it is overdue.",
    )

    @api.model
    def _cron_climb(self):
        """Tell the plans' owners of what is overdue, once; each company on its own."""
        if not self._uses_key_accounts():
            return
        self._work_in_companies()

    @api.model
    def _uses_key_accounts(self):
        """Return whether the feature is on."""
        return self.env.ref(FEATURE) in self.env.ref("base.group_user").all_implied_ids

    @api.model
    def _work_in(self, company):
        own = self.with_company(company).with_context(allowed_company_ids=company.ids)
        limit = company.relationship_climb_days
        if limit <= 0:
            return True
        today = company._get_relationship_today()
        with self.env.cr.savepoint():
            due = own.search(own._get_climb_domain(company, today, limit), order="id")
        remaining = len(due)
        for batch in split_every(BATCH, due.ids, due.browse):
            with self.env.cr.savepoint():
                batch._climb(today, limit)
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining):
                return False
        return True

    @api.model
    def _get_climb_domain(self, company, today, limit):
        return [
            ("company_id", "=", company.id),
            ("plan_id.state", "=", "active"),
            ("state", "=", "planned"),
            ("climbed_date", "=", False),
            ("date_deadline", "<=", today - timedelta(days=limit)),
        ]

    def _climb(self, today, limit):
        """Make an activity for the owner of each one's plan."""
        vals_list = []
        for owner, actions in self.grouped(lambda action: action.plan_id.user_id).items():
            for action in actions.with_context(lang=owner.lang):
                vals_list.append(action._prepare_climb(owner, today, limit))
        # A mail for each would be many on the first night; the activities say it.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        self.climbed_date = today

    def _prepare_climb(self, owner, today, limit):
        """Return the values of the activity, which names the rule and the threshold."""
        paragraphs = [
            self.env._(
                "“%(action)s” for %(target)s was due on %(deadline)s and is open %(days)s days "
                "later. Responsible: %(user)s.",
                action=self.name,
                target=self.role_id.display_name or self.department_id.name or "",
                deadline=format_date(self.env, self.date_deadline),
                days=(today - self.date_deadline).days,
                user=self.user_id.name,
            ),
            self.env._(
                "Rule: an open action climbs to the owner of its plan %(limit)s days after its "
                "deadline, once. The number of days stands in the settings of the relationships.",
                limit=limit,
            ),
            self.env._(
                "What clears it: record what came of it, agree on another deadline, or cancel it."
            ),
        ]
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self._get_activity_type(CLIMB_TYPE).id,
            "user_id": owner.id,
            "date_deadline": today,
            "summary": self.env._("Overdue: %(action)s", action=self.name),
            "note": Markup().join(Markup("<p>%s</p>") % text for text in paragraphs),
            "automated": True,
        }

    def _find_climbs(self):
        """Return the open activities of the owners: past the rights of whom is at work here."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self._get_activity_type(CLIMB_TYPE).id),
                    ("automated", "=", True),
                ]
            )
        )

    def _clear_climbs(self):
        """Take back what was told of these, so that they may climb again."""
        climbed = self.filtered("climbed_date")
        if climbed:
            climbed._find_climbs().unlink()
            climbed.sudo().climbed_date = False  # only the server writes it

    def write(self, vals):
        before = {action: (action.state, action.date_deadline) for action in self}
        result = super().write(vals)
        if "state" in vals or "result" in vals or "date_deadline" in vals:
            self.filtered(
                lambda action: before[action] != (action.state, action.date_deadline)
            )._clear_climbs()
        return result

    @api.model
    def _describe_failure(self, company, error):
        return (
            self.env._("Telling of overdue actions of %(company)s failed", company=company.name),
            self.env._("It is tried again tomorrow. What went wrong: %(error)s", error=error),
        )
