import {
  BigValueColorMode,
  BigValueGraphMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  type Dashboard,
  DashboardBuilder,
  DashboardCursorSync,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  type Threshold,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeSeriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';

/** What one line of a graph shows, by its legend; `{{label}}` is replaced. */
export type Queries = Readonly<Record<string, string>>;

interface Shown {
  readonly title: string;
  /** Said at the panel's title. */
  readonly about?: string;
  /** A unit of Grafana, e.g. `s`, `percentunit`, `reqps`; a number unless told. */
  readonly unit?: string;
  readonly queries: Queries;
  /** Columns of 24. */
  readonly width?: number;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly (TimeSeriesBuilder | StatBuilder)[];
}

const datasource = { type: 'prometheus', uid: `\${datasource}` };
const GRAPH_HEIGHT = 8;
const FIGURE_HEIGHT = 4;

/** Lines over time. A value is never below zero here. */
export function graph({ title, about, unit = 'short', queries, width = 12 }: Shown): TimeSeriesBuilder {
  const legend = new VizLegendOptionsBuilder()
    .displayMode(LegendDisplayMode.List)
    .placement(LegendPlacement.Bottom)
    .showLegend(true);
  const tooltip = new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending);
  return filled(new TimeSeriesBuilder(), { title, about, unit, queries })
    .min(0)
    .span(width)
    .height(GRAPH_HEIGHT)
    .lineWidth(1)
    .fillOpacity(8)
    .legend(legend)
    .tooltip(tooltip);
}

/**
 * One figure, coloured by what it says.
 *
 * @param options.colours from which value on it has a colour; the first is that below all others.
 */
export function figure(options: Shown & { readonly colours: readonly [string, ...[string, number][]] }): StatBuilder {
  const { title, about, unit = 'short', queries, width = 4, colours } = options;
  const [base, ...others] = colours;
  const steps: Threshold[] = [
    { value: null, color: base },
    ...others.map(([color, value]): Threshold => ({ value, color })),
  ];
  return filled(new StatBuilder(), { title, about, unit, queries })
    .span(width)
    .height(FIGURE_HEIGHT)
    .noValue('no data')
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .thresholds(new ThresholdsConfigBuilder().mode(ThresholdsMode.Absolute).steps(steps))
    .colorMode(BigValueColorMode.Value)
    .graphMode(BigValueGraphMode.None);
}

/** A dashboard of rows; `jobs` are those whose instances can be chosen, as `$instance`; without them nothing can. */
export function dashboard(options: {
  readonly uid: string;
  readonly title: string;
  readonly about: string;
  readonly jobs?: string;
  readonly rows: readonly Row[];
}): Dashboard {
  const { uid, title, about, jobs, rows } = options;
  const builder = new DashboardBuilder(title)
    .uid(uid)
    .description(about)
    .tags(['cfd-broker'])
    .timezone('browser')
    .tooltip(DashboardCursorSync.Crosshair)
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .readonly()
    .withVariable(new DatasourceVariableBuilder('datasource').label('Data source').type('prometheus'));
  if (jobs !== undefined) builder.withVariable(instanceOf(jobs));
  for (const row of rows) {
    builder.withRow(new RowBuilder(row.title));
    for (const panel of row.panels) builder.withPanel(panel);
  }
  const built = builder.build();
  built.panels?.forEach((panel, index) => {
    panel.id = index + 1;
  });
  return built;
}

function instanceOf(jobs: string): QueryVariableBuilder {
  return new QueryVariableBuilder('instance')
    .label('Instance')
    .datasource(datasource)
    .query(`label_values(up{job=~"${jobs}"}, instance)`)
    .refresh(VariableRefresh.OnTimeRangeChanged)
    .sort(VariableSort.AlphabeticalAsc)
    .multi(true)
    .includeAll(true)
    .allValue('.*')
    .current({ selected: true, text: ['All'], value: ['$__all'] });
}

function filled<B extends TimeSeriesBuilder | StatBuilder>(
  panel: B,
  { title, about, unit, queries }: { title: string; about: string | undefined; unit: string; queries: Queries },
): B {
  panel.title(title).unit(unit).datasource(datasource);
  if (about !== undefined) panel.description(about);
  Object.entries(queries).forEach(([legend, expr], index) => {
    const refId = String.fromCodePoint(('A'.codePointAt(0) as number) + index);
    panel.withTarget(new DataqueryBuilder().refId(refId).expr(expr).legendFormat(legend).range());
  });
  return panel;
}
