import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { Board } from "../board/board";

/** What the choice of a source says for all of them, and for customers without one. */
const ALL_SOURCES = "";
const NO_SOURCE = "0";
/** Least height of a bar that is not empty, in percents: it must be seen and hit. */
const BAR_MIN = 3;

/**
 * The customer ladder of a company as a staircase: who stands where, who climbed in a
 * period, and how many of those on a step went on. Every figure is a mark that opens the
 * customers it counts.
 */
export class LadderBoard extends Board {
    static template = "crm_relationship.LadderBoard";
    static choices = { period: "year", source: ALL_SOURCES };

    fetchData() {
        const { companyId, period, source } = this.state;
        return this.orm.call("crm.relationship.ladder.board", "get_board", [
            companyId,
            period,
            source === ALL_SOURCES ? null : Number(source),
        ]);
    }

    // --------------------------------------------------------------- choices

    get periods() {
        return [
            ["month", _t("This month")],
            ["last_month", _t("Last month")],
            ["quarter", _t("This quarter")],
            ["last_quarter", _t("Last quarter")],
            ["year", _t("Last 12 months")],
        ];
    }

    get sources() {
        return [
            [ALL_SOURCES, _t("All sources")],
            ...this.data.sources.map(({ id, name }) => [String(id), name]),
            [NO_SOURCE, _t("Without a source")],
        ];
    }

    get periodText() {
        const { start, end } = this.data.period;
        return `${this.formatDay(start)} – ${this.formatDay(end)}`;
    }

    /** Whether the history does not reach back to the beginning of the period. */
    get isYoung() {
        const { since, period } = this.data;
        return Boolean(since && since > period.start);
    }

    get youngText() {
        return _t("The history of the ladder begins on %s: before that nobody is seen climbing.", [
            this.formatDay(this.data.since),
        ]);
    }

    // --------------------------------------------------------------- figures

    get steps() {
        const { steps } = this.data;
        return steps.map((step, index) => ({
            ...step,
            index,
            label: _t("Step %(number)s of %(count)s", {
                number: index + 1,
                count: steps.length,
            }),
            moves: [
                {
                    key: "climbed",
                    mark: step.climbed,
                    sign: "▲",
                    text: _t("%s climbed on", formatInteger(step.climbed.count)),
                    title: _t("Climbed onto %s", step.name),
                },
                {
                    key: "fell",
                    mark: step.fell,
                    sign: "▼",
                    text: _t("%s fell off", formatInteger(step.fell.count)),
                    title: _t("Fell from %s", step.name),
                },
            ],
            conversion: step.conversion && this.prepareConversion(step),
        }));
    }

    prepareConversion({ name, conversion }) {
        const { stood, went_on } = conversion;
        return {
            share: stood.count ? this.formatShare(went_on.count / stood.count) : "–",
            stood: {
                mark: stood,
                title: _t("Stood on %s", name),
                text: _t("of %s", formatInteger(stood.count)),
            },
            wentOn: { mark: went_on, title: _t("Went on from %s", name) },
        };
    }

    get beside() {
        const helps = {
            suspect: _t("A profile, but nothing open and nothing bought"),
            disqualified: _t("Nothing bought, and all opportunities lost or marked so"),
        };
        return this.data.beside.map((mark) => ({ ...mark, help: helps[mark.code] }));
    }

    /** The staircase in sentences, for those who do not see it. */
    get description() {
        return this.steps
            .map((step) =>
                _t(
                    "%(step)s: %(count)s customers, %(climbed)s climbed on, %(fell)s fell off, %(share)s went on.",
                    {
                        step: step.name,
                        count: formatInteger(step.count),
                        climbed: formatInteger(step.climbed.count),
                        fell: formatInteger(step.fell.count),
                        share: step.conversion ? step.conversion.share : "–",
                    }
                )
            )
            .join(" ");
    }

    get newcomers() {
        const { all, referred, months } = this.data.newcomers;
        const most = Math.max(1, ...months.map((month) => month.all.count));
        return {
            all: { ...all, title: _t("New customers") },
            referred: { ...referred, title: _t("New customers by referral") },
            share: this.getShareText(all, referred),
            months: months.map((month) => this.prepareMonth(month, most)),
        };
    }

    prepareMonth({ month, all, referred }, most) {
        const height = (count) => (count ? Math.max((100 * count) / most, BAR_MIN) : 0);
        const name = deserializeDate(month).toFormat("LLL yy");
        return {
            key: month,
            name,
            share: this.getShareText(all, referred),
            title: _t("%(month)s: %(count)s new customers, %(referred)s of them by referral", {
                month: name,
                count: formatInteger(all.count),
                referred: formatInteger(referred.count),
            }),
            bars: [
                {
                    key: "others",
                    mark: all,
                    label: _t("New customers, %s", name),
                    style: `height: ${height(all.count) - height(referred.count)}%`,
                    count: all.count - referred.count,
                },
                {
                    key: "referred",
                    mark: referred,
                    label: _t("New customers by referral, %s", name),
                    style: `height: ${height(referred.count)}%`,
                    count: referred.count,
                },
            ],
            all,
        };
    }

    getShareText(all, referred) {
        return all.count ? this.formatShare(referred.count / all.count) : "–";
    }

    openNewcomers() {
        return this.action.doAction("crm_relationship.crm_relationship_newcomer_action");
    }
}

registry.category("actions").add("crm_relationship.ladder_board", LadderBoard);
