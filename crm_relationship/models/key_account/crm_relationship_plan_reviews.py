from dateutil.relativedelta import relativedelta

from odoo import api, fields, models

RHYTHMS = {"monthly": 1, "quarterly": 3, "half_yearly": 6, "yearly": 12}
"""The months from one review to the next."""

DAYS_A_MONTH_APART = 15
"""So many days for each month of the rhythm lie between two reviews at least: half of it."""


def propose_review_date(start, end, rhythm, after):
    """Return the day of the next review, None if the period has none left.

    The days count from the start of the period by calendar addition, never chained, so that a
    short month does not shift them for good. The last one is the period's last day.

    >>> from datetime import date
    >>> year = (date(2025, 1, 31), date(2025, 12, 31), "monthly")
    >>> propose_review_date(*year, date(2025, 1, 31)), propose_review_date(*year, date(2025, 2, 28))
    (datetime.date(2025, 2, 28), datetime.date(2025, 3, 31))
    """
    if after >= end:
        return None
    months = RHYTHMS[rhythm]
    earliest = after + relativedelta(days=DAYS_A_MONTH_APART * months)
    step = 1
    while (day := start + relativedelta(months=step * months)) < earliest:
        step += 1
    return min(day, end)


class CrmRelationshipPlan(models.Model):
    """The reviews of a plan, on its rhythm."""

    _inherit = "crm.relationship.plan"

    review_rhythm = fields.Selection(
        [
            ("monthly", "Monthly"),
            ("quarterly", "Quarterly"),
            ("half_yearly", "Half-yearly"),
            ("yearly", "Yearly"),
        ],
        required=True,
        default="quarterly",
        tracking=True,
        help="How often the plan is reviewed, counted from the start of its period. When a review "
        "is held, the next one is planned by this.",
    )
    review_ids = fields.One2many("crm.relationship.plan.review", "plan_id", "Reviews")
    held_review_count = fields.Integer("Reviews Held", compute="_compute_reviews")
    next_review_date = fields.Date("Next Review", compute="_compute_reviews")
    is_review_due = fields.Boolean("Review Due", compute="_compute_reviews")
    changes_since_review = fields.Html(
        "Since the Last Review", compute="_compute_changes_since_review", sanitize=False
    )

    @api.depends("review_ids.state", "review_ids.date")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_reviews(self):
        reviews = self.env["crm.relationship.plan.review"]
        groups = reviews._read_group(
            [("plan_id", "in", self.ids)], ["plan_id", "state"], ["__count", "date:min"]
        )
        found = {(plan, state): (count, day) for plan, state, count, day in groups}
        todays = {company: company._get_relationship_today() for company in self.company_id}
        for plan in self:
            plan.held_review_count = found.get((plan._origin, "done"), (0, None))[0]
            day = found.get((plan._origin, "planned"), (0, None))[1]
            plan.next_review_date = day
            plan.is_review_due = bool(
                day and plan.state == "active" and day <= todays[plan.company_id]
            )

    @api.depends("review_ids.state", "state")
    @api.depends_context("uid", "lang")
    def _compute_changes_since_review(self):
        live = self._origin.filtered(lambda plan: plan.state != "closed")
        last = live._get_last_reviews()
        reviewed = self.browse([plan.id for plan in last])
        kept = self.env["crm.relationship.plan.review"].union(*last.values())._get_kept()
        snapshots = reviewed._get_review_snapshots() if reviewed else {}
        words = self._get_review_words()
        for plan in self:
            before = last.get(plan._origin, plan.review_ids.browse())
            plan.changes_since_review = self._render_review_changes(
                before, kept.get(before.id), snapshots.get(plan._origin.id), words
            )

    @api.depends("review_ids.score_values")
    def _compute_assessment(self):
        return super()._compute_assessment()

    def _get_last_reviews(self):
        """Return ``{plan: the review that was held last}``, where there is one."""
        held = self.env["crm.relationship.plan.review"].search_fetch(
            [("plan_id", "in", self.ids), ("state", "=", "done")],
            ["plan_id", "date", "score_values"],
            order="date, id",
        )
        return {review.plan_id: review for review in held}

    def _get_last_review_scores(self):
        # Who reads the plan reads its scores, also those of the last review.
        last = self.sudo()._get_last_reviews()
        return {plan.id: review.score_values or {} for plan, review in last.items()}

    @api.model_create_multi
    def create(self, vals_list):
        plans = super().create(vals_list)
        plans.filtered(lambda plan: plan.state == "active")._plan_first_review()
        return plans

    def write(self, vals):
        result = super().write(vals)
        if vals.get("state") == "active":
            self._plan_first_review()
        if vals.get("state") == "closed" or "user_id" in vals:
            self._follow_reminders()
        return result

    def unlink(self):
        """Take the reviews along by the ORM, held ones too: they have messages."""
        self._check_not_closed()
        self.check_access("unlink")
        self.sudo().review_ids.unlink()  # nobody else deletes a held one
        return super().unlink()

    def _get_insiders(self):
        """Return the owner and the team, but for whom the company has let go since."""
        company = self.company_id
        # Companies of other users are not everybody's to read.
        users = (self.user_id | self.member_ids.user_id).sudo()
        return users.filtered(lambda user: user.active and company in user.company_ids)

    def _plan_first_review(self):
        """Plan a review of those that have none planned."""
        known = self.env["crm.relationship.plan.review"].search_fetch(
            [("plan_id", "in", self.ids)], ["plan_id", "state", "date"], order="date, id"
        )
        last = {review.plan_id: review for review in known}
        planned = known.filtered(lambda review: review.state == "planned").plan_id
        for plan in self - planned:
            plan._plan_next_review(after=last[plan].date if plan in last else plan._get_begin())

    def _get_begin(self):
        """Return the day from which on the plan is reviewed: begun late, nothing is due at once."""
        today = self.company_id._get_relationship_today()
        is_running = self.date_start <= today < self.date_end
        return today if is_running else self.date_start

    def _plan_next_review(self, after):
        """Plan the next review after a day, by the rhythm, unless the period is over."""
        self.ensure_one()
        day = propose_review_date(self.date_start, self.date_end, self.review_rhythm, after)
        if day:
            # It comes with the plan: whoever may start it, or hold a review, has it made.
            self.env["crm.relationship.plan.review"].sudo().create(
                {"plan_id": self.id, "date": day}
            )

    def _follow_reminders(self):
        """Take reminders back once the plan is closed, and hand them over to a new owner."""
        self.filtered(lambda plan: plan.state == "closed").sudo().review_ids._clear_reminders()
        for owner, plans in self.grouped("user_id").items():
            reminders = plans.sudo().review_ids.filtered("reminded_date")._find_reminders()
            reminders.with_context(mail_activity_quick_update=True).user_id = owner

    def action_open_reviews(self):
        """Open the reviews of the plan."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm_relationship.crm_relationship_plan_review_action"
        )
        action["name"] = self.env._("Reviews of %(plan)s", plan=self.name)
        action["domain"] = [("plan_id", "=", self.id)]
        action["context"] = {"default_plan_id": self.id}
        return action

    def action_next_review(self):
        """Open the planned review; plan one if there is none."""
        self.ensure_one()
        reviews = self.env["crm.relationship.plan.review"]
        review = reviews.search([("plan_id", "=", self.id), ("state", "=", "planned")], limit=1)
        if not review:
            review = reviews.create(
                {"plan_id": self.id, "date": self.company_id._get_relationship_today()}
            )
        return review.action_open()


class CrmRelationshipPlanReview(models.Model):
    _inherit = "crm.relationship.plan.review"

    def action_open(self):
        """Open the review on a page of its own."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [[False, "form"]],
        }
