from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError

OPINIONS = [("1", "Not satisfied"), ("3", "Partly satisfied"), ("5", "Satisfied")]
"""The values of Odoo's three faces."""


class CrmRelationshipComplaint(models.Model):
    """After closing, the complainant rates the handling and the outcome.

    How it works
        Odoo's rating is that of the handling: how we dealt with it. The outcome, what came of
        it, has a field of its own. The worse one decides whether the rating is low. A reopened
        complaint is rated again after it is closed; the ratings of before stay.
    """

    _name = "crm.relationship.complaint"
    _inherit = ["crm.relationship.complaint", "rating.mixin"]

    outcome_rating = fields.Selection(
        OPINIONS,
        readonly=True,
        copy=False,
        tracking=True,
        help="What the complainant says of what came of it.",
    )
    date_rated = fields.Datetime("Rated", readonly=True, copy=False)
    can_rate = fields.Boolean(compute="_compute_can_rate")

    @api.depends("stage_code", "date_rated")
    def _compute_can_rate(self):
        for complaint in self:
            complaint.can_rate = complaint.stage_code == "closed" and not complaint.date_rated

    @api.model
    def _get_managed_fields(self):
        return super()._get_managed_fields() | {"outcome_rating", "date_rated"}

    def _rating_get_partner(self):
        return self._mail_get_partners()[self.id]

    def _rating_apply_get_default_subtype_id(self):
        """Post ratings as notes: they answer nothing, and reopen nothing as messages may."""
        return self.env["ir.model.data"]._xmlid_to_res_id("mail.mt_note")

    def rating_apply(self, rate, token=None, rating=None, feedback=None, **kwargs):
        """Take a rating, whether it came by our page or by Odoo's own: both act as sudo."""
        if not self.env.su:
            raise AccessError(self.env._("Only the complainant rates, by the link in the mail."))
        rating = super().rating_apply(rate, token=token, rating=rating, feedback=feedback, **kwargs)
        complaint = self.with_user(SUPERUSER_ID)  # customers may not write what they rate
        if complaint.can_rate:
            complaint._save({"date_rated": fields.Datetime.now()})
            complaint._check_rating(rate)
        return rating

    def _rate(self, handling, outcome, feedback):
        """Take both answers of the complainant, on whose behalf the caller acts as sudo.

        :param handling: a value of ``OPINIONS``
        :param outcome: likewise
        """
        self.ensure_one()
        self._save({"outcome_rating": outcome})
        token = self._rating_get_access_token(self._rating_get_partner())
        self.rating_apply(int(handling), token=token, feedback=feedback)

    def _check_rating(self, handling):
        """Do what the company wants after a low rating."""
        self.ensure_one()
        limit = int(self.company_id.relationship_complaint_low_rating_from)
        worst = min(handling, int(self.outcome_rating or handling))
        if worst <= limit:
            self._on_low_rating()

    def _on_low_rating(self):
        """Reopen the complaint, tell the team's leader, or the executives."""
        self.ensure_one()
        what = self.company_id.relationship_complaint_low_rating
        reason = self.env._("The complainant is not satisfied with how it was settled")
        if what == "reopen" and self.can_reopen:
            self._reopen(reason, origin="complainant")
        elif what == "executives":
            self._escalate(reason)
        elif what != "nothing":
            people = (self.team_id.user_id | self.user_id).filtered("active")
            self._call(people[:1], reason)

    def _on_reopen(self):
        """Let it be rated again when it is closed again."""
        self._save({"date_rated": False, "outcome_rating": False})
        return super()._on_reopen()
