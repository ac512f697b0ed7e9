import { defineMailModels } from "@mail/../tests/mail_test_helpers";
import { beforeEach, describe, expect, test } from "@odoo/hoot";
import { queryAllTexts, queryFirst } from "@odoo/hoot-dom";
import { mockDate } from "@odoo/hoot-mock";
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
    step = fields.Char();

    _records = [
        { id: 1, name: "Acme", step: "prospect" },
        { id: 2, name: "Bolt", step: "first_time" },
        { id: 3, name: "Crane", step: "first_time" },
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

const mark = (step, count) => ({ domain: [["step", "=", step]], count });
const step = (code, name, count, moves = {}) => ({
    ...mark(code, count),
    code,
    name,
    climbed: mark(code, moves.climbed || 0),
    fell: mark(code, moves.fell || 0),
    conversion: moves.conversion
        ? { stood: mark(code, moves.conversion[0]), went_on: mark(code, moves.conversion[1]) }
        : false,
});

/** What the server answers, with some of it replaced. */
const board = (values = {}) => ({
    company: { id: 1, name: "Hermit" },
    companies: [{ id: 1, name: "Hermit" }],
    is_manager: true,
    sees_all: true,
    state: "ready",
    run: { id: 7, end_date: "2026-11-22 08:00:00" },
    is_running: false,
    period: { key: "year", start: "2025-12-01", end: "2026-11-22" },
    source_id: null,
    sources: [{ id: 4, name: "Fair" }],
    since: "2025-01-01",
    steps: [
        step("prospect", "Prospect", 1, { climbed: 3, fell: 1, conversion: [4, 1] }),
        step("first_time", "First-time Buyer", 2, { climbed: 2 }),
    ],
    beside: [
        { ...mark("suspect", 0), code: "suspect", name: "Suspect" },
        { ...mark("disqualified", 5), code: "disqualified", name: "Disqualified" },
    ],
    total: mark("prospect", 3),
    newcomers: {
        all: mark("first_time", 8),
        referred: mark("prospect", 2),
        months: [
            {
                month: "2026-10-01",
                all: mark("first_time", 8),
                referred: mark("prospect", 2),
            },
            { month: "2026-11-01", all: mark("prospect", 0), referred: mark("prospect", 0) },
        ],
    },
    ...values,
});

let asked;

/** Open the screen; `answer` gives the server's answer to what was asked. */
async function openBoard(answer = () => board()) {
    onRpc("crm.relationship.ladder.board", "get_board", ({ args }) => {
        asked.push(args);
        return answer(...args);
    });
    await mountWithCleanup(WebClient);
    await getService("action").doAction({
        type: "ir.actions.client",
        tag: "crm_relationship.ladder_board",
        name: "Customer Ladder",
    });
}

beforeEach(() => {
    asked = [];
    mockDate("2026-11-22 12:00:00");
});

test("steps, movers and conversion", async () => {
    await openBoard();
    expect(asked).toEqual([[1, "year", null]]);
    expect(queryAllTexts(".o_relationship_stair .o_relationship_tread")).toEqual([
        "1\nProspect",
        "2\nFirst-time Buyer",
    ]);
    expect("[data-code='prospect'] button[name='climbed']").toHaveText("▲3 climbed on");
    expect("[data-code='prospect'] button[name='fell']").toHaveText("▼1 fell off");
    expect("[data-code='prospect'] button[name='went_on']").toHaveText("25% went on");
    expect("[data-code='first_time'] .o_relationship_conversion").toHaveCount(0);
    expect(queryAllTexts(".o_relationship_beside_count")).toEqual(["0", "5"]);
});

test("the drawing is also told in words", async () => {
    await openBoard();
    const section = queryFirst("[aria-label='Customer ladder']");
    expect(`#${section.getAttribute("aria-describedby")}`).toHaveText(
        "Prospect: 1 customers, 3 climbed on, 1 fell off, 25% went on. " +
            "First-time Buyer: 2 customers, 2 climbed on, 0 fell off, – went on."
    );
});

test("a step opens its customers, and back keeps what was chosen", async () => {
    await openBoard((company, period, source) =>
        board({
            period: { key: period, start: "2026-10-01", end: "2026-10-31" },
            source_id: source,
        })
    );
    await contains("select[name='period']").select("last_month");
    await contains("select[name='source']").select("4");
    expect(asked.at(-1)).toEqual([1, "last_month", 4]);
    await contains("[data-code='first_time'] .o_relationship_tread").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Bolt", "Crane"]);
    expect(".o_breadcrumb .active").toHaveText("First-time Buyer");
    await contains(".o_back_button").click();
    expect(asked.at(-1)).toEqual([1, "last_month", 4]);
    expect("select[name='source']").toHaveValue("4");
});

test("customers without a source are a source of their own", async () => {
    await openBoard();
    await contains("select[name='source']").select("0");
    expect(asked.at(-1)).toEqual([1, "year", 0]);
});

test("new customers, by referral and by month", async () => {
    await openBoard();
    expect(".o_relationship_newcomer_figures button[name='referred']").toHaveText(
        "25%\nby referral (2)"
    );
    const bars = [...document.querySelectorAll("[data-month='2026-10-01'] button")];
    expect(bars.map((bar) => bar.style.height)).toEqual(["75%", "25%"]);
    expect("[data-month='2026-11-01'] button").toHaveCount(0);
    await contains("[data-month='2026-10-01'] .o_relationship_bar_referred").click();
    expect(queryAllTexts(".o_data_row")).toEqual(["Acme"]);
});

test("every mark is a button that the keyboard reaches", async () => {
    await openBoard();
    for (const selector of [
        ".o_relationship_tread",
        ".o_relationship_riser .btn",
        ".o_relationship_beside > *",
        ".o_relationship_month_bar > *",
    ]) {
        for (const button of document.querySelectorAll(selector)) {
            expect(button).toHaveProperty("tagName", "BUTTON");
            expect(button).toHaveProperty("tabIndex", 0);
        }
    }
});

test("a young history is told", async () => {
    await openBoard(() => board({ since: "2026-06-30" }));
    expect(".o_relationship_ladder_box:first").toHaveText(/begins on Jun 30/);
});

test("before the first recalculation", async () => {
    const { company, companies, is_manager } = board();
    await openBoard(() => ({ company, companies, is_manager, sees_all: true, state: "no_run" }));
    expect(".o_relationship_empty h2").toHaveText("The customers have not been measured yet");
    expect("button[name='start']").toHaveCount(1);
    expect("select").toHaveCount(0);
});

test("nobody to show yet", async () => {
    await openBoard(() => board({ sees_all: false, total: mark("prospect", 0) }));
    expect(".o_relationship_empty").toHaveText(/None of the customers is yours/);
    expect(".o_relationship_stairs").toHaveCount(0);
});
