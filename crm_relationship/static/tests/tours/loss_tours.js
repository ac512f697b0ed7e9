import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

tours.add("crm_relationship_loss_reason", {
    steps: () => [
        {
            content: "The task leads to the loss, which asks why",
            trigger: ".o_form_view .alert-warning:contains(Why is this customer gone)",
        },
        {
            content: "Enter what was found out",
            trigger: ".o_field_widget[name='note'] textarea",
            run: "edit The new buyer knows somebody else",
        },
        {
            content: "Type a reason",
            trigger: ".o_field_widget[name='reason_id'] input",
            run: "edit Our contact",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item a:contains(Our contact left)",
            run: "click",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The task is done",
            trigger: ".o-mail-Message:contains(Find out why the customer was lost)",
        },
    ],
});

tours.add("crm_relationship_dismissal", {
    steps: () => [
        {
            content: "End the relationship",
            trigger: ".o_form_statusbar button:contains(Dismiss)",
            run: "click",
        },
        {
            content: "Read what follows",
            trigger: ".modal .alert-warning:contains(Only a credit approver can lift it)",
        },
        {
            content: "Type a reason",
            trigger: ".modal .o_field_widget[name='reason_id'] input",
            run: "edit Does not",
        },
        {
            content: "Choose it",
            trigger: ".o-autocomplete--dropdown-item a:contains(Does not pay)",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal button[name='action_dismiss']",
            run: "click",
        },
        {
            content: "The customer is dismissed",
            trigger: ".o_form_view .alert-danger:contains(Dismissed on)",
        },
        {
            content: "Lift it",
            trigger: "button[name='action_lift_dismissal']",
            run: "click",
        },
        {
            content: "Confirm",
            trigger: ".modal:contains(Lift the dismissal?) .btn-primary",
            run: "click",
        },
        {
            content: "The rules hold again",
            trigger: ".o_form_view:not(:has(.alert-danger))",
        },
    ],
});
