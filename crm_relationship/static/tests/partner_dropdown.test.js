import { mailModels } from "@mail/../tests/mail_test_helpers";
import { expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne, runAllTimers } from "@odoo/hoot-dom";
import {
    clickFieldDropdown,
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

const MARGINS = [
    ["red", "Loss"],
    ["amber", "Thin"],
    ["green", "Healthy"],
];

class Tier extends models.Model {
    _name = "crm.relationship.tier";
    name = fields.Char();
    code = fields.Char();
    color = fields.Integer();
    _records = [{ id: 1, name: "A · VIP", code: "A", color: 10 }];
}

class ResPartner extends mailModels.ResPartner {
    relationship_tier_id = fields.Many2one({ relation: "crm.relationship.tier" });
    relationship_margin_health = fields.Selection({ selection: MARGINS });
    _records = [
        ...this._records,
        { id: 101, name: "Rosa", relationship_tier_id: 1, relationship_margin_health: "red" },
        { id: 102, name: "Amanda", relationship_margin_health: "amber" },
        { id: 103, name: "Greta", relationship_tier_id: 1, relationship_margin_health: "green" },
        { id: 104, name: "Nobody" },
    ];
}

class Quotation extends models.Model {
    _name = "quotation";
    partner_id = fields.Many2one({ relation: "res.partner" });
    vendor_id = fields.Many2one({ relation: "res.partner" });
}

defineModels({ ...mailModels, ResPartner, Tier, Quotation });

const CUSTOMER = `{'res_partner_search_mode': 'customer'}`;
const OPTIONS = ".o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option)";

/** Open the form; each call of the drop-down is a step with the fields that it asks for. */
async function openForm({ group = true, widget = "many2one" } = {}) {
    onRpc("has_group", ({ args }) => args[1] !== "crm_relationship.group_user" || group);
    onRpc("web_name_search", ({ kwargs }) => {
        expect.step(Object.keys(kwargs.specification).join(" "));
    });
    await mountView({
        type: "form",
        resModel: "quotation",
        arch: `
            <form>
                <field name="partner_id" widget="${widget}" context="${CUSTOMER}"/>
                <field name="vendor_id" context="{'res_partner_search_mode': 'supplier'}"/>
            </form>`,
    });
}

function suggestions() {
    return queryAllTexts(OPTIONS).map((text) => text.replace(/\s+/g, " "));
}

const ASKED = "display_name relationship_tier_id relationship_margin_health";

for (const widget of ["many2one", "res_partner_many2one"]) {
    test(`suggested customers show margin and tier: ${widget}`, async () => {
        await openForm({ widget });
        await clickFieldDropdown("partner_id");
        const shown = suggestions();
        expect(shown).toInclude("Rosa ▼Loss A");
        expect(shown).toInclude("Amanda ◆Thin");
        expect(shown).toInclude("Greta ●Healthy A");
        expect(shown).toInclude("Nobody");
        expect.verifySteps([ASKED]);
        const red = queryOne(`${OPTIONS}:contains(Rosa) .text-bg-danger`);
        expect(red).toHaveText(/Loss/);
        expect(`${OPTIONS}:contains(Amanda) .text-bg-warning`).toHaveCount(1);
        expect(`${OPTIONS}:contains(Greta) .text-bg-success`).toHaveCount(1);
        expect(`${OPTIONS}:contains(Nobody) .badge`).toHaveCount(0);
        expect(`${OPTIONS}:contains(Greta) .o_badge_color_10`).toHaveText("A");
        expect(`${OPTIONS}:contains(Greta) .o_badge_color_10`).toHaveAttribute("title", "A · VIP");
    });
}

test("typing narrows the list, picking takes the name alone", async () => {
    await openForm();
    await contains("[name=partner_id] input").edit("Gre", { confirm: false });
    await runAllTimers();
    expect(suggestions()).toEqual(["Greta ●Healthy A"]);
    expect(`${OPTIONS} .text-primary`).toHaveText("Gre");
    await contains(`${OPTIONS}:contains(Greta) a`).click();
    expect("[name=partner_id] input").toHaveValue("Greta");
    expect.verifySteps([ASKED]);
});

test("users without the group get the plain drop-down", async () => {
    await openForm({ group: false });
    await clickFieldDropdown("partner_id");
    expect(suggestions()).toInclude("Rosa");
    expect(`${OPTIONS} .badge`).toHaveCount(0);
    expect.verifySteps(["display_name"]);
});

test("other drop-downs of contacts stay as they are", async () => {
    await openForm();
    await clickFieldDropdown("vendor_id");
    expect(suggestions()).toInclude("Rosa");
    expect(`${OPTIONS} .badge`).toHaveCount(0);
    expect.verifySteps(["display_name"]);
});

test("the badge of the margin in a list", async () => {
    await mountView({
        type: "list",
        resModel: "res.partner",
        arch: `
            <list>
                <field name="name"/>
                <field name="relationship_margin_health" widget="relationship_margin_health"/>
            </list>`,
        domain: [["id", ">", 100]],
    });
    const cells = ".o_data_cell[name=relationship_margin_health]";
    expect(queryAllTexts(cells).sort()).toEqual(["", "▼Loss", "◆Thin", "●Healthy"].sort());
    expect(`${cells} .text-bg-danger [aria-hidden=true]`).toHaveText("▼");
});
