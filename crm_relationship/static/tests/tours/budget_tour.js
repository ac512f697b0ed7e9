import { registry } from "@web/core/registry";
import { pick } from "./steps";

registry.category("web_tour.tours").add("crm_relationship_budget_ask", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open last year's plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Start the next one from it",
            trigger: ".o_form_view button[name=action_ask_start]",
            run: "click",
        },
        {
            content: "It says what comes along",
            trigger: ".modal .o_field_widget[name=preview]:contains(Goals: 1)",
        },
        {
            content: "Create it",
            trigger: ".modal button[name=action_create]",
            run: "click",
        },
        {
            content: "The new plan is a draft; it has more buttons than fit",
            trigger: ".o_form_view:has(.o_arrow_button_current:contains(Draft)) .o_button_more",
            run: "click",
        },
        {
            content: "Look at its spending",
            trigger: ".o_dropdown_more button[name=action_open_budget]",
            run: "click",
        },
        {
            content: "Plan the first",
            trigger: ".o_list_button_add",
            run: "click",
        },
        {
            content: "Say what for",
            trigger: ".o_form_view .o_field_widget[name=name] input",
            run: "edit Tour Concert",
        },
        ...pick("category_id", "Test Dining"),
        {
            content: "More than the limit",
            trigger: ".o_field_widget[name=planned_amount] input",
            run: "edit 200.01 && press Tab",
        },
        {
            content: "It says why the manager is needed",
            trigger: ".alert:contains(limit of one expense)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "Ask the manager",
            trigger: ".o_form_saved button[name=action_request]",
            run: "click",
        },
        {
            content: "It is requested",
            trigger: ".o_arrow_button_current:contains(Requested)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_budget_approve", {
    url: "/odoo/relationship-budget",
    steps: () => [
        {
            content: "Open what was asked for",
            trigger: ".o_data_row:contains(Tour Concert) .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "It says why",
            trigger: ".alert:contains(limit of one expense)",
        },
        {
            content: "Approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is approved",
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
    ],
});
