import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const tours = registry.category("web_tour.tours");

const chooseCustomer = (customer, sign, word) => [
    {
        content: "Look for the customer",
        trigger: ".o_field_widget[name='partner_id'] input",
        run: "edit Tour Own",
    },
    {
        content: "Its margin stands beside its name, as a colour, a sign and a word",
        trigger: `.o-autocomplete--dropdown-item:contains(${customer}) .badge:contains(${sign}):contains(${word})`,
    },
    {
        content: "So does its tier",
        trigger: `.o-autocomplete--dropdown-item:contains(${customer}) .badge[title='A · VIP']:contains(A)`,
    },
    {
        content: "Take it",
        trigger: `.o-autocomplete--dropdown-item:contains(${customer}) a`,
        run: "click",
    },
];

tours.add("crm_relationship_quotation", {
    steps: () => [
        ...chooseCustomer("Tour Own", "▼", "Loss"),
        {
            content: "The quotation has the customer, and the name is plain",
            trigger: ".o_field_widget[name='partner_id'] input:value('Tour Own')",
        },
        {
            content: "Odoo's own feature is still there: the address below the name",
            trigger:
                ".o_field_widget[name='partner_id'] .o_field_many2one_extra:contains(Tour Street)",
        },
        ...stepUtils.saveForm(),
    ],
});

tours.add("crm_relationship_opportunity", {
    steps: () => [
        {
            content: "Name the opportunity",
            trigger: ".o_field_widget[name='name'] textarea, .o_field_widget[name='name'] input",
            run: "edit Tour Opportunity",
        },
        ...chooseCustomer("Tour Own", "▼", "Loss"),
        ...stepUtils.saveForm(),
    ],
});
