import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { animationFrame, Deferred } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Profile extends models.Model {
    _name = "crm.relationship.profile";

    name = fields.Char();
    shows_risks = fields.Boolean();

    _records = [
        { id: 1, name: "Acme", shows_risks: true },
        { id: 2, name: "Bolt", shows_risks: true },
        { id: 3, name: "Crate" },
    ];
}

class Partner extends models.Model {
    _name = "lights.partner";

    name = fields.Char();
    shows_risks = fields.Boolean();
    profile_id = fields.Many2one({ relation: "crm.relationship.profile" });

    _records = [
        { id: 1, name: "Acme", shows_risks: true, profile_id: 2 },
        { id: 2, name: "Nobody" },
    ];
}

defineMailModels();
defineModels([Profile, Partner]);

const LOADING = ".o_relationship_risks_loading";

/** Show a form; `wait` holds the answer back. */
async function show(arch, { wait, ...options } = {}) {
    onRpc("crm.relationship.profile", "get_risks", async ({ args }) => {
        const [[id]] = args;
        expect.step(id);
        await wait;
        return {
            lights: `<b class="lights">Lights of ${id}</b>`,
            explanation: `<p class="why">Why ${id}</p>`,
        };
    });
    await mountView({
        type: "form",
        resModel: "crm.relationship.profile",
        resId: 1,
        arch: `<form><field name="name"/>${arch}</form>`,
        ...options,
    });
}

const LIGHTS = `<field name="shows_risks" widget="relationship_risk_lights"/>`;
const OF_PARTNER = `<field name="profile_id"/><field name="shows_risks"
    widget="relationship_risk_lights" options="{'profile': 'profile_id', 'part': 'explanation'}"/>`;

test("the form is there before its lights", async () => {
    const wait = new Deferred();
    await show(LIGHTS, { wait });
    expect("[name=name] input").toHaveValue("Acme");
    expect(LOADING).toHaveCount(1);
    expect(`${LOADING} .placeholder`).toHaveCount(5);
    wait.resolve();
    await animationFrame();
    expect(LOADING).toHaveCount(0);
    expect(".lights").toHaveText("Lights of 1");
    expect(".why").toHaveCount(0);
    expect.verifySteps([1]);
});

test("elsewhere they are those of the profile that a field names", async () => {
    await show(OF_PARTNER, { resModel: "lights.partner" });
    await animationFrame();
    expect(".why").toHaveText("Why 2");
    expect(".lights").toHaveCount(0);
    expect.verifySteps([2]);
});

test("what is not shown is not asked for", async () => {
    await show(LIGHTS, { resId: 3 });
    await animationFrame();
    expect("[name=shows_risks]").toHaveText("");
    expect(LOADING).toHaveCount(0);
    await show(OF_PARTNER, { resModel: "lights.partner", resId: 2 });
    expect.verifySteps([]);
});

test("another customer has lights of its own", async () => {
    await show(LIGHTS, { resIds: [1, 2] });
    await animationFrame();
    expect.verifySteps([1]);
    await contains(".o_pager_next").click();
    await animationFrame();
    expect(".lights").toHaveText("Lights of 2");
    expect.verifySteps([2]);
});

test("what is saved is read anew, without a blink; typing asks for nothing", async () => {
    await show(LIGHTS);
    await animationFrame();
    expect.verifySteps([1]);
    await contains("[name=name] input").edit("Acme Ltd");
    await animationFrame();
    expect.verifySteps([]);
    await contains(".o_form_button_save").click();
    await animationFrame();
    expect(".lights").toHaveCount(1);
    expect.verifySteps([1]);
});

test("a late answer does not replace another customer's lights", async () => {
    const wait = new Deferred();
    await show(LIGHTS, { wait, resIds: [1, 2] });
    await contains(".o_pager_next").click();
    expect(LOADING).toHaveCount(1);
    wait.resolve();
    await animationFrame();
    await animationFrame();
    expect(".lights").toHaveText("Lights of 2");
    expect.verifySteps([1, 2]);
});
