import { registry } from "@web/core/registry";

const card = (name) => `.o_hierarchy_node:has(.o_relationship_map_card:contains(${name}))`;

registry.category("web_tour.tours").add("crm_relationship_key_account", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "A red flag says that there is no coach, and what to do",
            trigger: "[data-flag=no_coach]:contains(Win over a contact)",
        },
        {
            content: "Open the map",
            trigger: "button[name=action_open_chain]",
            run: "click",
        },
        {
            content: "Both stand on top, each with its support as a word",
            trigger: `.o_relationship_map_tree:not(:has(.o_relationship_map_reports)):has(${card("Tour Boss")}):has(${card("Tour Buyer")}) .badge:contains(Neutral)`,
        },
        {
            content: "Drag the buyer below the boss",
            trigger: card("Tour Buyer"),
            run: `drag_and_drop ${card("Tour Boss")}`,
        },
        {
            content: "The buyer reports to the boss",
            trigger: `.o_relationship_map_branch:has(> div ${card("Tour Boss")}) > .o_relationship_map_reports ${card("Tour Buyer")}`,
        },
        {
            content: "See the chain by contact phase",
            trigger: ".o_switch_view.o_kanban",
            run: "click",
        },
        {
            content: "Open the boss",
            trigger: ".o_kanban_group:contains(Know) .o_kanban_record:contains(Tour Boss)",
            run: "click",
        },
        {
            content: "It is our coach",
            trigger: "[name=is_coach] input",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is saved",
            trigger: ".o_form_saved",
        },
        {
            content: "Back to the plan",
            trigger: ".breadcrumb-item a:contains(Tour Plan)",
            run: "click",
        },
        {
            content: "The red flag is down, others are up",
            trigger:
                ".o_relationship_flags:not(:has([data-flag=no_coach])):has([data-flag=no_sponsor])",
        },
    ],
});
