import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

const dimension = (id, name, score, wanted, values = {}) => ({
    id,
    code: name.toLowerCase(),
    name,
    layer: "key",
    score,
    wanted,
    last: null,
    ...values,
});

const assess = (dimensions) => ({
    dimensions,
    layers: [
        { code: "key", name: "Key persons", score: 60, wanted: 80 },
        { code: "general", name: "General", score: null, wanted: null },
    ],
    total: { score: 0, wanted: 80 },
});

class Plan extends models.Model {
    _name = "crm.relationship.plan";

    name = fields.Char();
    assessment = fields.Json();

    _records = [
        {
            id: 1,
            name: "Full",
            assessment: assess([
                dimension(11, "North", 100, 50),
                dimension(12, "East", 50, 100),
                dimension(13, "South", 0, 80),
                dimension(14, "West", 25, 80),
            ]),
        },
        {
            id: 2,
            name: "Gap",
            assessment: assess([
                dimension(21, "North", 100, 50, { last: 80 }),
                dimension(22, "East", null, 100, { last: 40 }),
                dimension(23, "South", 0, 80),
                dimension(24, "West", 25, 80),
            ]),
        },
        { id: 3, name: "None", assessment: assess([]) },
    ];
}

class Score extends models.Model {
    _name = "crm.relationship.plan.score";

    judged_score = fields.Integer();
    is_judged = fields.Boolean();
    score = fields.Integer();
    is_assessed = fields.Boolean();
    wanted_score = fields.Integer();

    _records = [
        { id: 1, wanted_score: 70 },
        { id: 2, judged_score: 0, is_judged: true, score: 0, is_assessed: true, wanted_score: 70 },
    ];
}

defineMailModels();
defineModels([Plan, Score]);

const RADAR = `<form><field name="name"/>
    <field name="assessment" widget="relationship_layers" readonly="1"/>
    <field name="assessment" widget="relationship_radar" readonly="1"/></form>`;
const SCORE = `<form><field name="judged_score" widget="relationship_score"/></form>`;

const show = (resId, arch = RADAR, resModel = "crm.relationship.plan") =>
    mountView({ type: "form", resModel, resId, arch });

/** Where the marks of a series are: `code: x,y`. */
const marks = (series) =>
    Object.fromEntries(
        [...document.querySelectorAll(`[data-series=${series}] circle`)].map((mark) => [
            mark.dataset.code,
            `${mark.getAttribute("cx")},${mark.getAttribute("cy")}`,
        ])
    );

test("each score lies on its spoke, the first one up", async () => {
    await show(1);
    expect(marks("score")).toEqual({
        north: "0,-108",
        east: "54,0",
        south: "0,0",
        west: "-27,0",
    });
    expect(marks("wanted").north).toBe("0,-54");
    expect("[data-series=score] .o_relationship_radar_line").toHaveAttribute("d", /Z$/);
    expect(queryAllAttributes("[data-legend]", "data-legend")).toEqual(["score", "wanted"]);
    expect("[data-series=last]").toHaveCount(0);
});

test("what is not assessed is no zero: no mark, a broken line and a word", async () => {
    await show(2);
    expect(Object.keys(marks("score"))).toEqual(["north", "south", "west"]);
    const line = queryOne("[data-series=score] .o_relationship_radar_line").getAttribute("d");
    expect(line).not.toMatch(/Z/);
    expect(line.match(/M/g)).toHaveLength(2);
    expect(".o_relationship_radar_name[data-code=east]").toHaveText(/East\s*not assessed/);
    expect(".o_relationship_radar_name[data-code=south]").toHaveText(/South\s*0/);
    expect(queryAllAttributes("[data-legend]", "data-legend")).toEqual(["score", "wanted", "last"]);
    expect(Object.keys(marks("last"))).toEqual(["north", "east"]);
});

test("the picture has a text", async () => {
    await show(2);
    expect("svg[role=img]").toHaveAttribute(
        "aria-label",
        "Assessment. North: 100, wanted 50, last review 80. East: not assessed, wanted 100. " +
            "South: 0, wanted 80. West: 25, wanted 80."
    );
});

test("a name opens why, and saves before", async () => {
    onRpc("crm.relationship.plan.score", "action_explain", ({ args }) => {
        expect.step(`why ${args[0]}`);
        return { type: "ir.actions.act_window", name: "Why?" };
    });
    onRpc("crm.relationship.plan", "web_save", () => expect.step("save"));
    await show(1);
    const opened = [];
    getService("action").doAction = async (request) => opened.push(request.name);
    await contains(".o_relationship_radar_name[data-code=east]").click();
    expect.verifySteps(["why 12"]);
    await contains("[name=name] input").edit("Other");
    await contains(".o_relationship_radar_name[data-code=west]").click();
    await animationFrame();
    expect.verifySteps(["save", "why 14"]);
    expect(opened).toEqual(["Why?", "Why?"]);
});

test("layers have their score, or none", async () => {
    await show(1);
    expect(queryAllTexts(".o_relationship_layer dt")).toEqual([
        "Key persons",
        "General",
        "All Dimensions",
    ]);
    expect("[data-layer=key] dd").toHaveText(/60\s*wanted 80/);
    expect("[data-layer=general] dd").toHaveText("Not assessed");
    expect("[data-layer=total] dd").toHaveText(/0\s*wanted 80/);
});

test("a plan without dimensions has no radar", async () => {
    await show(3);
    expect("figure").toHaveCount(0);
    expect("[name=name] input").toHaveValue("None");
});

test("an empty score is no judgement, 0 is one", async () => {
    onRpc("crm.relationship.plan.score", "web_save", ({ args }) => expect.step(args[1]));
    const model = "crm.relationship.plan.score";
    await show(1, SCORE, model);
    expect("[name=judged_score] input").toHaveValue("");
    await contains("[name=judged_score] input").edit("0");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ is_judged: true, judged_score: 0 }]);
    expect("[name=judged_score] input").toHaveValue("0");
    await contains("[name=judged_score] input").edit("64");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ is_judged: true, judged_score: 64 }]);
    await contains("[name=judged_score] input").edit("");
    await contains(".o_form_button_save").click();
    expect.verifySteps([{ is_judged: false, judged_score: 0 }]);
});

test("what is no number is not saved", async () => {
    onRpc("crm.relationship.plan.score", "web_save", () => expect.step("save"));
    await show(1, SCORE, "crm.relationship.plan.score");
    await contains("[name=judged_score] input").edit("much");
    expect(".o_field_widget[name=judged_score]").toHaveClass("o_field_invalid");
    expect.verifySteps([]);
});

test("a score that is read is a bar, or not assessed", async () => {
    const arch = SCORE.replace("/></form>", ` readonly="1"/></form>`);
    await show(2, arch, "crm.relationship.plan.score");
    expect("[name=judged_score]").toHaveText("0");
    expect(".o_relationship_goal").toHaveAttribute("style", /left: 70%/);
    await show(1, arch, "crm.relationship.plan.score");
    expect("[name=judged_score]:last").toHaveText("Not assessed");
});
