from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ...engine import order_check

REASONS = ("grade", "limit", "overdue", "terms")
"""Why an order may not pass, in the order in which people read them."""

APPROVERS = "crm_relationship.group_credit"


class CrmRelationshipCreditPolicy(models.Model):
    """What is asked of an order when it is confirmed.

    How it works
        The customer is the commercial partner of the invoice address: it will owe the money.
        The grade is the approved one until it expires, else the automatic one. What it owes and
        ordered is read live, with the company's branches: they keep one ledger.
    """

    _inherit = "crm.relationship.credit.policy"

    check_mode = fields.Selection(
        [("none", "Do Nothing"), ("warn", "Warn"), ("block", "Block Until Released")],
        "On Confirmation",
        required=True,
        default="none",
        copy=False,
        tracking=True,
        help="What happens to an order that one of the reasons below speaks against. A warning "
        "stands on the quotation, and in its chatter if it is confirmed nevertheless. A blocked "
        "one is confirmed only after a credit approver has released it with a reason.",
    )
    check_grade_id = fields.Many2one(
        "crm.relationship.credit.grade",
        "Grade Below",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('policy_id', '=', id)]",
        tracking=True,
        help="Orders of customers with a worse grade than this. A customer without a grade is not "
        "below it. Empty: grades are not looked at.",
    )
    checks_limit = fields.Boolean(
        "Credit Limit",
        copy=False,
        tracking=True,
        help="Orders that take the customer above its credit limit: what it owes including tax, "
        "its confirmed orders that are not invoiced, and this order. A limit of 0 is none.",
    )
    is_limit_used = fields.Boolean(related="company_id.account_use_credit_limit")
    checks_overdue = fields.Boolean("Overdue Invoices", copy=False, tracking=True)
    overdue_tolerance_days = fields.Integer(
        "Tolerated Days",
        copy=False,
        tracking=True,
        help="An invoice counts as overdue more than so many days after its due date.",
    )
    overdue_tolerance_amount = fields.Monetary(
        "Tolerated Amount",
        copy=False,
        tracking=True,
        help="Orders of customers of whom more than this, including tax, is overdue.",
    )
    checks_terms = fields.Boolean(
        "Payment Terms",
        copy=False,
        tracking=True,
        help="Orders with payment terms that the customer's grade does not allow.",
    )
    release_user_id = fields.Many2one(
        "res.users",
        "Asked for Releases",
        copy=False,
        tracking=True,
        help="Gets an activity for each order that waits for a release. Empty: a credit approver "
        "of the company.",
    )

    _tolerance_positive = models.Constraint(
        "CHECK (overdue_tolerance_days >= 0 AND overdue_tolerance_amount >= 0)",
        "The tolerated days and the tolerated amount can't be below zero.",
    )

    @api.constrains("check_grade_id")
    def _check_check_grade(self):
        for policy in self:
            grade = policy.check_grade_id
            if grade and grade.policy_id != policy:
                raise ValidationError(
                    self.env._(
                        "The grade %(grade)s belongs to another credit policy. Choose one of "
                        "this policy.",
                        grade=grade.code,
                    )
                )

    @api.constrains("release_user_id")
    def _check_release_user(self):
        for policy in self:
            user = policy.release_user_id.sudo()
            if user and not (user.has_group(APPROVERS) and policy.company_id in user.company_ids):
                raise ValidationError(
                    self.env._(
                        "%(user)s does not approve credit in %(company)s. Choose a credit approver "
                        "of this company.",
                        user=user.name,
                        company=policy.company_id.name,
                    )
                )

    def _get_release_user(self, order):
        """Return who is asked to release the order: the chosen one, or an approver of its company
        who has not made it.
        """
        if self.release_user_id.active and self.release_user_id not in order._get_credit_makers():
            return self.release_user_id
        approvers = self.env["res.users"].search(
            [
                ("all_group_ids", "in", self.env.ref(APPROVERS).ids),
                ("company_ids", "in", order.company_id.ids),
                ("share", "=", False),
            ],
            order="id",
        )
        return (approvers - order._get_credit_makers())[:1] or self.release_user_id

    # What speaks against orders

    def _check_orders(self, orders):
        """Return ``{order: {reason: figures}}`` of this company's orders; an order that nothing
        speaks against is left out. The figures are in the company's currency.

        Orders that are edited count with what is on the screen.
        """
        self.ensure_one()
        figures = self._get_check_figures(orders)
        profiles = self._get_check_profiles(orders)
        found = {}
        for order in orders:
            customer = order._get_credit_customer()
            grade = profiles[customer]._get_valid_credit_grade() if customer in profiles else None
            reasons = {
                "grade": self._check_grade(grade),
                "limit": self._check_limit(customer, figures.get(order)),
                "overdue": self._check_overdue(figures.get(order)),
                "terms": self._check_terms(grade, order.payment_term_id),
            }
            found[order] = {name: reasons[name] for name in REASONS if reasons[name]}
        return {order: reasons for order, reasons in found.items() if reasons}

    def _check_grade(self, grade):
        wanted = self.check_grade_id
        if wanted and grade and grade.score_from < wanted.score_from:
            return {"grade": grade.code, "wanted": wanted.code}
        return None

    def _check_limit(self, customer, figures):
        """Compare all that the customer would owe with its limit; equal is not above."""
        if not (self.checks_limit and self.is_limit_used and customer):
            return None
        limit = customer.with_company(self.company_id).credit_limit
        total = sum(figures[name] for name in ("receivable", "orders", "order"))
        if limit and self.currency_id.compare_amounts(total, limit) > 0:
            return {**figures, "total": total, "limit": limit}
        return None

    def _check_overdue(self, figures):
        if not self.checks_overdue:
            return None
        tolerated = self.overdue_tolerance_amount
        if self.currency_id.compare_amounts(figures["overdue"], tolerated) > 0:
            days = self.overdue_tolerance_days
            return {"overdue": figures["overdue"], "tolerated": tolerated, "days": days}
        return None

    def _check_terms(self, grade, term):
        if self.checks_terms and grade and term and grade.payment_term_ids:
            if term not in grade.payment_term_ids:
                return {
                    "term": term.name,
                    "grade": grade.code,
                    "allowed": ", ".join(grade.payment_term_ids.mapped("name")),
                }
        return None

    def _get_check_profiles(self, orders):
        """Return ``{customer: profile}`` of the orders, if grades are looked at."""
        if not (self.check_grade_id or self.checks_terms):
            return {}
        customers = [order._get_credit_customer().id for order in orders]
        profiles = self.env["crm.relationship.profile"].search(
            [("partner_id", "in", customers), ("company_id", "=", self.company_id.id)]
        )
        return {profile.partner_id: profile for profile in profiles}

    def _get_check_figures(self, orders):
        """Return ``{order: {"receivable", "overdue", "orders", "order"}}``, if asked for.

        ``orders`` are all other orders of the customer: those confirmed, and those of
        ``orders`` that stand confirmed beside this one.
        """
        if not (self.checks_overdue or (self.checks_limit and self.is_limit_used)):
            return {}
        self.env.flush_all()
        companies = self._get_ledger_companies()
        customers = list({order._get_credit_customer().id for order in orders} - {False})
        debts = self._get_debts(companies, customers)
        others, uninvoiced = self._get_orders(companies, customers, orders)
        confirmed = {}
        for order in orders:
            if order.state == "sale":
                customer = order._get_credit_customer().id
                confirmed[customer] = confirmed.get(customer, 0) + uninvoiced[order]
        figures = {}
        for order in orders:
            customer = order._get_credit_customer().id
            beside = confirmed.get(customer, 0) - (
                uninvoiced[order] if order.state == "sale" else 0
            )
            receivable, overdue = debts.get(customer, (0, 0))
            figures[order] = {
                "receivable": receivable,
                "overdue": overdue,
                "orders": others.get(customer, 0) + beside,
                "order": uninvoiced[order],
            }
        return figures

    def _get_ledger_companies(self):
        """Return the ids of the company's whole tree: branches keep one ledger with it."""
        return self.env["res.company"].search([("id", "child_of", self.company_id.root_id.id)]).ids

    def _take_turns(self, orders):
        """Let orders of a customer with a limit that are confirmed or grow at the same time count
        each other.
        """
        if not (self.checks_limit and self.is_limit_used):
            return
        customers = {
            customer.id
            for customer in (order._get_credit_customer() for order in orders)
            if customer.with_company(self.company_id).credit_limit
        }
        if customers:
            self.env.flush_all()
            self.env.execute_query(order_check.take_turns(self.company_id.root_id.id, customers))

    def _get_debts(self, companies, customers):
        """Return ``{customer id: (receivable, overdue)}``."""
        today = self.company_id._get_relationship_today()
        overdue_before = today - timedelta(days=self.overdue_tolerance_days)
        rows = self.env.execute_query(order_check.receivables(companies, customers, overdue_before))
        return {customer: (float(owed), float(overdue)) for customer, owed, overdue in rows}

    def _get_orders(self, companies, customers, orders):
        """Return what is ordered and not invoiced: ``{customer id: amount}`` of the confirmed
        orders but for ``orders``, and ``{order: amount}`` of these.
        """
        checked = orders._origin.ids
        rows = self.env.execute_query(order_check.open_orders(companies, customers, checked))
        others, invoiced = {}, {}
        for customer, currency, checked_id, uninvoiced, total in rows:
            if checked_id:
                invoiced[checked_id] = float(total or 0) - float(uninvoiced or 0)
            else:
                amount = self.company_id._convert_to_relationship_currency(
                    float(uninvoiced or 0), self.env["res.currency"].browse(currency)
                )
                others[customer] = others.get(customer, 0) + amount
        own = {
            order: self.company_id._convert_to_relationship_currency(
                order.amount_total - invoiced.get(order._origin.id, 0), order.currency_id
            )
            for order in orders
        }
        return others, own

    # The reasons in words

    @api.model
    def _get_reason_labels(self):
        """Return the reasons without figures, for those who may not see the customer's credit."""
        return {
            "grade": self.env._("The credit grade of the customer is too low."),
            "limit": self.env._("The customer would be above its credit limit."),
            "overdue": self.env._("The customer has overdue invoices."),
            "terms": self.env._("The payment terms are not allowed for the customer's grade."),
        }

    def _describe_reasons(self, reasons):
        """Return the reasons in words, with their figures."""
        self.ensure_one()
        return [getattr(self, f"_describe_{name}")(reasons[name]) for name in reasons]

    def _describe_grade(self, figures):
        return self.env._(
            "The customer's credit grade is %(grade)s; orders below %(wanted)s need a release.",
            grade=figures["grade"],
            wanted=figures["wanted"],
        )

    def _describe_limit(self, figures):
        return self.env._(
            "Open receivables %(receivable)s, confirmed orders %(orders)s and this order %(order)s "
            "make %(total)s: above the credit limit of %(limit)s.",
            **{name: self._format_amount(amount) for name, amount in figures.items()},
        )

    def _describe_overdue(self, figures):
        return self.env._(
            "%(overdue)s of invoices are more than %(days)s days overdue; %(tolerated)s are "
            "tolerated.",
            overdue=self._format_amount(figures["overdue"]),
            tolerated=self._format_amount(figures["tolerated"]),
            days=figures["days"],
        )

    def _describe_terms(self, figures):
        return self.env._(
            "The payment terms “%(term)s” are not allowed for grade %(grade)s. Allowed are: "
            "%(allowed)s.",
            **figures,
        )

    def _format_amount(self, amount):
        return formatLang(self.env, amount, currency_obj=self.currency_id)
