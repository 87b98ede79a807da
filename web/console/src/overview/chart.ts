/** ECharts with the parts in use, and the house's colours as it wants them. */
import { BarChart, LineChart, PieChart } from 'echarts/charts'
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import * as echarts from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'

echarts.use([AriaComponent, BarChart, CanvasRenderer, GridComponent, LegendComponent, LineChart, PieChart, TooltipComponent])

export { echarts }
export type Option = echarts.EChartsCoreOption

export interface Palette {
  ink: string
  soft: string
  faint: string
  line: string
  surface: string
  green: string
  greenSoft: string
  greenHover: string
  warm: string
  font: string
}

/** The colours that hold at this moment; ask again when the theme changes. */
export function palette(): Palette {
  const style = getComputedStyle(document.documentElement)
  const colour = (name: string): string => style.getPropertyValue(name).trim()
  return {
    ink: colour('--hx-ink'),
    soft: colour('--hx-ink-soft'),
    faint: colour('--hx-ink-faint'),
    line: colour('--hx-line'),
    surface: colour('--hx-surface'),
    green: colour('--hx-green'),
    greenSoft: colour('--hx-green-soft'),
    greenHover: colour('--hx-green-hover'),
    warm: colour('--hx-warm'),
    font: colour('--hx-font'),
  }
}

/** Tooltips are drawn on the canvas: the page's policy allows no inline styles, which the HTML kind needs. */
export function tooltip(colours: Palette): object {
  return {
    renderMode: 'richText',
    backgroundColor: colours.surface,
    borderColor: colours.line,
    padding: [10, 14],
    textStyle: { color: colours.ink, fontFamily: colours.font, fontSize: 14, lineHeight: 22 },
  }
}
