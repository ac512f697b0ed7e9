from odoo import fields, models


class CrmRelationshipComplaintDeadline(models.Model):
    _inherit = "crm.relationship.complaint.deadline"

    escalation_ids = fields.One2many(
        "crm.relationship.complaint.escalation.log", "deadline_id", "Escalations", readonly=True
    )

    def _describe_escalation(self, is_overdue, time):
        """Return in one sentence what is the matter.

        :param time: working time until it is due, or since, in words
        """
        self.ensure_one()
        kind = dict(self._fields["kind"]._description_selection(self.env))[self.kind]
        name = self.complaint_id.display_name
        if is_overdue:
            return self.env._(
                "“%(complaint)s”: %(kind)s is overdue by %(time)s.",
                complaint=name,
                kind=kind,
                time=time,
            )
        return self.env._(
            "“%(complaint)s”: %(kind)s is due in %(time)s of working time.",
            complaint=name,
            kind=kind,
            time=time,
        )
