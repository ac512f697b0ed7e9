from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from .crm_relationship_complaint import INSIDERS
from .crm_relationship_complaint_step import JUSTIFIED

RESTS_ON = {
    "category_id",
    "cause_id",
    "partner_id",
    "date_received",
    "is_confidential",
    "result",
}
"""What tells whether a complaint is a recurrence."""


class CrmRelationshipComplaint(models.Model):
    """Whether the same customer complained of the same cause before.

    How it works
        Earlier complaints of the customer with exactly the same cause count, that were received
        within the company's months before this one; the day so many months before counts too.
        What was not justified, or withdrawn, neither counts nor is a recurrence. A confidential
        complaint counts for no other one: the link would tell of it. It is worked out anew, for
        open and closed complaints alike, whenever anything of this changes, by one statement for
        all of the customers concerned.
    """

    _inherit = "crm.relationship.complaint"

    recurrence_of_id = fields.Many2one(
        "crm.relationship.complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=INSIDERS,
        help="The customer's last complaint with the same cause.",
    )
    recurrence_count = fields.Integer(
        "Earlier with the Same Cause",
        readonly=True,
        copy=False,
        groups=INSIDERS,
        help="How many earlier complaints the customer made of the same cause.",
    )
    is_recurrence = fields.Boolean(
        "Recurrence", readonly=True, copy=False, index=True, groups=INSIDERS
    )
    recurrence_explanation = fields.Text(
        "Why Is This a Recurrence?", compute="_compute_recurrence_explanation", groups=INSIDERS
    )
    same_cause_count = fields.Integer(
        "Same Cause, Other Customers",
        compute="_compute_same_cause_count",
        groups=INSIDERS,
        help="Complaints of other customers with the same cause, received within the months that "
        "the company looks back from today, as far as you see them.",
    )

    _recurrence_idx = models.Index(
        "(company_id, partner_id, cause_id, date_received) WHERE cause_id IS NOT NULL"
    )

    @api.depends("is_recurrence", "recurrence_count", "recurrence_of_id")
    @api.depends_context("lang")
    def _compute_recurrence_explanation(self):
        for complaint in self:
            # Whoever sees the complaint may know how far it looks back.
            company = complaint.company_id.sudo()
            last = complaint.recurrence_of_id
            complaint.recurrence_explanation = complaint.is_recurrence and self.env._(
                "%(customer)s complained of “%(cause)s” before: %(count)s time(s) in the "
                "%(months)s months before this complaint was received, last as %(number)s on "
                "%(date)s. Complaints that were not justified, or withdrawn, don't count.",
                customer=complaint.partner_id.display_name,
                cause=complaint.cause_id.display_name,
                count=complaint.recurrence_count,
                months=company.relationship_complaint_recurrence_months,
                # It is never a confidential one.
                number=last.sudo().name,
                date=last and format_date(self.env, last.sudo().date_received),
            )

    @api.depends("cause_id", "partner_id", "company_id")
    @api.depends_context("uid", "su", "allowed_company_ids")
    def _compute_same_cause_count(self):
        counts = {}
        for company, complaints in self.grouped("company_id").items():
            domain = complaints._get_same_cause_domain()
            groups = self._read_group(domain, ["cause_id", "partner_id"], ["__count"])
            for cause, partner, count in groups:
                of_cause = counts.setdefault((company, cause), {})
                of_cause[partner] = count
        for complaint in self:
            of_cause = counts.get((complaint.company_id, complaint.cause_id), {})
            complaint.same_cause_count = sum(of_cause.values()) - of_cause.get(
                complaint.partner_id, 0
            )

    def _get_same_cause_domain(self):
        """Return the domain of complaints with these ones' causes, within the months."""
        company = self.company_id
        if len(company) != 1 or not self.cause_id:
            return Domain.FALSE
        months = company.sudo().relationship_complaint_recurrence_months  # as above
        since = company._get_relationship_today() - relativedelta(months=months)
        return Domain(
            [
                ("company_id", "=", company.id),
                ("cause_id", "in", self.cause_id.ids),
                ("date_received", ">=", since),
                ("result", "in", [False, *JUSTIFIED]),
            ]
        )

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {
            "recurrence_of_id",
            "recurrence_count",
            "is_recurrence",
        }

    @api.model_create_multi
    def create(self, vals_list):
        complaints = super().create(vals_list)
        complaints.filtered(lambda complaint: complaint.sudo().cause_id)._find_recurrences()
        return complaints

    def write(self, vals):
        if not vals.keys() & RESTS_ON:
            return super().write(vals)
        before = self.partner_id
        result = super().write(vals)
        self._find_recurrences(before)
        return result

    def unlink(self):
        customers, companies = self.partner_id, self.company_id
        result = super().unlink()
        self._work_out_recurrences(companies, customers)
        return result

    def _find_recurrences(self, former=None):
        """Work out what is a recurrence among the complaints of these ones' customers.

        :param former: customers that the complaints belonged to before
        """
        customers = self.partner_id | (former or self.env["res.partner"])
        self._work_out_recurrences(self.company_id, customers)

    @api.model
    def _work_out_recurrences(self, companies, customers=None):
        """Work out all recurrences of the companies, of these customers alone if given.

        One row of the query is a complaint with what came before it.
        """
        if not companies or (customers is not None and not customers):
            return
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """
                WITH counted AS (
                    SELECT complaint.id, complaint.company_id, complaint.partner_id,
                           complaint.cause_id, complaint.date_received,
                           complaint.is_confidential,
                           (complaint.date_received AT TIME ZONE 'UTC'
                            AT TIME ZONE COALESCE(calendar.tz, 'UTC'))::date AS day,
                           company.relationship_complaint_recurrence_months AS months
                      FROM crm_relationship_complaint complaint
                      JOIN res_company company ON company.id = complaint.company_id
                      LEFT JOIN resource_calendar calendar
                        ON calendar.id = company.resource_calendar_id
                     WHERE %(scope)s AND complaint.cause_id IS NOT NULL
                       AND (complaint.result IS NULL OR complaint.result IN %(justified)s)
                ), earlier AS (
                    SELECT counted.id, count(*) AS quantity,
                           (array_agg(other.id
                            ORDER BY other.date_received DESC, other.id DESC))[1] AS last
                      FROM counted
                      JOIN counted other
                        ON other.company_id = counted.company_id
                       AND other.partner_id = counted.partner_id
                       AND other.cause_id = counted.cause_id
                     WHERE NOT other.is_confidential
                       AND counted.months > 0
                       AND (other.date_received, other.id) < (counted.date_received, counted.id)
                       AND other.day >= counted.day - make_interval(months => counted.months)
                     GROUP BY counted.id
                ), found AS (
                    SELECT complaint.id, earlier.last, COALESCE(earlier.quantity, 0) AS quantity
                      FROM crm_relationship_complaint complaint
                      LEFT JOIN earlier ON earlier.id = complaint.id
                     WHERE %(scope)s
                )
                UPDATE crm_relationship_complaint complaint
                   SET recurrence_of_id = found.last, recurrence_count = found.quantity,
                       is_recurrence = found.quantity > 0
                  FROM found
                 WHERE found.id = complaint.id
                   AND (complaint.recurrence_of_id, complaint.recurrence_count,
                        complaint.is_recurrence)
                       IS DISTINCT FROM (found.last, found.quantity::int, found.quantity > 0)
                """,
                scope=SQL(
                    "complaint.company_id IN %s%s",
                    tuple(companies.ids),
                    SQL(" AND complaint.partner_id IN %s", tuple(customers.ids))
                    if customers is not None
                    else SQL(),
                ),
                justified=JUSTIFIED,
            )
        )
        names = ["recurrence_of_id", "recurrence_count", "is_recurrence"]
        self.invalidate_model(names)

    # ---------------------------------------------------------------- actions

    def action_explain_recurrence(self):
        """Open the answer to “why is this a recurrence?” in a dialog."""
        self.ensure_one()
        self.check_access("read")
        view = self.env.ref("crm_relationship.crm_relationship_complaint_view_form_recurrence")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why is this a recurrence?"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(view.id, "form")],
            "target": "new",
        }

    def action_open_recurrences(self):
        """Open the customer's complaints with the same cause."""
        self.ensure_one()
        return self._open_of(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.partner_id.id),
                ("cause_id", "=", self.cause_id.id),
            ]
        )

    def action_open_same_cause(self):
        """Open the complaints of other customers with the same cause."""
        self.ensure_one()
        domain = self._get_same_cause_domain() & Domain("partner_id", "!=", self.partner_id.id)
        return self._open_of(list(domain))
