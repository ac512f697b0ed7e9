from datetime import timedelta

from odoo import fields

from .common import ComplaintCase


class InquiryCase(ComplaintCase):
    """An action and a resolution of the complaint, entered by its handler."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_relationship_today()

    @classmethod
    def make_action(cls, user=None, **values):
        actions = cls.env["crm.relationship.complaint.action"].with_user(user or cls.handler)
        return actions.create(
            {
                "name": "Check the torque",
                "complaint_id": cls.complaint.id,
                "user_id": cls.handler.id,
                "date_deadline": cls.today + timedelta(7),
                **values,
            }
        )

    @classmethod
    def make_resolution(cls, amount, user=None, **values):
        lines = cls.env["crm.relationship.complaint.resolution"].with_user(user or cls.handler)
        return lines.create(
            {"complaint_id": cls.complaint.id, "kind": "refund", "amount": amount, **values}
        )

    @classmethod
    def make_limit(cls, amount, **values):
        return cls.env["crm.relationship.complaint.limit"].create(
            {"company_id": cls.company.id, "amount": amount, **values}
        )

    def check(self, action, effect="effective", user=None, **values):
        """Say whether an action was effective, as the dialog does."""
        wizards = self.env["crm.relationship.complaint.effect"].with_user(user or self.handler)
        values = {"action_id": action.id, "effect": effect, "note": "Looked", **values}
        return wizards.create(values).action_confirm()

    def finish(self, action, days_ago=0):
        """Let the action be done, so many days ago."""
        action.write({"proof": "Photo", "state": "done"})
        action.sudo()._save({"date_done": self.today - timedelta(days_ago)})
        self.env.flush_all()
        return action

    def noon(self, day):
        """Return the moment at noon UTC of a day."""
        return fields.Datetime.to_datetime(day) + timedelta(hours=12)
