import { registry } from "@web/core/registry";

const PAGE = ".o_form_view .tab-pane.active";
const ROW = `${PAGE} .o_data_row:contains(Delivery)`;

registry.category("web_tour.tours").add("crm_relationship_radar", {
    url: "/odoo/account-plans",
    steps: () => [
        {
            content: "Open the plan",
            trigger: ".o_data_row:contains(Tour Plan) .o_data_cell[name=partner_id]",
            run: "click",
        },
        {
            content: "Open its assessment",
            trigger: ".o_notebook .nav-link[name=assessment]",
            run: "click",
        },
        {
            content: "What is not judged has no mark, the layer says so",
            trigger: `${PAGE} .o_relationship_radar:not(:has([data-series=score] [data-code=delivery]))`,
        },
        {
            content: "Ask why the coverage is what it is",
            trigger: ".o_relationship_radar_name[data-code=coverage]",
            run: "click",
        },
        {
            content: "It says what was looked at and what lifts it",
            trigger: ".modal .o_relationship_score_why:contains(Reach Tour Boss deeply)",
        },
        {
            content: "Close it",
            trigger: ".modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "Judge the delivery",
            trigger: `body:not(:has(.modal)) ${ROW} .o_data_cell[name=judged_score]`,
            run: "click",
        },
        {
            content: "Enter the score",
            trigger: `${ROW} [name=judged_score] input`,
            run: "edit 64",
        },
        {
            content: "Enter what it rests on",
            trigger: `${ROW} [name=evidence] input`,
            run: "edit Survey of June",
        },
        {
            content: "Want more",
            trigger: `${ROW} [name=wanted_score] input`,
            run: "edit 90",
        },
        {
            content: "Save",
            trigger: ".o_form_button_save",
            run: "click",
        },
        {
            content: "The radar has the mark",
            trigger: ".o_form_saved .o_relationship_radar [data-series=score] [data-code=delivery]",
        },
        {
            content: "The layer has its score",
            trigger: "[data-layer=general] dd b",
        },
        {
            content: "Ask why",
            trigger: ".o_relationship_radar_name[data-code=delivery]",
            run: "click",
        },
        {
            content: "The judgement is told",
            trigger: ".modal .o_relationship_score_why:contains(Survey of June)",
        },
    ],
});
