from odoo import models


class CrmRelationshipRole(models.Model):
    """A contact that leaves the customer leaves the chain, and comes back with it.

    How it works
        Whoever archives or moves a contact need not know of account plans, so nothing is refused:
        the role is archived, and the plan's chatter says so. A closed plan stays as it is.
    """

    _inherit = "crm.relationship.role"

    def _get_present(self):
        """Return those of these whose contact is active and one of the plan's customer."""
        return self.filtered(
            lambda role: (
                role.partner_id.active
                and self._is_of_customer(role.partner_id, role.plan_id.partner_id)
            )
        )

    def _follow_contacts(self, before):
        """Let the roles go or come back with their contacts.

        :param before: those of these that were present before something changed
        """
        roles = self.exists()
        present = roles._get_present()
        (before & roles - present)._leave_chain()
        back = (present - before).filtered(lambda role: not role.active)
        back.active = True
        back._tell_plans(self.env._("Back in the decision chain: %(names)s"))

    def _leave_chain(self):
        """Archive the roles of contacts who are gone, and say so."""
        gone = self.filtered("active")
        gone.active = False
        gone._tell_plans(
            self.env._(
                "No longer in the decision chain, as the contact was archived or moved: %(names)s"
            )
        )

    def _tell_plans(self, message):
        """Write into the chatter of each plan what became of these contacts.

        :param message: a text with ``%(names)s``
        """
        bodies = {
            plan.id: message % {"names": ", ".join(roles.mapped("display_name"))}
            for plan, roles in self.grouped("plan_id").items()
        }
        if bodies:
            self.plan_id._message_log_batch(bodies, author_id=self.env.user.partner_id.id)
