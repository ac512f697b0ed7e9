import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("crm_relationship_plan_review", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its reviews",
            trigger: ".o_notebook .nav-link[name=reviews]",
            run: "click",
        },
        {
            content: "What changed since the last one is told",
            trigger: "[name=changes_since_review] [data-group=chain]:contains(Tour Newcomer)",
        },
        {
            content: "Open the review that is planned",
            trigger: ".o_relationship_timeline .o_kanban_record:contains(Due)",
            run: "click",
        },
        {
            content: "Write what is decided",
            trigger: ".o_form_view [name=decisions] .odoo-editor-editable",
            run: "editor Meet the newcomer",
        },
        {
            content: "Hold it",
            trigger: "button[name=action_hold]",
            run: "click",
        },
        {
            content: "Yes, keep it as it is now",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "It is held",
            trigger: "body:not(:has(.modal)) .o_arrow_button_current:contains(Held)",
        },
        {
            content: "See what changed",
            trigger: ".o_notebook .nav-link[name=changes]",
            run: "click",
        },
        {
            content: "Who came is told",
            trigger: ".o_relationship_changes [data-group=chain]:contains(Tour Newcomer)",
        },
        {
            content: "See the radar as of the review",
            trigger: ".o_notebook .nav-link[name=assessment]",
            run: "click",
        },
        {
            content: "It shows the review before as well",
            trigger: ".o_relationship_radar [data-legend=last]:contains(Review before)",
        },
        {
            content: "See the chain as of the review",
            trigger: ".o_notebook .nav-link[name=chain]",
            run: "click",
        },
        {
            content: "It is a tree",
            trigger: ".o_relationship_past_map .o_relationship_map_card:contains(Tour Newcomer)",
        },
    ],
});
