import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllAttributes, queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const NAMES = ["Prospect", "Exploration", "Formation", "Stability", "Decline", "Lost"];

const stages = NAMES.map((name, index) => ({
    code: name.toLowerCase(),
    name,
    color: index + 1,
    description: "",
    rule: `Rule of ${name}.`,
}));

const cell = (from, to, count, direction) => ({
    from,
    to,
    count,
    revenue: count * 1000,
    direction,
});

const flow = (month, from, to, count, direction) => ({ month, from, to, count, direction });

const BASE = [
    ["company_id", "=", 7],
    ["tier_standing", "!=", "frozen"],
];

/** What the server answers, with some of it replaced. */
const board = (values = {}) => ({
    company: { id: 7, name: "Hermit" },
    currency_id: 1,
    window_months: 12,
    first_date: "2025-01-31",
    last_date: "2025-07-18",
    is_comparable: true,
    can_backfill: true,
    presets: [
        { key: "month", name: "Last month", date_from: "2025-05-31", date_to: "2025-06-30" },
        { key: "all", name: "Since the beginning", date_from: "2025-01-31", date_to: "2025-07-18" },
    ],
    date_from: "2025-05-31",
    date_to: "2025-07-18",
    domain: BASE,
    stages,
    cells: [
        cell("exploration", "exploration", 4, "same"),
        cell("exploration", "formation", 3, "up"),
        cell("formation", "decline", 2, "decline"),
        cell("lost", "exploration", 1, "won_back"),
        cell("", "exploration", 5, "entered"),
    ],
    flows: [
        flow("2025-06-01", "exploration", "formation", 3, "up"),
        flow("2025-06-01", "formation", "decline", 2, "decline"),
        flow("2025-07-01", "lost", "exploration", 1, "won_back"),
        flow("2025-07-01", "", "exploration", 5, "entered"),
    ],
    stays: [
        {
            code: "exploration",
            ended_days: 90.5,
            ended_count: 3,
            days: 45,
            count: 10,
            was_there_count: 4,
        },
        { code: "lost", ended_days: 200, ended_count: 1, days: null, count: 0, was_there_count: 0 },
    ],
    ...values,
});

const opened = [];

beforeEach(() => {
    opened.length = 0;
});

async function show(values) {
    onRpc("crm.relationship.lifecycle.board", "get_board", ({ kwargs }) => {
        expect.step([kwargs.date_from, kwargs.date_to]);
        return board({
            ...values,
            ...(kwargs.date_from && { date_from: kwargs.date_from, date_to: kwargs.date_to }),
        });
    });
    await mountWithCleanup(WebClient);
    const action = getService("action");
    await action.doAction({ type: "ir.actions.client", tag: "crm_relationship_lifecycle" });
    action.doAction = async (request) => opened.push(request);
    await animationFrame();
}

const figures = (code) =>
    queryAllTexts(`.o_relationship_funnel [data-code=${code}] .o_relationship_funnel_figure`);

test("the funnel has a row a stage, with customers, share, change and revenue", async () => {
    await show();
    expect(queryAllTexts(".o_relationship_funnel [role=rowheader]")).toEqual(NAMES);
    expect(figures("exploration")[0]).toMatch(/^10\s+66\.7%\s*·\s*▲ 3/);
    expect(figures("formation")[0]).toMatch(/^3\s+20%\s*·\s*▲ 1/);
    expect(figures("lost")[0]).toMatch(/^0\s+0%\s*·\s*▼ 1/);
    expect(".o_relationship_funnel [data-code=lost] .btn").not.toBeEnabled();
    expect.verifySteps([[null, null]]);
});

test("a stage of the funnel opens its customers", async () => {
    await show();
    await contains(".o_relationship_funnel [data-code=exploration] .btn").click();
    await contains(
        ".o_relationship_funnel [data-code=decline] .o_relationship_funnel_bar button"
    ).click();
    expect(opened[0].res_model).toBe("crm.relationship.profile");
    expect(opened.map((request) => request.domain)).toEqual([
        [...BASE, ["stage_on", "=like", "exploration@2025-07-18"]],
        [...BASE, ["stage_on", "=like", "decline@2025-07-18"]],
    ]);
    expect.verifySteps([[null, null]]);
});

test("a cell of the matrix opens its customers", async () => {
    await show();
    expect(queryAllTexts(".o_relationship_matrix tbody th")).toEqual([...NAMES, "No stage"]);
    expect(queryAllTexts(".o_relationship_matrix thead th").slice(1)).toEqual([...NAMES, "Total"]);
    const label = queryOne("[data-from=lost][data-to=exploration]").getAttribute("aria-label");
    expect(label).toInclude("Lost → Exploration (won back): 1 customers");
    await contains("[data-from=formation][data-to=decline]").click();
    expect(opened[0].domain).toEqual([
        ...BASE,
        ["stage_on", "=like", "formation@2025-05-31"],
        ["stage_on", "=like", "decline@2025-07-18"],
    ]);
    expect.verifySteps([[null, null]]);
});

test("flows stand above and below the line, better and worse", async () => {
    await show();
    expect(queryAllAttributes("[data-month]", "aria-label")).toEqual(["June 2025", "July 2025"]);
    expect(queryAllAttributes(".o_relationship_flow_in button", "aria-label")).toEqual([
        "June 2025: 3 one step on",
        "July 2025: 5 new",
        "July 2025: 1 won back",
    ]);
    expect(queryAllAttributes(".o_relationship_flow_out button", "aria-label")).toEqual([
        "June 2025: 2 declining",
    ]);
    expect(".o_relationship_flow > p:first").toHaveText(/9 moves for the better and 2 for/);
    expect.verifySteps([[null, null]]);
});

test("a stage chosen has its own inflow and outflow", async () => {
    await show();
    await contains("select[name=stage]").select("exploration");
    expect(queryAllTexts(".o_relationship_flow_count")).toEqual(["−3", "+6"]);
    expect(".o_relationship_flow > p:first").toHaveText(/6 came into Exploration and 3 left it/);
    await contains(".o_relationship_flow summary").click();
    expect(queryAllTexts(".o_relationship_flow tbody tr")).toEqual([
        "June 2025 0 0 3 −3",
        "July 2025 5 1 0 +6",
    ]);
    expect.verifySteps([[null, null]]);
});

test("a bar opens its changes, within the days", async () => {
    await show();
    await contains("[data-month='2025-07-01'] [data-kind=entered]").click();
    expect(opened[0].res_model).toBe("crm.relationship.change");
    expect(opened[0].domain).toEqual([
        ["company_id", "=", 7],
        ["dimension", "=", "stage"],
        ["cause", "!=", "opening"],
        ["date", ">", "2025-06-30"],
        ["date", "<=", "2025-07-18"],
        "&",
        ["old_value", "=", false],
        ["new_value", "=", "exploration"],
    ]);
    expect.verifySteps([[null, null]]);
});

test("the time in a stage, of the stays that ended and of those that last", async () => {
    await show();
    const row = ".o_relationship_stays [data-code=exploration] td";
    expect(queryAllTexts(row)).toEqual(["91 days of 3", "45 days of 10"]);
    expect(queryAllTexts(".o_relationship_stays [data-code=lost] td")).toEqual([
        "200 days of 1",
        "– of 0",
    ]);
    expect(".o_relationship_stays p:last").toHaveText(/4 of those that last were on when/);
    expect.verifySteps([[null, null]]);
});

test("a preset loads its days", async () => {
    await show();
    await contains("[data-preset=all]").click();
    expect("[data-preset=all]").toHaveClass("active");
    expect(".o_relationship_flow_month").toHaveCount(6);
    expect.verifySteps([
        [null, null],
        ["2025-01-31", "2025-07-18"],
    ]);
});

test("with one day there is a funnel, and the backfill is offered", async () => {
    await show({ is_comparable: false, flows: [] });
    expect(".o_relationship_funnel").toHaveCount(1);
    expect(".o_relationship_matrix, .o_relationship_flow").toHaveCount(0);
    await contains("button[name=backfill]").click();
    expect(opened[0]).toBe("crm_relationship.crm_relationship_backfill_action");
    expect.verifySteps([[null, null]]);
});

const NOTHING = {
    first_date: false,
    last_date: false,
    date_from: false,
    date_to: false,
    is_comparable: false,
    presets: [],
    cells: [],
    flows: [],
    stays: [],
};

test("without a history a manager starts the first recalculation", async () => {
    onRpc("crm.relationship.run", "action_request", ({ kwargs }) => {
        expect.step(kwargs.context.allowed_company_ids);
        return false;
    });
    await show(NOTHING);
    expect(".o_view_nocontent").toHaveText(/No customer has a stage yet/);
    await contains("button[name=start]").click();
    expect(".o_view_nocontent").toHaveText(/on its way/);
    expect("button[name=start]").toHaveCount(0);
    expect.verifySteps([[null, null], [7], [null, null]]);
});

test("others ask a manager, and who sees nobody is told so", async () => {
    await show({ ...NOTHING, can_backfill: false });
    expect(".o_view_nocontent").toHaveText(/Ask a relationship manager/);
    expect("button[name=start]").toHaveCount(0);
    expect.verifySteps([[null, null]]);
});

test("a salesperson without customers is told so", async () => {
    await show({ cells: [], flows: [], stays: [] });
    expect(".o_view_nocontent").toHaveText(/None of your customers has a stage/);
    expect.verifySteps([[null, null]]);
});
