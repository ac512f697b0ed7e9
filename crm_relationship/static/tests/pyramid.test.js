import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { advanceTime, queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { animationFrame, mockDate } from "@odoo/hoot-mock";
import {
    contains,
    defineModels,
    fields,
    getService,
    models,
    mountWithCleanup,
    onRpc,
} from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");

class Profile extends models.Model {
    _name = "crm.relationship.profile";

    name = fields.Char();
    tier = fields.Char();

    _records = [
        { id: 1, name: "Acme", tier: "A" },
        { id: 2, name: "Bolt", tier: "B" },
        { id: 3, name: "Crane", tier: "B" },
    ];
    _views = {
        list: `<list><field name="name"/></list>`,
        kanban: `<kanban><templates><t t-name="card"><field name="name"/></t></templates></kanban>`,
        pivot: `<pivot/>`,
        graph: `<graph/>`,
        form: `<form><field name="name"/></form>`,
    };
}

defineMailModels();
defineModels([Profile]);

const mark = (tier, count, amount = 0) => ({ domain: [["tier", "=", tier]], count, amount });
const level = (id, code, name, count, amount, moves = {}) => ({
    ...mark(code, count, amount),
    id,
    code,
    name,
    color: id,
    description: false,
    up: mark(code, moves.up || 0),
    down: mark(code, moves.down || 0),
});

/** What the server answers, with some of it replaced. */
const pyramid = (values = {}) => ({
    company: { id: 1, name: "Hermit" },
    companies: [{ id: 1, name: "Hermit" }],
    currency_id: 1,
    is_manager: true,
    sees_all: true,
    state: "ready",
    policy: {
        id: 5,
        name: "ABCD pyramid",
        summary: "Customers are ranked by revenue.",
        window_months: 12,
        is_new: false,
    },
    run: { id: 7, end_date: "2026-11-22 08:00:00" },
    is_running: false,
    failure: false,
    day: false,
    days: ["2026-10-31", "2026-09-30"],
    evaluated: "2026-10-31",
    period: { key: "evaluation", start: "2026-10-31", end: "2026-11-22" },
    levels: [level(1, "A", "VIP", 1, 600, { up: 1 }), level(2, "B", "Small", 2, 300, { down: 2 })],
    apart: [{ key: "newcomers", code: "B", ...mark("B", 1, 100) }],
    total: { ...mark("A", 4, 1000), amount_previous: 800 },
    newcomers: mark("B", 1),
    in_grace: mark("B", 0),
    below_zero: mark("B", 0),
    up: mark("A", 1),
    down: mark("B", 2),
    ...values,
});

let asked;

/** Open the screen; `answer` gives the server's answer to what was asked. */
async function openPyramid(answer = () => pyramid()) {
    onRpc("crm.relationship.pyramid", "get_pyramid", ({ args }) => {
        asked.push(args);
        return answer(...args);
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_relationship.pyramid",
        name: "Pyramid",
    });
}

beforeEach(() => {
    asked = [];
    mockDate("2026-11-22 12:00:00");
});

test("levels, shares and movers", async () => {
    await openPyramid();
    expect(asked).toEqual([[1, null, "evaluation"]]);
    expect(queryAllTexts(".o_relationship_level")).toEqual([
        "A\nVIP",
        "B\nSmall",
        "Newcomers in B",
    ]);
    expect(queryAllTexts(".o_relationship_figure button[name='customers']")).toEqual([
        "1",
        "2",
        "1",
    ]);
    expect(queryAllTexts(".o_relationship_figure small")).toEqual([
        "25%",
        "60%",
        "50%",
        "30%",
        "25%",
        "10%",
    ]);
    expect("[data-code='A'] .o_relationship_moves").toHaveText("▲1 up");
    expect("[data-code='B'] .o_relationship_moves").toHaveText("▼2 down");
    expect(".o_relationship_cards button[name='amount']").toHaveText(/25% more/);
});

test("the levels are slices of one triangle", async () => {
    await openPyramid();
    const [upper, lower] = [...document.querySelectorAll("[role='table'] polygon")].map((polygon) =>
        polygon.getAttribute("points").split(" ")
    );
    const xs = (points) => points.map((point) => point.split(",")[0]);
    // Where the upper level ends, the lower one begins.
    expect(xs(upper)[2]).toBe(xs(lower)[1]);
    expect(xs(upper)[3]).toBe(xs(lower)[0]);
    expect(lower.slice(2)).toEqual(["100.000,100.000", "0.000,100.000"]);
});

test("the drawing is also told in words", async () => {
    await openPyramid();
    const table = queryFirst("[role='table']");
    expect(`#${table.getAttribute("aria-describedby")}`).toHaveText(
        "A · VIP: 1 customers, 25% of all. B · Small: 2 customers, 50% of all."
    );
    expect("[role='table'] svg[role='img'][aria-label='Level 1 of 2']").toHaveCount(1);
});

test("a level opens its customers, and back keeps what was chosen", async () => {
    await openPyramid((company, day, period) =>
        pyramid({ period: { key: period, start: "2025-11-23", end: "2026-11-22" } })
    );
    await contains("select[name='period']").select("year");
    expect(asked.at(-1)).toEqual([1, null, "year"]);
    await contains("[data-code='B'] .o_relationship_level").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Bolt", "Crane"]);
    expect(".o_breadcrumb .active").toHaveText("B · Small");
    await contains(".o_back_button").click();
    expect("select[name='period']").toHaveValue("year");
    expect(asked.at(-1)).toEqual([1, null, "year"]);
});

test("movers open the customers that moved", async () => {
    await openPyramid();
    await contains("[data-code='A'] button[name='up']").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Acme"]);
    expect(".o_breadcrumb .active").toHaveText("Rose to A");
});

test("every mark is a button that the keyboard reaches", async () => {
    await openPyramid();
    for (const selector of [
        ".o_relationship_card",
        ".o_relationship_level",
        ".o_relationship_figure button",
        ".o_relationship_moves button",
    ]) {
        for (const button of document.querySelectorAll(selector)) {
            expect(button).toHaveProperty("tagName", "BUTTON");
            expect(button).toHaveProperty("tabIndex", 0);
        }
    }
});

test("a past evaluation", async () => {
    await openPyramid((company, day) =>
        day
            ? pyramid({
                  day,
                  apart: [],
                  total: mark("A", 3, 900),
                  newcomers: undefined,
                  in_grace: undefined,
                  below_zero: undefined,
              })
            : pyramid()
    );
    expect(".o_relationship_card").toHaveCount(7);
    await contains("select[name='day']").select("2026-09-30");
    expect(asked.at(-1)).toEqual([1, "2026-09-30", "evaluation"]);
    expect("select[name='day']").toHaveValue("2026-09-30");
    expect(".o_relationship_card").toHaveCount(4);
    expect(".o_relationship_apart").toHaveCount(0);
    await contains(".o_relationship_card[name='customers']").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Acme"]);
});

test("customers in tiers of former policies, by rule or by hand", async () => {
    await openPyramid(() => pyramid({ apart: [{ key: "former", code: "B", ...mark("B", 1) }] }));
    expect(".o_relationship_apart .o_relationship_level").toHaveText(
        "In a tier of a former policy"
    );
    expect(".o_relationship_apart .o_relationship_description").toHaveText(
        "The next recalculation places them; a manual tier stays until it ends"
    );
});

test("another company starts at the present", async () => {
    const companies = [
        { id: 1, name: "Hermit" },
        { id: 2, name: "Herman's" },
    ];
    await openPyramid((companyId, day) =>
        pyramid({ companies, day: day || false, company: companies[companyId - 1] })
    );
    await contains("select[name='day']").select("2026-09-30");
    await contains("select[name='company']").select("2");
    expect(asked.at(-1)).toEqual([2, null, "evaluation"]);
    expect("select[name='day']").toHaveValue("");
    expect("h1").toHaveText("Herman's");
});

test("one company alone is not offered for choice", async () => {
    await openPyramid();
    expect("select[name='company']").toHaveCount(0);
});

test("salespeople see their own customers, of today", async () => {
    await openPyramid(() => pyramid({ is_manager: false, sees_all: false, days: [] }));
    expect("select[name='day']").toHaveCount(0);
    expect("button[name='policy']").toHaveCount(0);
    expect(".o_relationship_facts").toHaveText(/Your own and unassigned customers/);
});

test("the first recalculation is started here and waited for", async () => {
    let state = "no_run";
    onRpc("crm.relationship.run", "action_request", ({ kwargs }) => {
        expect.step(`requested for ${kwargs.context.allowed_company_ids}`);
        state = "waiting";
        return {};
    });
    const { company, companies, policy } = pyramid();
    await openPyramid(() =>
        state === "ready"
            ? pyramid()
            : {
                  ...{ company, companies, policy, state, is_manager: true, sees_all: true },
                  ...{ run: false, failure: false, is_running: state === "waiting" },
              }
    );
    await contains("button[name='start']").click();
    expect.verifySteps(["requested for 1"]);
    expect("h2").toHaveText("The first recalculation is on");
    expect("button[name='start']").toHaveCount(0);
    state = "ready";
    await advanceTime(5000);
    await animationFrame();
    expect(".o_relationship_levels").toHaveCount(1);
});

test("without a policy managers are led on, others told whom to ask", async () => {
    const { company, companies, policy } = pyramid();
    const answer = { company, companies, state: "no_policy", run: false, failure: false };
    await openPyramid(() => ({ ...answer, policy: { ...policy }, is_manager: true }));
    expect("button[name='draft']").toHaveCount(1);
    expect("button[name='setup']").toHaveCount(1);
    await openPyramidAgain({ ...answer, policy: false, is_manager: false });
    expect("button[name='setup']").toHaveCount(0);
    expect(".o_relationship_empty").toHaveText(/Ask a relationship manager/);
});

async function openPyramidAgain(answer) {
    onRpc("crm.relationship.pyramid", "get_pyramid", () => answer);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_relationship.pyramid",
    });
}

test("a failed recalculation needs attention", async () => {
    await openPyramid(() => pyramid({ failure: { id: 9, error: "Out of disk space" } }));
    expect("[role='alert']").toHaveText(/Out of disk space/);
    expect("button[name='failure']").toHaveCount(1);
});

test("nobody to show yet", async () => {
    await openPyramid(() => pyramid({ sees_all: false, total: mark("A", 0) }));
    expect(".o_relationship_empty").toHaveText(/None of the customers is yours/);
    expect(".o_relationship_levels").toHaveCount(0);
});
