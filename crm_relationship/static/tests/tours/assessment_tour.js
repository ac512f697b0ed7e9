import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_assessment_propose", {
    url: "/odoo/credit-assessments",
    steps: () => [
        {
            content: "Open the draft",
            trigger: ".o_data_row:contains(Tour Debtor) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Judge the management",
            trigger:
                ".o_field_widget[name=line_ids] .o_data_row:contains(Management) .o_data_cell[name=level_id]",
            run: "click",
        },
        {
            content: "Search the level",
            trigger: ".o_selected_row [name=level_id] input",
            run: "edit Good",
        },
        {
            content: "It is found",
            trigger: ".o-autocomplete--dropdown-item:contains(Good)",
            run: "click",
        },
        {
            content: "Its points count at once",
            trigger: ".o_selected_row .o_data_cell[name=given]:contains(2.40)",
        },
        {
            content: "Keep it",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "It is kept",
            trigger: ".o_form_saved .o_data_row:contains(Management):contains(Good)",
        },
        {
            content: "Propose it",
            trigger: "button[name=action_propose]",
            run: "click",
        },
        {
            content: "Now another person decides",
            trigger: ".o_arrow_button_current:contains(Proposed)",
        },
        {
            content: "Who proposed it tries",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "Yes, approve",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "And is refused",
            trigger: ".modal:contains(Another person must approve)",
        },
        {
            content: "Close",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It still waits",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Proposed)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_assessment_approve", {
    url: "/odoo/credit-assessments",
    steps: () => [
        {
            content: "Open the proposal",
            trigger: ".o_data_row:contains(Tour Debtor) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Set the limit",
            trigger: "[name=approved_limit] input",
            run: "edit 77",
        },
        {
            content: "Approve it",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "Yes, approve",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is approved and locked",
            trigger: ".o_arrow_button_current:contains(Approved)",
        },
        {
            content: "The limit as well",
            trigger: ".o_field_widget[name=approved_limit]:not(:has(input)):contains(77)",
        },
    ],
});
