import { type ComponentChild, h, type JSX } from 'preact'

/** One entry of a legend; `mark` is a class of the stylesheet. */
export interface LegendEntry {
  readonly mark: string
  readonly text: string
}

export interface Figure {
  /** Unique on the page. */
  readonly id: string
  readonly title: string
  /** What the picture shows, for readers who do not see it. The table beside it has the numbers. */
  readonly description: string
  readonly legend?: readonly LegendEntry[]
  readonly height: number
  readonly drawing: readonly JSX.Element[]
}

/** The width of every drawing; a page scales it to the width that it has. */
export const FIGURE_WIDTH = 420

export function figure({ id, title, description, legend = [], height, drawing }: Figure): JSX.Element {
  const labels = { title: `${id}-title`, description: `${id}-description` }
  return h('figure', { class: 'card' }, [
    h('figcaption', {}, [
      h('h3', {}, title),
      legend.length > 0 && h('p', { class: 'legend' }, legend.map(legendEntry)),
    ]),
    h(
      'svg',
      {
        viewBox: `0 0 ${FIGURE_WIDTH} ${height}`,
        role: 'img',
        'aria-labelledby': `${labels.title} ${labels.description}`,
      },
      h('title', { id: labels.title }, title),
      h('desc', { id: labels.description }, description),
      drawing,
    ),
  ])
}

/** What stands in the place of a figure that would be empty. */
export function noFigure(title: string, reason: string): JSX.Element {
  return h('div', { class: 'card no-figure' }, [h('h3', {}, title), h('p', { class: 'note' }, reason)])
}

function legendEntry({ mark, text }: LegendEntry): ComponentChild {
  return h('span', {}, h('i', { class: `mark ${mark}` }), text)
}
