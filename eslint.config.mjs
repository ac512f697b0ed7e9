import js from "@eslint/js";
import globals from "globals";

/** Checks what is wrong, not how it looks: prettier sees to the layout. */
export default [
    { ignores: [".run/", "**/static/lib/"] },
    js.configs.recommended,
    {
        files: ["**/*.js", "**/*.mjs"],
        languageOptions: {
            ecmaVersion: 2024,
            sourceType: "module",
            globals: { ...globals.browser, luxon: "readonly", odoo: "readonly" },
        },
        linterOptions: { reportUnusedDisableDirectives: "error" },
        rules: {
            "no-console": ["error", { allow: ["warn", "error"] }],
            "no-restricted-globals": ["error", "event", "self"],
            "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            curly: ["error", "all"],
            eqeqeq: "error",
        },
    },
];
