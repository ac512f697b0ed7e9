import re

from odoo.tests import HttpCase, new_test_user

from .common import ComplaintCase

PASSWORD = "complaint-portal-8"


class ComplaintPortalCase(ComplaintCase, HttpCase):
    """Ann, her colleague and a stranger have portal accounts; the complaint is Ann's."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.config.settings"].create({"group_relationship_complaint": True}).execute()
        cls.mate = cls.env["res.partner"].create(
            {"name": "Mate", "parent_id": cls.customer.id, "email": "mate@complaining.example"}
        )
        cls.stranger = cls.env["res.partner"].create(
            {"name": "Stranger", "email": "stranger@elsewhere.example"}
        )
        cls.ann_user = cls.new_portal_user("portal_ann", cls.contact)
        cls.mate_user = cls.new_portal_user("portal_mate", cls.mate)
        cls.stranger_user = cls.new_portal_user("portal_stranger", cls.stranger)
        cls.complaint.write({"contact_id": cls.contact.id, "team_id": cls.team.id})

    @classmethod
    def new_portal_user(cls, login, partner):
        return new_test_user(
            cls.env,
            login=login,
            groups="base.group_portal",
            password=PASSWORD,
            partner_id=partner.id,
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )

    def log_in(self, user=None):
        self.authenticate(user and user.login, user and PASSWORD)

    def url(self, suffix="", complaint=None):
        return f"/my/complaints/{(complaint or self.complaint).id}{suffix}"

    def send(self, url, page="/my/complaints", files=None, **values):
        """Send a form, with the token of a page of this session."""
        found = re.search(r'csrf_token: "([^"]+)"', self.url_open(page).text)
        data = {"csrf_token": found.group(1), **values}
        return self.url_open(url, data=data, files=files)

    def answer(self, complaint=None, **values):
        """Answer a complaint."""
        self.move("responded", complaint, answer="<p>We replace it</p>", **values)
