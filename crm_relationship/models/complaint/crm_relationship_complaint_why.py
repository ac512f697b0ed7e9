from odoo import api, fields, models
from odoo.exceptions import ValidationError

MOST = 7
"""Questions of one complaint: five are the rule, more than seven lead nowhere."""


class CrmRelationshipComplaintWhy(models.Model):
    """One of the five whys: each asks for the reason of the answer before."""

    _name = "crm.relationship.complaint.why"
    _description = "Why of a Complaint"
    _inherit = ["crm.relationship.complaint.part.mixin"]
    _order = "complaint_id, sequence, id"
    _rec_name = "question"

    sequence = fields.Integer(default=10)
    question = fields.Char(
        compute="_compute_question",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Empty: it asks for the reason of the answer before.",
    )
    answer = fields.Text()

    @api.depends("complaint_id")
    def _compute_question(self):
        for complaint, whys in self.grouped("complaint_id").items():
            known = complaint.why_ids.sorted("sequence")
            for why in whys:
                before = (known - why)[-1:].answer
                if why.question:
                    continue
                why.question = (
                    self.env._("Why: %(answer)s", answer=before.strip().rstrip(".?"))
                    if before
                    else self.env._("Why did it happen?")
                )

    @api.constrains("complaint_id")
    def _check_number(self):
        for complaint in self.complaint_id:
            if len(complaint.why_ids) > MOST:
                raise ValidationError(
                    self.env._(
                        "A complaint asks at most %(number)s times why. If the cause is not found "
                        "by then, begin with another question.",
                        number=MOST,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        whys = super().create(vals_list)
        whys._check_not_locked()
        return whys

    def write(self, vals):
        self._check_may_work()
        self._check_stays(vals)
        self._check_not_locked()
        return super().write(vals)

    def unlink(self):
        self._check_may_work()
        self._check_not_locked()
        return super().unlink()
