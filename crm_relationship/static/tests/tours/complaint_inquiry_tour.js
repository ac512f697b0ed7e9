import { registry } from "@web/core/registry";

const page = (name) => ({
    content: `Open the page ${name}`,
    trigger: `.o_notebook .nav-link:contains(${name})`,
    run: "click",
});

const save = {
    content: "Save",
    trigger: ".o_form_button_save:visible",
    run: "click",
};

registry.category("web_tour.tours").add("crm_relationship_complaint_inquiry", {
    steps: () => [
        page("Investigation"),
        {
            content: "The cause",
            trigger: "[name=investigation] [name=cause_id] input, [name=cause_id] input",
            run: "edit Mixed Up",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item:contains(Mixed Up)",
            run: "click",
        },
        {
            content: "Ask why",
            trigger: "[name=why_ids] .o_field_x2many_list_row_add :is(a, button)",
            run: "click",
        },
        {
            content: "Because",
            trigger: "[name=why_ids] [name=answer] textarea",
            run: "edit Tour: the guard was loose",
        },
        save,
        {
            content: "The question is asked",
            trigger: "[name=why_ids] .o_data_row:contains(Why did it happen?)",
        },
        page("Actions"),
        {
            content: "Plan an action",
            trigger: "[name=action_ids] .o_field_x2many_list_row_add :is(a, button)",
            run: "click",
        },
        {
            content: "What is to be done",
            trigger: ".modal [name=name] input, .modal [name=name] textarea",
            run: "edit Tour: check the torque",
        },
        {
            content: "Keep it",
            trigger: ".modal .o_form_button_save",
            run: "click",
        },
        {
            content: "It is planned",
            trigger: "[name=action_ids] .o_data_row:contains(check the torque)",
        },
        page("Resolution"),
        {
            content: "Grant something",
            trigger: "[name=resolution_ids] .o_field_x2many_list_row_add :is(a, button)",
            run: "click",
        },
        {
            content: "More than may be granted",
            trigger: "[name=resolution_ids] [name=amount] input",
            run: "edit 150",
        },
        save,
        {
            content: "Ask the manager",
            trigger: "[name=resolution_ids] .o_data_row button[name=action_grant]",
            run: "click",
        },
        {
            content: "It waits",
            trigger: "[name=resolution_ids] .o_data_row:contains(Waiting for approval)",
        },
        {
            content: "Closing tells of it",
            trigger: ".o_statusbar_buttons button:contains(Close), .dropdown-item:contains(Close)",
            run: "click",
        },
        {
            content: "What is open is said",
            trigger: ".modal .alert:contains(wait for an approval)",
        },
        {
            content: "The action too",
            trigger: ".modal .alert:contains(are open)",
        },
        {
            content: "Not yet",
            trigger: ".modal footer button:contains(Discard)",
            run: "click",
        },
        {
            content: "The dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_complaint_approval", {
    steps: () => [
        {
            content: "What waits",
            trigger: ".o_data_row .o_data_cell:contains(The press stopped)",
            run: "click",
        },
        {
            content: "Why it does",
            trigger: "[name=manager_explanation]:contains(more than)",
        },
        {
            content: "Approve",
            trigger: "button[name=action_approve]",
            run: "click",
        },
        {
            content: "Approved",
            trigger: ".o_statusbar_status .o_arrow_button_current:contains(Approved)",
        },
    ],
});

registry.category("web_tour.tours").add("crm_relationship_complaint_effect", {
    steps: () => [
        {
            content: "Check the effect",
            trigger: "button[name=action_check_effect]",
            run: "click",
        },
        {
            content: "It did not help",
            trigger: ".modal [name=effect] .o_radio_item:contains(Not effective) input",
            run: "click",
        },
        {
            content: "What was found",
            trigger: ".modal [name=note] textarea",
            run: "edit Tour: loose again",
        },
        {
            content: "Say so",
            trigger: ".modal button[name=action_confirm]",
            run: "click",
        },
        {
            content: "It was not effective",
            trigger: ".ribbon:contains(Not Effective)",
        },
        {
            content: "See what follows",
            trigger: ".o_notebook .nav-link:contains(Effect)",
            run: "click",
        },
        {
            content: "Another action follows",
            trigger: "[name=follow_up_ids] .o_data_row:contains(Follow-up)",
        },
    ],
});
