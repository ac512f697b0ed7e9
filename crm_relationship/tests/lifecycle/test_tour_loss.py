from odoo.tests import HttpCase, tagged

from .common_loss import OPENING, LossCase


@tagged("post_install", "-at_install")
class TestTourLoss(LossCase, HttpCase):
    """People find out why customers are lost, and end relationships, in a real browser."""

    def test_the_salesperson_enters_the_reason(self):
        self.lose()
        loss = self.find_losses()
        task = self.find_tasks(loss)
        self.start_tour(
            f"/odoo/action-crm_relationship.crm_relationship_loss_action/{loss.id}",
            "crm_relationship_loss_reason",
            login="loss_seller",
        )
        self.assertEqual(loss.reason_id.name, "Our contact left")
        self.assertFalse(task.active)

    def test_a_credit_approver_dismisses_and_lifts(self):
        self.recalculate(OPENING)
        profile = self.get_profile(self.customer)
        self.start_tour(
            f"/odoo/action-crm_relationship.crm_relationship_profile_action/{profile.id}",
            "crm_relationship_dismissal",
            login="loss_credit",
        )
        stages = profile.change_ids.filtered(lambda change: change.dimension == "stage")
        self.assertEqual(stages.mapped("cause")[:2], ["lifted", "dismissed"])
        self.assertEqual(self.find_losses().reason_id, self.passive_reason)
