import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { hover, press, queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    defineParams,
    fields,
    getService,
    models,
    mountView,
    onRpc,
} from "@web/../tests/web_test_helpers";

describe.current.tags("desktop");

class Profile extends models.Model {
    _name = "crm.relationship.profile";

    name = fields.Char();

    _records = [
        { id: 1, name: "Acme" },
        { id: 2, name: "Bolt" },
    ];
}

class Partner extends models.Model {
    _name = "line.partner";

    profile_id = fields.Many2one({ relation: "crm.relationship.profile" });

    _records = [{ id: 1, profile_id: 2 }, { id: 2 }];
}

defineMailModels();
defineModels([Profile, Partner]);

const point = (id, date, code, values = {}) => ({
    id,
    date,
    day: date,
    code,
    label: code || "No tier",
    cause: "Up",
    reason: `Reason ${id}.`,
    is_backfilled: false,
    ...values,
});

/** What the server answers, with some of it replaced. */
const line = (values = {}) => ({
    name: "Acme",
    tiers: [
        { code: "A", name: "A · VIP", color: 10 },
        { code: "B", name: "B · Major", color: 4 },
    ],
    points: [
        point(11, "2025-01-31", "B", { is_backfilled: true, cause: "First placement" }),
        point(12, "2025-03-31", "A", { is_backfilled: true }),
        point(13, "2025-06-30", "B", { cause: "Down" }),
    ],
    until: "2025-07-18",
    ...values,
});

async function show(values = {}, options = {}) {
    onRpc("crm.relationship.profile", "get_tier_line", ({ args }) => {
        expect.step(args[0][0]);
        return line(values);
    });
    await mountView({
        type: "form",
        resModel: "crm.relationship.profile",
        resId: 1,
        arch: `<form><field name="name"/><widget name="relationship_tier_line"/></form>`,
        ...options,
    });
}

test("a line steps from tier to tier, in one call", async () => {
    await show();
    expect(queryAllTexts(".o_relationship_level")).toEqual(["A", "B"]);
    expect("svg[role=group] .o_relationship_piece").toHaveCount(5);
    expect(".o_relationship_point").toHaveCount(3);
    expect(".o_relationship_point_other circle").toHaveCount(2);
    expect(".o_relationship_point_up path").toHaveCount(1);
    expect(".o_relationship_point_down path").toHaveCount(1);
    expect.verifySteps([1]);
});

test("what is backfilled is dashed, with a legend", async () => {
    await show();
    expect("svg[role=group] .o_relationship_dashed").toHaveCount(4);
    expect("figcaption").toHaveText(/recorded\s+backfilled/);
    expect.verifySteps([1]);
});

test("without backfilled changes there is no legend", async () => {
    await show({ points: [point(11, "2025-01-31", "B")] });
    expect(".o_relationship_dashed").toHaveCount(0);
    expect("figcaption").toHaveText("B since 01/31/2025.");
    expect.verifySteps([1]);
});

test("marks have a text, a reason and open their change", async () => {
    await show();
    expect(queryOne("svg[role=group]").getAttribute("aria-label")).toBe(
        "Tiers of Acme. B since 06/30/2025."
    );
    expect(queryAllAttributes(".o_relationship_point", "aria-label").slice(1)).toEqual([
        "2025-03-31: A, Up (backfilled). Reason 12.",
        "2025-06-30: B, Down. Reason 13.",
    ]);
    await hover(".o_relationship_point_up path");
    await animationFrame();
    expect(".o_relationship_reason").toHaveText(/Reason 12/);
    const opened = [];
    getService("action").doAction = async (request) => opened.push(request);
    await contains(".o_relationship_point_up path").click();
    queryOne(".o_relationship_point_down").focus();
    await press("Enter");
    expect(opened.map((request) => request.res_id)).toEqual([12, 13]);
    expect(opened[0].res_model).toBe("crm.relationship.change");
    expect.verifySteps([1]);
});

test("the months are written as the language does", async () => {
    await show();
    expect(queryAllTexts(".o_relationship_tick")).toEqual([
        "Feb 2025",
        "Mar 2025",
        "Apr 2025",
        "May 2025",
        "Jun 2025",
        "Jul 2025",
    ]);
    expect.verifySteps([1]);
});

test("in Chinese the year comes first and sentences are translated whole", async () => {
    defineParams({
        lang: "zh_CN",
        translations: {
            "Tiers of %(customer)s. %(summary)s": "%(customer)s的等级。%(summary)s",
            "%(day)s: %(tier)s, %(cause)s. %(reason)s": "%(day)s：%(tier)s，%(cause)s。%(reason)s",
        },
    });
    await show();
    expect(queryAllTexts(".o_relationship_tick")[0]).toBe("2025年2月");
    expect(queryOne("svg[role=group]").getAttribute("aria-label")).toMatch(/^Acme的等级。/);
    expect(queryAllAttributes(".o_relationship_point", "aria-label")[2]).toBe(
        "2025-06-30：B，Down。Reason 13."
    );
    expect.verifySteps([1]);
});

test("a lost tier has a level of its own", async () => {
    await show({
        points: [point(11, "2025-01-31", "B"), point(12, "2025-06-30", "", { cause: "Outside" })],
    });
    expect(queryAllTexts(".o_relationship_level")).toEqual(["A", "B", "No tier"]);
    expect("figcaption").toHaveText("No tier since 06/30/2025.");
    expect.verifySteps([1]);
});

test("a customer of one day and one without changes", async () => {
    await show({ points: [point(11, "2025-07-18", "B")] });
    expect(".o_relationship_point").toHaveCount(1);
    expect.verifySteps([1]);
});

test("without changes there is nothing to draw", async () => {
    await show({ points: [] });
    expect(".o_relationship_tier_line").toHaveCount(0);
    expect.verifySteps([1]);
});

test("elsewhere it draws the profile that a field names", async () => {
    const options = {
        resModel: "line.partner",
        resIds: [1, 2],
        arch: `<form><field name="profile_id"/>
            <widget name="relationship_tier_line" profile="profile_id"/></form>`,
    };
    await show({}, options);
    expect(".o_relationship_tier_line").toHaveCount(1);
    expect.verifySteps([2]);
    await contains(".o_pager_next").click();
    expect(".o_relationship_tier_line").toHaveCount(0);
    expect.verifySteps([]);
});
