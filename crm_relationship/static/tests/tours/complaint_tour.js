import { registry } from "@web/core/registry";

const press = (content, name) => ({
    content,
    trigger: `.o_form_view button[name=${name}]:enabled`,
    run: "click",
});

const stage = (name) => ({
    content: `It is in the stage ${name}`,
    trigger: `.o_statusbar_status .o_arrow_button_current:contains(${name})`,
});

registry.category("web_tour.tours").add("crm_relationship_complaint", {
    url: "/odoo/complaints",
    steps: () => [
        {
            content: "Enter a complaint",
            trigger: ".o_kanban_view .o-kanban-button-new, .o_control_panel .o-kanban-button-new",
            run: "click",
        },
        {
            content: "What it is",
            trigger: "[name=subject] input, [name=subject] textarea",
            run: "edit Tour: the press stopped",
        },
        {
            content: "Whose it is",
            trigger: "[name=partner_id] input",
            run: "edit Complaining",
        },
        {
            content: "The customer",
            trigger: ".o-autocomplete--dropdown-item:contains(Complaining Ltd)",
            run: "click",
        },
        {
            content: "What it is about",
            trigger: "[name=category_id] input",
            run: "edit Tour Defect",
        },
        {
            content: "The category",
            trigger: ".o-autocomplete--dropdown-item:contains(Tour Defect)",
            run: "click",
        },
        {
            content: "It fills in how bad such complaints are",
            trigger: "[name=severity] .o_radio_item:contains(Critical) input:checked",
        },
        {
            content: "The priority follows",
            trigger: "[name=marks] [name=priority]:contains(Urgent)",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        press("Take it", "action_take"),
        {
            content: "Why is it urgent?",
            trigger: "button[name=action_explain_priority]",
            run: "click",
        },
        {
            content: "The answer has points and the rule",
            trigger: ".modal .o_relationship_complaint_why:contains(reach the 8)",
        },
        {
            content: "Close the answer",
            trigger: ".modal footer button:contains(Close), .modal .btn-close",
            run: "click",
        },
        {
            content: "The answer is gone",
            trigger: "body:not(:has(.modal))",
        },
        press("Acknowledge", "action_acknowledge"),
        stage("Acknowledged"),
        press("Assess", "action_assess"),
        stage("Assessing"),
        press("Wait", "action_wait"),
        {
            content: "We wait",
            trigger: ".ribbon:contains(Waiting)",
        },
        press("The customer has answered", "action_end_wait"),
        {
            content: "We wait no longer",
            trigger: ".o_form_view:not(:has(.ribbon:contains(Waiting)))",
        },
        press("Investigate", "action_investigate"),
        stage("Investigating"),
        press("Respond without an answer", "action_respond"),
        {
            content: "Refused, and it is said why",
            trigger: ".modal:contains(Enter the answer to the customer first)",
        },
        {
            content: "Read",
            trigger: ".modal footer button",
            run: "click",
        },
        {
            content: "Close at once instead",
            trigger: ".o_statusbar_buttons button:contains(Close), .dropdown-item:contains(Close)",
            run: "click",
        },
        {
            content: "The cause",
            trigger: ".modal [name=cause_id] input",
            run: "edit Mixed Up",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Mixed Up)",
            run: "click",
        },
        {
            content: "The answer",
            trigger: ".modal [name=answer] .odoo-editor-editable",
            run: "editor We have mended it",
        },
        {
            content: "Close the complaint",
            trigger: ".modal button[name=action_close]",
            run: "click",
        },
        {
            content: "It is closed",
            trigger: ".ribbon:contains(Closed)",
        },
        {
            content: "Reopen it",
            trigger: ".o_statusbar_buttons button:contains(Reopen)",
            run: "click",
        },
        {
            content: "Why",
            trigger: ".modal [name=reason] textarea",
            run: "edit Tour: it stopped again",
        },
        {
            content: "Do it",
            trigger: ".modal button[name=action_confirm]:contains(Reopen)",
            run: "click",
        },
        stage("Assessing"),
        {
            content: "What had been decided stands in the history",
            trigger: ".o_notebook .nav-link:contains(History)",
            run: "click",
        },
        {
            content: "With its reason",
            trigger: "[name=reopening_ids] .o_data_row:contains(it stopped again)",
        },
    ],
});
