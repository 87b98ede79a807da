/** The option of the chart by month, for one figure at a time. */
import { format, type Locale } from '@huixiang/shared'
import type { Overview } from '@huixiang/api'

import { tooltip, type Option, type Palette } from './chart'

type Month = Overview['months'][number]
export type Metric = 'sales' | 'orders' | 'pointsIssued' | 'activeMembers'

interface Series {
  name: string
  kind: 'bar' | 'line'
  of: (month: Month) => number
}

/** `words` gives the name of a figure. Active members come with the new ones of the month. */
export function seriesOf(metric: Metric, words: (metric: string) => string): Series[] {
  const bar = (of: Series['of']): Series[] => [{ name: words(metric), kind: 'bar', of }]
  switch (metric) {
    case 'sales':
      return bar((month) => month.sales_fen)
    case 'orders':
      return bar((month) => month.orders)
    case 'pointsIssued':
      return bar((month) => month.points_issued)
    case 'activeMembers':
      return [
        { name: words('activeMembers'), kind: 'bar', of: (month) => month.active_members },
        { name: words('newMembers'), kind: 'line', of: (month) => month.new_members },
      ]
  }
}

export function said(metric: Metric, value: number): string {
  return metric === 'sales' ? format.yuan(value) : format.count(value)
}

/** The month, and under the first one and each January its year. */
function monthLabel(month: string, at: number, locale: Locale): string {
  const name = format.calendarMonth(month, locale, true)
  return at === 0 || month.endsWith('-01') ? `${name}\n${month.slice(0, 4)}` : name
}

/** `unfinished` months are drawn pale: their figures are of fewer days than the others'. */
export function trendOption(
  months: readonly Month[],
  unfinished: ReadonlySet<string>,
  metric: Metric,
  series: readonly Series[],
  locale: Locale,
  colours: Palette,
): Option {
  const text = { color: colours.faint, fontFamily: colours.font, fontSize: 13 }
  const bar = series.length > 1 ? colours.greenSoft : colours.green // pale under a line, which has to stand out
  const onAxis = (value: number): string => format.axis(metric === 'sales' ? value / 100 : value, locale)
  return {
    aria: { enabled: false },
    animationDuration: 400,
    textStyle: { fontFamily: colours.font },
    grid: { left: 4, right: 8, top: series.length > 1 ? 40 : 16, bottom: 2, containLabel: true },
    legend: { show: series.length > 1, top: 0, right: 0, textStyle: { ...text, color: colours.soft }, itemHeight: 9, itemWidth: 16 },
    tooltip: { ...tooltip(colours), trigger: 'axis', valueFormatter: (value: unknown) => said(metric, Number(value)) },
    xAxis: {
      type: 'category',
      data: months.map((month, at) => monthLabel(month.month, at, locale)),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: colours.line } },
      axisLabel: { ...text, hideOverlap: true, lineHeight: 17 },
    },
    yAxis: { type: 'value', splitNumber: 4, splitLine: { lineStyle: { color: colours.line } }, axisLabel: { ...text, formatter: onAxis } },
    series: series.map((one) => ({
      name: one.name,
      type: one.kind,
      data: months.map((month) => ({
        value: one.of(month),
        itemStyle: { opacity: one.kind === 'bar' && unfinished.has(month.month) ? 0.45 : 1 },
      })),
      barMaxWidth: 34,
      symbolSize: 7,
      itemStyle: { color: one.kind === 'bar' ? bar : colours.warm, borderRadius: one.kind === 'bar' ? [7, 7, 2, 2] : 0 },
      lineStyle: { width: 3 },
      emphasis: { itemStyle: { color: one.kind === 'bar' ? colours.greenHover : colours.warm } },
    })),
  }
}
