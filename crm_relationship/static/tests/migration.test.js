import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryOne } from "@odoo/hoot-dom";
import { animationFrame } from "@odoo/hoot-mock";
import { contains, getService, mountWithCleanup, onRpc } from "@web/../tests/web_test_helpers";
import { WebClient } from "@web/webclient/webclient";

describe.current.tags("desktop");
defineMailModels();

const cell = (from, to, count, direction) => ({
    from,
    to,
    count,
    revenue: count * 1000,
    direction,
});

/** What the server answers, with some of it replaced. */
const migration = (values = {}) => ({
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
    date_to: "2025-06-30",
    tiers: [
        { code: "A", name: "A · VIP", color: 10 },
        { code: "B", name: "B · Major", color: 4 },
    ],
    cells: [
        cell("A", "A", 3, "same"),
        cell("A", "B", 1, "down"),
        cell("B", "A", 2, "up"),
        cell("B", "B", 40, "same"),
        cell("", "B", 5, "entered"),
    ],
    left_count: 0,
    ...values,
});

const opened = [];

beforeEach(() => {
    opened.length = 0;
});

async function show(values) {
    onRpc("crm.relationship.migration", "get_migration", ({ kwargs }) => {
        expect.step([kwargs.date_from, kwargs.date_to]);
        return migration({
            ...values,
            ...(kwargs.date_from && { date_from: kwargs.date_from, date_to: kwargs.date_to }),
        });
    });
    await mountWithCleanup(WebClient);
    const action = getService("action");
    await action.doAction({ type: "ir.actions.client", tag: "crm_relationship_migration" });
    action.doAction = async (request) => opened.push(request);
    await animationFrame();
}

test("the table has a row and a column a tier, none and the totals", async () => {
    await show();
    expect(queryAllTexts("tbody th")).toEqual(["A · VIP", "B · Major", "No tier"]);
    expect(queryAllTexts("tbody tr:nth-child(1) td")).toEqual(["3", "▼1", "·", "4"]);
    expect(queryAllTexts("tbody tr:nth-child(2) td")).toEqual(["▲2", "40", "·", "42"]);
    expect(queryAllTexts("tbody tr:nth-child(3) td")).toEqual(["·", "+5", "·", "5"]);
    expect(queryAllTexts("tfoot td")).toEqual(["5", "46", "·", "51"]);
    expect.verifySteps([[null, null]]);
});

test("directions have a tint, a sign and a name", async () => {
    await show();
    expect("td.o_relationship_up").toHaveCount(1);
    expect("td.o_relationship_down").toHaveCount(1);
    const label = queryOne("[data-from=B][data-to=A]").getAttribute("aria-label");
    expect(label).toInclude("B · Major → A · VIP (up): 2 customers");
    expect.verifySteps([[null, null]]);
});

test("a cell opens its customers", async () => {
    await show();
    await contains("[data-from=B][data-to=A]").click();
    expect(opened[0].res_model).toBe("crm.relationship.profile");
    expect(opened[0].domain).toEqual([
        ["company_id", "=", 7],
        ["tier_on", "=like", "B@2025-05-31"],
        ["tier_on", "=like", "A@2025-06-30"],
    ]);
    expect.verifySteps([[null, null]]);
});

test("the total of those without a tier leaves out who never had one", async () => {
    await show();
    await contains("[data-from=''][data-to='*']").click();
    expect(opened[0].domain).toEqual([
        ["company_id", "=", 7],
        ["tier_on", "=like", "@2025-05-31"],
        ["tier_on", "not =like", "@2025-06-30"],
    ]);
    expect.verifySteps([[null, null]]);
});

test("the moves open their customers, and the reasons their changes", async () => {
    await show();
    await contains("button.o_relationship_move.o_relationship_up").click();
    expect(opened[0].domain).toEqual([
        "&",
        "&",
        ["company_id", "=", 7],
        ["tier_on", "=like", "B@2025-05-31"],
        ["tier_on", "=like", "A@2025-06-30"],
    ]);
    await contains("button:contains(All falls)").click();
    expect(opened[1].res_model).toBe("crm.relationship.change");
    expect(opened[1].domain).toInclude(["cause", "=", "down"]);
    expect("button.o_relationship_move.o_relationship_gone").not.toBeEnabled();
    expect.verifySteps([[null, null]]);
});

test("the measure changes what cells show, and the title says it", async () => {
    await show();
    await contains("[data-measure=share]").click();
    expect(queryAllTexts("tbody tr:nth-child(1) td")).toEqual(["75%", "▼25%", "·", "100%"]);
    await contains("[data-measure=revenue]").click();
    expect("h2").toHaveText(/^Revenue of the last 12 months/);
    expect(queryAllTexts("tbody tr:nth-child(1) td")[0]).toInclude("3");
    expect.verifySteps([[null, null]]);
});

test("a preset loads its days", async () => {
    await show();
    await contains("[data-preset=all]").click();
    expect("[data-preset=all]").toHaveClass("active");
    expect("[data-preset=month]").not.toHaveClass("active");
    expect.verifySteps([
        [null, null],
        ["2025-01-31", "2025-07-18"],
    ]);
});

test("without two days to compare it says what to do", async () => {
    await show({ is_comparable: false, cells: [] });
    expect("table").toHaveCount(0);
    expect(".o_view_nocontent").toHaveText(/Nothing to compare yet/);
    await contains("button:contains(Backfill History)").click();
    expect(opened[0]).toBe("crm_relationship.crm_relationship_backfill_action");
    expect.verifySteps([[null, null]]);
});

test("who may not backfill is not asked to", async () => {
    await show({ is_comparable: false, cells: [], can_backfill: false });
    expect("button:contains(Backfill History)").toHaveCount(0);
    expect.verifySteps([[null, null]]);
});
