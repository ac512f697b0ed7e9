import { Component, onWillStart, onWillUnmount, useEffect, useRef } from "@odoo/owl";
import { loadBundle } from "@web/core/assets";
import { _t } from "@web/core/l10n/translation";

/** Letters of a cause's name that fit below its bar. */
const NAME_LENGTH = 22;

/** Bars, the largest first, and the line of what they make together. A bar can be opened. */
export class ParetoChart extends Component {
    static template = "crm_relationship.ParetoChart";
    static props = {
        bars: Array, // { name, value, share, cumulative, is_vital }
        vital: Number, // percent at which the line is drawn
        format: Function,
        summary: String,
        open: Function,
    };

    setup() {
        this.canvasRef = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            () => this.draw(),
            () => [this.props.bars]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    /** The canvas of a chart can't take colours from classes. */
    getColor(name) {
        return getComputedStyle(this.canvasRef.el)
            .getPropertyValue(`--relationship-${name}`)
            .trim();
    }

    shorten(name) {
        return name.length > NAME_LENGTH ? `${name.slice(0, NAME_LENGTH - 1)}…` : name;
    }

    draw() {
        this.chart?.destroy();
        this.chart = new window.Chart(this.canvasRef.el, {
            data: { labels: this.props.bars.map(({ name }) => this.shorten(name)), ...this.data },
            options: this.options,
        });
    }

    get data() {
        const { bars, vital } = this.props;
        return {
            datasets: [
                {
                    type: "line",
                    label: _t("Together"),
                    data: bars.map(({ cumulative }) => cumulative),
                    yAxisID: "share",
                    borderColor: this.getColor("sum"),
                    backgroundColor: this.getColor("sum"),
                    borderWidth: 2,
                    pointRadius: 3,
                },
                {
                    type: "line",
                    label: `${vital} %`,
                    data: bars.map(() => vital),
                    yAxisID: "share",
                    borderColor: this.getColor("limit"),
                    borderDash: [6, 4],
                    borderWidth: 1,
                    pointRadius: 0,
                    pointHitRadius: 0,
                },
                {
                    type: "bar",
                    label: _t("Complaints"),
                    data: bars.map(({ value }) => value),
                    yAxisID: "value",
                    backgroundColor: bars.map(({ is_vital }) =>
                        this.getColor(is_vital ? "vital" : "rest")
                    ),
                    maxBarThickness: 72,
                },
            ],
        };
    }

    get options() {
        const { bars, format } = this.props;
        const text = this.getColor("text");
        const total = bars.reduce((sum, { value }) => sum + value, 0);
        return {
            responsive: true,
            maintainAspectRatio: false,
            animation: false,
            onClick: (_event, elements) => elements.length && this.open(elements[0].index),
            onHover: (event, elements) => {
                event.native.target.style.cursor = elements.length ? "pointer" : "default";
            },
            interaction: { mode: "index", intersect: false },
            plugins: {
                legend: { display: false },
                tooltip: {
                    filter: ({ datasetIndex }) => datasetIndex !== 1,
                    callbacks: {
                        title: ([{ dataIndex }]) => bars[dataIndex].name,
                        label: ({ datasetIndex, dataIndex }) =>
                            datasetIndex
                                ? `${format(bars[dataIndex].value)} (${bars[dataIndex].share.toFixed(1)} %)`
                                : _t("Together %s %", bars[dataIndex].cumulative.toFixed(1)),
                    },
                },
            },
            scales: {
                x: { grid: { display: false }, ticks: { color: text, maxRotation: 40 } },
                // Both axes reach as far, so that the line meets the first bar's top.
                value: {
                    position: "left",
                    min: 0,
                    max: total,
                    grid: { color: this.getColor("grid") },
                    ticks: { color: text, callback: (value) => format(value), precision: 0 },
                },
                share: {
                    position: "right",
                    min: 0,
                    max: 100,
                    grid: { display: false },
                    ticks: { color: text, stepSize: 20, callback: (value) => `${value} %` },
                },
            },
        };
    }

    open(index) {
        this.props.open(this.props.bars[index]);
    }
}
