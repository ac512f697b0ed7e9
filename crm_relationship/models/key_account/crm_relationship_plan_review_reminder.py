from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date, split_every

BATCH = 200
"""Reviews whose owners are told at once, and are committed."""

DUE_TYPE = "crm_relationship.mail_activity_type_due_review"


class CrmRelationshipPlanReview(models.Model):
    """The owner of a plan hears that a review is due.

    How it works
        On the day of a planned review of an active plan, in the company's time zone, one activity
        is made for the plan's owner. It goes when the review is held, moved or deleted, or the
        plan is closed.
    """

    _name = "crm.relationship.plan.review"
    _inherit = ["crm.relationship.plan.review", "crm.relationship.nightly.mixin"]

    reminded_date = fields.Date(
        "Reminded On",
        copy=False,
        readonly=True,
        help="The day on which the plan's owner was told that it is due.",
    )

    @api.model
    def _cron_remind(self):
        """Tell the plans' owners of the reviews that are due, once; each company on its own."""
        if not self.env["crm.relationship.plan.action"]._uses_key_accounts():
            return
        self._work_in_companies()

    @api.model
    def _work_in(self, company):
        own = self.with_company(company).with_context(allowed_company_ids=company.ids)
        today = company._get_relationship_today()
        with self.env.cr.savepoint():
            due = own.search(
                [
                    ("company_id", "=", company.id),
                    ("plan_id.state", "=", "active"),
                    ("state", "=", "planned"),
                    ("reminded_date", "=", False),
                    ("date", "<=", today),
                ],
                order="id",
            )
        remaining = len(due)
        for batch in split_every(BATCH, due.ids, due.browse):
            with self.env.cr.savepoint():
                batch._remind(today)
            remaining -= len(batch)
            if not self._checkpoint(len(batch), remaining):
                return False
        return True

    def _remind(self, today):
        """Make an activity for the owner of each one's plan."""
        vals_list = []
        for owner, reviews in self.grouped("user_id").items():
            for review in reviews.with_context(lang=owner.lang):
                vals_list.append(review._prepare_reminder())
        # A mail for each would be many on the first night; the activities say it.
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(vals_list)
        self.reminded_date = today

    def _prepare_reminder(self):
        """Return the values of the activity: what is due, and what clears it."""
        rhythms = dict(self.plan_id._fields["review_rhythm"]._description_selection(self.env))
        paragraphs = [
            self.env._(
                "“%(plan)s” is to be reviewed on %(date)s. Rhythm: %(rhythm)s.",
                plan=self.plan_id.name,
                date=format_date(self.env, self.date),
                rhythm=rhythms[self.plan_id.review_rhythm],
            ),
            self.env._("What clears it: hold the review, or move it to another day."),
        ]
        return {
            "res_model_id": self.env["ir.model"]._get_id(self._name),
            "res_id": self.id,
            "activity_type_id": self._get_due_type().id,
            "user_id": self.user_id.id,
            "date_deadline": self.date,
            "summary": self.env._("Review %(plan)s", plan=self.plan_id.name),
            "note": Markup().join(Markup("<p>%s</p>") % text for text in paragraphs),
            "automated": True,
        }

    @api.model
    def _get_due_type(self):
        return self.env["crm.relationship.plan.action"]._get_activity_type(DUE_TYPE)

    def _find_reminders(self):
        """Return the open activities of the owners: past the rights of whom is at work here."""
        return (
            self.env["mail.activity"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("activity_type_id", "=", self._get_due_type().id),
                    ("automated", "=", True),
                ]
            )
        )

    def _clear_reminders(self):
        """Take back what was told of these, so that it may be told again."""
        reminded = self.filtered("reminded_date")
        if reminded:
            reminded._find_reminders().unlink()
            reminded.sudo().reminded_date = False  # only the server writes it

    def write(self, vals):
        moved = self.filtered(
            lambda review: "date" in vals and review.date != fields.Date.to_date(vals["date"])
        )
        result = super().write(vals)
        moved._clear_reminders()
        return result

    @api.model
    def _describe_failure(self, company, error):
        return (
            self.env._("Telling of due reviews of %(company)s failed", company=company.name),
            self.env._("It is tried again tomorrow. What went wrong: %(error)s", error=error),
        )
