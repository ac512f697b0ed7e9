import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { describe, expect, test } from "@odoo/hoot";
import { hover, press, queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
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

class Profile extends models.Model {
    _name = "crm.relationship.profile";

    name = fields.Char();

    _records = [{ id: 1, name: "Acme" }];
}

class Partner extends models.Model {
    _name = "curve.partner";

    profile_id = fields.Many2one({ relation: "crm.relationship.profile" });

    _records = [{ id: 1, profile_id: 1 }, { id: 2 }];
}

defineMailModels();
defineModels([Profile, Partner]);

const point = (id, date, code, label, values = {}) => ({
    id,
    date,
    day: date,
    code,
    label,
    former: "",
    cause: "Up",
    reason: `Reason ${id}.`,
    is_backfilled: false,
    ...values,
});

/** What the server answers, with some of it replaced. */
const curve = (values = {}) => ({
    name: "Acme",
    stages: [
        { code: "prospect", name: "Prospect", color: 7 },
        { code: "exploration", name: "Exploration", color: 3 },
        { code: "formation", name: "Formation", color: 4 },
        { code: "stability", name: "Stability", color: 10 },
        { code: "decline", name: "Decline", color: 2 },
        { code: "lost", name: "Lost", color: 1 },
    ],
    points: [
        point(11, "2025-01-31", "exploration", "Exploration", { is_backfilled: true }),
        point(12, "2025-05-31", "formation", "Formation", { former: "Exploration" }),
        point(13, "2025-10-31", "decline", "Decline", { former: "Formation", cause: "Declining" }),
    ],
    since: "2024-12-01",
    until: "2025-12-31",
    ...values,
});

async function show(values = {}, options = {}) {
    onRpc("crm.relationship.profile", "get_stage_curve", ({ args }) => {
        expect.step(args[0][0]);
        return curve(values);
    });
    await mountView({
        type: "form",
        resModel: "crm.relationship.profile",
        resId: 1,
        arch: `<form><field name="name"/><widget name="relationship_stage_curve"/></form>`,
        ...options,
    });
}

const HEIGHTS = { exploration: 112, formation: 65, decline: 92 };

test("the curve goes through the stages, with zones and levels", async () => {
    await show();
    expect(queryAllTexts(".o_relationship_curve_zones span")).toEqual([
        "Exploration",
        "Formation",
        "Decline",
    ]);
    expect(queryAllTexts(".o_relationship_curve_names span")).toEqual([
        "Exploration",
        "Formation",
        "Stability",
        "Decline",
    ]);
    const ends = queryAllAttributes("path.o_relationship_curve", "d").map((d) =>
        Number(d.split(" ").at(-1))
    );
    expect(ends).toEqual([
        HEIGHTS.exploration,
        HEIGHTS.formation,
        HEIGHTS.decline,
        HEIGHTS.decline,
    ]);
    expect(queryAllAttributes("[data-code]", "data-id")).toEqual(["11", "12", "13"]);
    expect.verifySteps([1]);
});

test("today has a word, below a line that comes from above", async () => {
    await show();
    expect(".o_relationship_today text").toHaveText("Today: Decline");
    expect(Number(queryOne(".o_relationship_today text").getAttribute("y"))).toBeGreaterThan(0);
    expect.verifySteps([1]);
});

test("what is backfilled and what lies before the history look different", async () => {
    await show();
    expect("path.o_relationship_dashed").toHaveCount(1);
    expect("path.o_relationship_curve_before").toHaveCount(1);
    expect("figcaption").toHaveText(/recorded\s+backfilled\s+before the history/);
    expect.verifySteps([1]);
});

test("a long time before the history is told, not drawn", async () => {
    await show({ since: "2015-12-01" });
    expect("path.o_relationship_curve_before").toHaveCount(0);
    expect("figcaption").toHaveText(/First purchase on 12\/01\/2015\./);
    expect.verifySteps([1]);
});

test("points have a text, a reason and open their change", async () => {
    await show();
    expect(queryOne("svg[role=group]").getAttribute("aria-label")).toBe(
        "Lifecycle of Acme. Decline since 10/31/2025."
    );
    expect(queryAllAttributes(".o_relationship_point", "aria-label")).toEqual([
        "2025-01-31: Exploration, Up (backfilled). Reason 11.",
        "2025-05-31: Exploration → Formation, Up. Reason 12.",
        "2025-10-31: Formation → Decline, Declining. Reason 13.",
    ]);
    await hover("[data-code=formation] circle:last");
    await animationFrame();
    expect(".o_relationship_reason").toHaveText(/Reason 12/);
    const opened = [];
    getService("action").doAction = async (request) => opened.push(request);
    await contains("[data-code=formation] circle:last").click();
    queryOne("[data-code=decline]").focus();
    await press("Enter");
    expect(opened.map((request) => request.res_id)).toEqual([12, 13]);
    expect(opened[0].res_model).toBe("crm.relationship.change");
    expect.verifySteps([1]);
});

test("stages on one level share its name", async () => {
    await show({
        points: [
            point(11, "2025-01-31", "prospect", "Prospect"),
            point(12, "2025-05-31", "lost", "Lost"),
        ],
    });
    expect(queryAllTexts(".o_relationship_curve_names span")).toInclude("Prospect / Lost");
    expect.verifySteps([1]);
});

test("a customer of one day", async () => {
    await show({ points: [point(11, "2025-12-31", "exploration", "Exploration")], since: false });
    expect(".o_relationship_point").toHaveCount(1);
    expect(".o_relationship_today text").toHaveText("Today: Exploration");
    expect("figcaption").toHaveText("Exploration since 12/31/2025.");
    expect.verifySteps([1]);
});

test("without a stage it says what comes", async () => {
    await show({ points: [] });
    expect("figure").toHaveCount(0);
    expect(".o_relationship_stage_curve").toHaveText(/the next recalculation finds out/);
    expect.verifySteps([1]);
});

test("elsewhere it draws the profile that a field names", async () => {
    const options = {
        resModel: "curve.partner",
        resIds: [1, 2],
        arch: `<form><field name="profile_id"/>
            <widget name="relationship_stage_curve" profile="profile_id" stage="stage_id"/></form>`,
    };
    await show({}, options);
    expect("figure").toHaveCount(1);
    expect.verifySteps([1]);
    await contains(".o_pager_next").click();
    expect(".o_relationship_stage_curve").toHaveCount(0);
    expect.verifySteps([]);
});
