import random
from datetime import date, timedelta

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_tier_methods import MethodCase

TODAY = date(2025, 6, 30)
KEPT = """
    SELECT 'profile', to_jsonb(profile) FROM crm_relationship_profile profile
     UNION ALL
    SELECT 'change', to_jsonb(change) FROM crm_relationship_change change
     UNION ALL
    SELECT 'run', to_jsonb(run) FROM crm_relationship_run run
     UNION ALL
    SELECT 'cut', to_jsonb(cut) FROM crm_relationship_tier_cut cut
"""


@tagged("post_install", "-at_install")
class TestPreview(MethodCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = cls.company._get_relationship_today()
        chance = random.Random(20251122)
        cls.customers = cls.make_ranking(
            [chance.choice((-1, 0, 5, 10, 20, 40, 80, 160)) for _number in range(200)],
            day=cls.today - timedelta(days=20),
        )
        cls.make_invoices(
            [
                (partner, cls.today - timedelta(days=chance.randint(0, 700)), chance.randint(1, 90))
                for partner in cls.customers
                for _number in range(chance.randint(0, 12))
            ]
        )
        cls.recalculate(as_of=None)

    def new_draft(self, method, tiers, **values):
        """Return a draft with tiers ``(code, {field: value})`` and a lowest D."""
        rows = [*tiers, ("D", {})]
        return self.policy.create(
            {
                "name": f"By {method}",
                "company_id": self.company.id,
                "method": method,
                "tier_ids": [
                    (0, 0, {"code": code, "name": code, "sequence": place, **conditions})
                    for place, (code, conditions) in enumerate(rows)
                ],
                **values,
            }
        )

    def preview(self, policy):
        return self.env["crm.relationship.preview"].browse(policy.action_preview()["res_id"])

    def get_rows(self, preview, **terms):
        domain = [("preview_id", "=", preview.id), *((k, "=", v) for k, v in terms.items())]
        return self.env["crm.relationship.preview.customer"].search(domain)

    def read_kept(self):
        self.env.flush_all()
        self.env.cr.execute(KEPT)
        return sorted(map(str, self.env.cr.fetchall()))

    def assert_run_gives(self, preview):
        """Activate the previewed policy, run, and compare customer by customer."""
        expected = {row.partner_id.id: row.new_tier_id.code for row in self.get_rows(preview)}
        lines = {
            line.tier_id.code: (line.customer_count, line.revenue) for line in preview.tier_ids
        }
        moves = {name: preview[f"{name}_count"] for name in ("up", "down", "new", "out")}
        preview.policy_id.action_activate()
        run = self.recalculate(as_of=None)
        self.assertEqual(run.state, "done", run.error)
        found = self.get_codes()
        self.assertEqual({p: code for p, code in found.items() if code}, {
            p: code for p, code in expected.items() if code
        })  # fmt: skip
        groups = self.env["crm.relationship.profile"]._read_group(
            [("company_id", "=", self.company.id), ("tier_id", "!=", False)],
            ["tier_id"],
            ["__count", "revenue:sum"],
        )
        given = {tier.code: (count, revenue) for tier, count, revenue in groups}
        self.assertEqual(given, {code: line for code, line in lines.items() if line[0]})
        return moves

    def test_a_run_gives_what_the_preview_shows(self):
        drafts = [
            self.new_draft(
                "customers", [("A", {"share": 10}), ("B", {"share": 20})], window_months=24
            ),
            self.new_draft("revenue_share", [("A", {"share": 50}), ("B", {"share": 30})]),
            self.new_draft("threshold", [("A", {"amount_min": 300}), ("B", {"amount_min": 100})]),
            self.new_draft(
                "behaviour",
                [
                    ("A", {"visits_min": 0.5, "average_min": 40, "monthly_amount_min": 10}),
                    ("B", {"visits_min": 0.25}),
                ],
                only_buyers=True,
            ),
        ]
        for draft in drafts:
            with self.subTest(draft.method):
                preview = self.preview(draft)
                self.assertTrue(preview.up_count or preview.down_count)
                self.assert_run_gives(preview)

    def test_preview_saves_nothing(self):
        before = self.read_kept()
        self.preview(self.new_draft("threshold", [("A", {"amount_min": 100})]))
        self.assertEqual(self.read_kept(), before)

    def test_a_copy_of_the_active_policy_moves_nobody(self):
        preview = self.preview(self.policy.copy())
        self.assertEqual((preview.same_count, preview.up_count, preview.down_count), (200, 0, 0))
        self.assertEqual(preview.tier_ids.mapped("difference"), [0, 0, 0, 0])
        self.assertEqual(sum(preview.tier_ids.mapped("customer_share")), 100)

    def test_movements_by_the_places_of_the_codes(self):
        top = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id.code", "=", "A")]
        )
        draft = self.new_draft(
            "threshold", [("X", {"amount_min": 100_000}), ("A", {"amount_min": 1})]
        )
        preview = self.preview(draft)
        # A is in the draft, the second; B and C are not and stand right below it.
        found = {
            (row.old_tier_id.code, row.new_tier_id.code, row.movement)
            for row in self.get_rows(preview)
        }
        self.assertEqual(
            found,
            {
                ("A", "A", "same"),
                ("B", "A", "up"),
                ("C", "A", "up"),
                ("D", "A", "up"),
                ("D", "D", "same"),
            },
        )
        self.assertEqual(
            self.get_rows(preview, old_tier_id=top.tier_id.id).partner_id, top.partner_id
        )
        self.assertEqual(preview.up_count + preview.same_count, 200)

    def test_the_lowest_stays_the_lowest_under_another_code(self):
        draft = self.policy.create(
            {
                "name": "Two tiers",
                "company_id": self.company.id,
                "method": "threshold",
                "tier_ids": [
                    (0, 0, {"code": "X", "name": "X", "sequence": 1, "amount_min": 10**9}),
                    (0, 0, {"code": "Y", "name": "Y", "sequence": 2}),
                ],
            }
        )
        preview = self.preview(draft)
        found = {(row.old_tier_id.code, row.movement) for row in self.get_rows(preview)}
        self.assertEqual(found, {("A", "down"), ("B", "down"), ("C", "down"), ("D", "renamed")})

    def test_measuring_again_counts_anew(self):
        draft = self.new_draft("threshold", [("A", {"amount_min": 300})])
        preview = self.preview(draft)
        before = len(self.get_rows(preview, new_tier_id=draft.tier_ids[0].id))
        draft.tier_ids[0].amount_min = 100
        preview.action_refresh()
        self.assertGreater(len(self.get_rows(preview, new_tier_id=draft.tier_ids[0].id)), before)
        self.assertEqual(len(self.get_rows(preview)), 200)
        self.assertEqual(len(preview.tier_ids), 2)

    def test_leavers_and_those_outside(self):
        first = self.customers[0]
        draft = self.new_draft(
            "threshold", [("A", {"amount_min": 1})], domain=f"[('id', '=', {first.id})]"
        )
        preview = self.preview(draft)
        self.assertEqual(preview.out_count, 199)
        self.assertEqual(
            self.get_rows(preview, new_tier_id=False).mapped("movement"), ["out"] * 199
        )
        self.assert_run_gives(preview)

    def test_manual_tiers_stay(self):
        profile = self.get_profile(self.customers[0])
        profile.write({"override_tier_id": self.tiers["A"].id, "override_reason": "Signed"})
        preview = self.preview(self.new_draft("threshold", [("A", {"amount_min": 10**9})]))
        row = self.get_rows(preview, partner_id=self.customers[0].id)
        self.assertEqual((row.new_tier_id.code, row.movement), ("A", "same"))
        top = preview.tier_ids[0]
        self.assertEqual((row.new_tier_id, top.customer_count), (top.tier_id, 1))
        self.assertEqual(sum(preview.tier_ids.mapped("customer_count")), 200)
        self.assert_run_gives(preview)
        self.assertEqual(profile.tier_id, top.tier_id)
        self.assertEqual(profile.override_tier_id, top.tier_id)
        self.assertFalse(profile.change_ids.filtered(lambda change: change.old_value == "A"))

    def test_a_manual_tier_that_the_policy_lacks_stays_the_former_ones(self):
        profile = self.get_profile(self.customers[0])
        profile.write({"override_tier_id": self.tiers["B"].id, "override_reason": "Signed"})
        preview = self.preview(self.new_draft("threshold", [("A", {"amount_min": 10**9})]))
        row = self.get_rows(preview, partner_id=self.customers[0].id)
        self.assertEqual(row.new_tier_id, self.tiers["B"])
        preview.policy_id.action_activate()
        self.recalculate(as_of=None)
        self.assertEqual(profile.tier_id, self.tiers["B"])

    def test_archived_since_the_last_run(self):
        gone, back = self.customers[:2]
        back.action_archive()
        self.recalculate(as_of=None)
        back.action_unarchive()
        gone.action_archive()
        preview = self.preview(self.policy.copy())
        self.assertEqual((preview.new_count, preview.out_count), (0, 0))
        self.assertFalse(self.get_rows(preview, partner_id=gone.id))
        self.assertEqual(self.get_rows(preview, partner_id=back.id).movement, "same")

    def test_the_filter_tells_nothing_that_its_author_may_not_read(self):
        manager = self.new_user("preview_reader", "sales_team.group_sale_manager")
        draft = self.policy.copy({"company_id": self.company.id})
        with self.assertRaises(AccessError):
            draft.with_user(manager).domain = "[('signup_type', '=', 'signup')]"
        draft.domain = "[('signup_type', '=', 'signup')]"
        with self.assertRaises(AccessError):
            draft.with_user(manager).action_preview()

    def test_an_active_policy_keeps_its_grace(self):
        top = self.env["crm.relationship.profile"].search(
            [("company_id", "=", self.company.id), ("tier_id.code", "=", "A")]
        )
        yesterday = self.today - timedelta(days=1)
        self.make_invoices([(partner, yesterday, 9000) for partner in self.customers[:3]])
        preview = self.preview(self.policy)
        self.assertTrue(preview.is_active)
        self.assertFalse(preview.down_count)
        kept = self.get_rows(preview, old_tier_id=self.tiers["A"].id)
        self.assertEqual(kept.partner_id, top.partner_id)
        self.assertEqual(set(kept.new_tier_id.mapped("code")), {"A"})

    def test_numbers_open_their_customers(self):
        preview = self.preview(
            self.new_draft("threshold", [("A", {"amount_min": 300}), ("B", {"amount_min": 100})])
        )
        customers = self.env["crm.relationship.preview.customer"]
        for line in preview.tier_ids:
            for count, action in (
                (line.customer_count, line.action_open_customers()),
                (line.present_count, line.action_open_present()),
            ):
                self.assertEqual(customers.search_count(action["domain"]), count)
        for movement in ("up", "down", "same", "new", "out", "renamed"):
            action = preview.with_context(movement=movement).action_open_customers()
            self.assertEqual(customers.search_count(action["domain"]), preview[f"{movement}_count"])

    def test_a_template_has_no_customers(self):
        with self.assertRaisesRegex(UserError, "This is a template"):
            self.env.ref("crm_relationship.crm_relationship_tier_policy_bank").action_preview()

    def test_an_incomplete_draft_says_what_is_missing(self):
        with self.assertRaisesRegex(ValidationError, "asks for nothing"):
            self.new_draft("threshold", [("A", {})]).action_preview()

    def test_managers_see_their_own_previews_only(self):
        preview = self.preview(self.policy)
        manager = self.new_user("preview_manager", "sales_team.group_sale_manager")
        env = self.env(user=manager, context={})
        self.assertFalse(env["crm.relationship.preview.customer"].search([]))
        self.assertFalse(env["crm.relationship.preview.tier"].search([]))
        with self.assertRaises(AccessError):
            preview.with_env(env).read(["up_count"])
        own = env["crm.relationship.preview"]._make(self.policy.with_env(env))
        self.assertEqual(own.same_count, preview.same_count)
        self.assertEqual(len(own.tier_ids), 4)

    def test_salespeople_preview_nothing(self):
        user = self.new_user("preview_salesperson", "sales_team.group_sale_salesman_all_leads")
        with self.assertRaises(AccessError):
            self.policy.with_user(user).action_preview()
        for model in ("preview", "preview.tier", "preview.customer"):
            with self.assertRaises(AccessError):
                self.env[f"crm.relationship.{model}"].with_user(user).search([])
