import type { FastifySwaggerUiOptions } from '@fastify/swagger-ui'

/** The page at `/docs`, with the name of its service in the title and in the header. */
export function docsPage(title: string): FastifySwaggerUiOptions {
  return {
    routePrefix: '/docs',
    staticCSP: true,
    theme: {
      title: `${title} API`,
      favicon: [{ filename: 'icon.svg', rel: 'icon', type: 'image/svg+xml', sizes: 'any', content: ICON }],
    },
    logo: { type: 'image/svg+xml', content: nameAsImage(title) },
  }
}

const FONT = 'font-family="system-ui, sans-serif" font-weight="600" fill="#fff"'
/** More than an average letter of the font is wide at this size, so that no name is cut. */
const LETTER_WIDTH = 16

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="6" fill="#1b1b1b"/>
<text x="16" y="23" text-anchor="middle" font-size="20" ${FONT}>S</text></svg>`

/** The header of the page takes an image only. @param title letters and spaces */
function nameAsImage(title: string): string {
  const width = title.length * LETTER_WIDTH
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} 40" width="${width}" height="40">
<text x="0" y="28" font-size="24" ${FONT}>${title}</text></svg>`
}
