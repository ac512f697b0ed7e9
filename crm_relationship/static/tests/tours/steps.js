/** Steps that choose the record of this name in a many2one field. */
export const pick = (field, name) => [
    {
        content: `Search the ${field}`,
        trigger: `.o_form_view .o_field_widget[name=${field}] input`,
        run: `edit ${name}`,
    },
    {
        content: `Choose the ${field}`,
        trigger: `.o-autocomplete--dropdown-item:contains(${name})`,
        run: "click",
    },
];
