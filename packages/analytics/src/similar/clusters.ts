import { UndirectedGraph } from 'graphology'
import louvainModule from 'graphology-communities-louvain'
import type { Scored } from './co-use.ts'

// Its declarations describe a default export, which a CommonJS module is itself in Node.
const louvain = louvainModule as unknown as typeof louvainModule.default

/** Edges of a skill in the graph, at most: those to its most similar skills. */
const EDGES_MAX = 20
const SCORE_MIN = 0.1

/** Skills by their numbers, in their order. */
export type Members = readonly number[]

/**
 * Communities of skills that are used with the same other skills: the Louvain method (Blondel, Guillaume,
 * Lambiotte & Lefebvre, J. Stat. Mech. P10008, 2008) on a graph with an edge from each skill to the 20 most
 * similar ones by co-use. Skills without such edges are in no community.
 * @param random numbers from 0 to below 1, for the order in which the method visits skills
 * @returns those of two members or more, the largest first
 */
export function communitiesOf(coUse: readonly (readonly Scored[])[], random: () => number): Members[] {
  const graph = graphOf(coUse)
  if (graph.size === 0) return []
  const labels = louvain(graph, { getEdgeWeight: 'weight', rng: random })
  const groups = Map.groupBy(graph.nodes(), (node) => labels[node])
  const communities = [...groups.values()].map((nodes) => nodes.map(Number).sort((a, b) => a - b))
  return communities.filter(({ length }) => length >= 2).sort((a, b) => b.length - a.length || a[0]! - b[0]!)
}

function graphOf(coUse: readonly (readonly Scored[])[]): UndirectedGraph {
  const graph = new UndirectedGraph()
  for (const [number, row] of coUse.entries())
    for (const { number: other, score } of nearest(row)) {
      graph.mergeNode(String(number))
      graph.mergeNode(String(other))
      graph.mergeEdge(String(number), String(other), { weight: score })
    }
  return graph
}

function nearest(row: readonly Scored[]): Scored[] {
  return row
    .filter(({ score }) => score >= SCORE_MIN)
    .sort((a, b) => b.score - a.score || a.number - b.number)
    .slice(0, EDGES_MAX)
}
