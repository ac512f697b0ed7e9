import { registry } from "@web/core/registry";

const CELL = "[data-from='D'][data-to='A']";

registry.category("web_tour.tours").add("crm_relationship_history", {
    url: "/odoo/tier-migration",
    steps: () => [
        {
            content: "With one evaluation there is nothing to compare",
            trigger: ".o_relationship_migration .o_view_nocontent:contains(Nothing to compare)",
        },
        {
            content: "Backfill the history",
            trigger: ".o_view_nocontent button:contains(Backfill History)",
            run: "click",
        },
        {
            content: "It says what it will do",
            trigger: ".modal div[name='evaluation_count']:contains(2)",
        },
        {
            content: "Backfill",
            trigger: ".modal button[name='action_start']",
            run: "click",
        },
        {
            content: "The run waits for the scheduler",
            trigger: ".o_data_row:contains(Backfill of past months):contains(Waiting)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_migration", {
    url: "/odoo/tier-migration",
    steps: () => [
        {
            content: "All that is known",
            trigger: "[data-preset=all]",
            run: "click",
        },
        {
            content: "One rose to the top",
            trigger: `td.o_relationship_up ${CELL}:contains(▲1)`,
            run: "click",
        },
        {
            content: "It is this customer",
            trigger:
                ".o_control_panel:has(.o_pager_limit:contains(1)) ~ * .o_data_row:contains(Tour Riser) td[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its history",
            trigger: "a.nav-link[name=history]",
            run: "click",
        },
        {
            content: "The legend says what was backfilled",
            trigger: ".o_relationship_tier_line figcaption:contains(backfilled)",
        },
        {
            content: "Open the rise",
            trigger: ".o_relationship_point_up path",
            run: "click",
        },
        {
            content: "It has a reason",
            trigger: ".modal .o_form_view:contains(reaches the cut)",
        },
        {
            content: "Close it",
            trigger: ".modal .btn-close",
            run: "click",
        },
        {
            content: "Back to the customers",
            trigger: ".o_back_button",
            run: "click",
        },
        {
            content: "Back to the matrix",
            trigger: ".o_list_view .o_back_button, .o_control_panel .o_back_button",
            run: "click",
        },
        {
            content: "It shows the days chosen before",
            trigger: `[data-preset=all].active, .o_relationship_matrix ${CELL}`,
        },
    ],
});
