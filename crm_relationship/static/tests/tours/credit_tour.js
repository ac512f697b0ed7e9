import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_credit", {
    url: "/odoo/relationship-credit",
    steps: () => [
        {
            content: "Ask why the customer has its grade",
            trigger: ".o_data_row:contains(Tour Debtor) button[name=action_explain_credit]",
            run: "click",
        },
        {
            content: "Everything about management is unknown",
            trigger: ".modal .o_relationship_why tr:contains(Management Quality):contains(unknown)",
        },
        {
            content: "What is owed is known",
            trigger: ".modal .o_relationship_why tr:contains(Longest Overdue):contains(days)",
        },
        {
            content: "The trade's own scales stand below",
            trigger: ".modal .o_relationship_why tr:contains(Payment index)",
        },
        {
            content: "Close the answer",
            trigger: ".modal button[special=cancel]",
            run: "click",
        },
        {
            content: "See the grades by tier",
            trigger: "body:not(:has(.modal)) .o_switch_view.o_graph",
            run: "click",
        },
        {
            content: "They are drawn",
            trigger: ".o_graph_renderer canvas",
        },
        {
            content: "Open the judgements",
            trigger: "body:not(:has(.modal)) .o_menu_sections button:contains(Credit)",
            run: "click",
        },
        {
            content: "Judgements",
            trigger: ".o-dropdown--menu a:contains(Judgements)",
            run: "click",
        },
        {
            content: "Judge a customer",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "The customer",
            trigger: ".o_selected_row [name=partner_id] input",
            run: "edit Tour Debtor",
        },
        {
            content: "It is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Debtor)",
            run: "click",
        },
        {
            content: "The criterion",
            trigger: ".o_selected_row [name=criterion_id] input",
            run: "edit Management",
        },
        {
            content: "It is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Management Quality)",
            run: "click",
        },
        {
            content: "The level",
            trigger: ".o_selected_row [name=band_id] input",
            run: "edit Good",
        },
        {
            content: "It is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Good)",
            run: "click",
        },
        {
            content: "Keep it",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_data_row:not(.o_selected_row):contains(Tour Debtor):contains(Good)",
        },
    ],
});
