import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("crm_relationship_strikes", {
    url: "/odoo/dismissal-proposals",
    steps: () => [
        {
            content: "Somebody is to be dismissed",
            trigger: ".o_data_row:contains(Tour Keeper) .o_data_cell:first",
            run: "click",
        },
        {
            content: "The rule and the invoices say why",
            trigger: ".o_form_view:contains(3 invoices were unpaid for more than 60 days)",
        },
        {
            content: "Keep the customer",
            trigger: "button[name=action_decline]",
            run: "click",
        },
        {
            content: "Say why",
            trigger: ".modal [name=note] textarea",
            run: "edit Pays in instalments from now on",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_decline]",
            run: "click",
        },
        {
            content: "It is declined",
            trigger: ".o_form_view:not(:has(.alert-warning)):contains(Pays in instalments)",
        },
        {
            content: "Back to the list",
            trigger: ".o_breadcrumb .o_back_button, .breadcrumb-item a",
            run: "click",
        },
        {
            content: "The other one has to go",
            trigger: ".o_data_row:contains(Tour Leaver) .o_data_cell:first",
            run: "click",
        },
        {
            content: "Dismiss",
            trigger: ".o_form_view:contains(Tour Leaver) button[name=action_accept]",
            run: "click",
        },
        {
            content: "The reason is proposed",
            trigger:
                ".modal:contains(Only a credit approver can lift it) [name=reason_id] input:value(Does not pay)",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name=action_dismiss]",
            run: "click",
        },
        {
            content: "It is dismissed",
            trigger:
                ".o_form_view:not(:has(.alert-warning)) .o_arrow_button_current:contains(Dismissed)",
        },
    ],
});

tours.add("crm_relationship_risks", {
    steps: () => [
        {
            content: "The contact has five lights",
            trigger:
                ".o_relationship_lights:has(.o_relationship_light_unknown:contains(Independence))",
        },
        {
            content: "Why?",
            trigger: "[name=relationship_risks] button[name=action_explain_risks]",
            run: "click",
        },
        {
            content: "Nobody has judged it",
            trigger: ".modal [data-risk=independence]:contains(Nobody has judged it)",
        },
        {
            content: "Judge",
            trigger: ".modal button[name=action_judge_risks]",
            run: "click",
        },
        {
            content: "A sign",
            trigger: "body:not(:has(.modal)) .o_list_button_add",
            run: "click",
        },
        {
            content: "It will start its own",
            trigger: ".o_selected_row [name=sign] input",
            run: "click",
        },
        {
            content: "Choose it",
            trigger:
                ".o-dropdown-item:contains(Likely to start its own), .o_select_menu_item:contains(Likely to start its own)",
            run: "click",
        },
        {
            content: "The level",
            trigger: ".o_selected_row [name=level] input",
            run: "click",
        },
        {
            content: "High",
            trigger: ".o_select_menu_item:contains(High)",
            run: "click",
        },
        {
            content: "The evidence",
            trigger: ".o_selected_row [name=note] input",
            run: "edit Registered a brand of its own",
        },
        {
            content: "Keep it",
            trigger: ".o_list_button_save",
            run: "click",
        },
        {
            content: "Back to the contact",
            trigger: ".o_data_row:not(.o_selected_row):contains(Registered a brand)",
        },
        {
            content: "Back to the contact",
            trigger: ".breadcrumb-item a, .o_back_button",
            run: "click",
        },
        {
            content: "The light is red, and says so",
            trigger:
                ".o_relationship_lights .o_relationship_light_high:contains(Independence):contains(High)",
        },
    ],
});
