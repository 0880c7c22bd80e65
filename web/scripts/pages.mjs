// Pages that are written in docs/ as Markdown: `import { html, headings } from '….md'`, made as the client is built.
import { Marked } from 'marked'

/** Where the documents that a page leads to are on the site. */
const LEADS = {
  '../openapi/xueshi.json': '/developers/api',
  '../errors.md': '#codes',
  '../evidence-format.md': '/check',
}

/** Ids of headings are their numbers, so that both languages have the same. */
function rendered(markdown) {
  const headings = []
  const heading = function ({ depth, tokens }) {
    const text = this.parser.parseInline(tokens)
    if (depth === 1) return ''
    const id = `part-${headings.length + 1}`
    headings.push({ id, depth, text })
    return `<h${depth} id="${id}">${text}</h${depth}>\n`
  }
  // What scrolls sideways on a phone is reached with the keyboard. Answers of the service have Chinese in them.
  const code = ({ text, lang = '' }) => {
    const spoken = /\p{Script=Han}/u.test(text) ? ' lang="zh-CN"' : ''
    return `<pre tabindex="0"${spoken}><code class="${lang.split(' ')[0]}">${escaped(text)}</code></pre>\n`
  }
  const link = function ({ href, tokens }) {
    if (!(href in LEADS)) throw new Error(`${href} is nowhere on the site: scripts/pages.mjs`)
    return `<a href="${LEADS[href]}">${this.parser.parseInline(tokens)}</a>`
  }
  const html = new Marked({ renderer: { heading, code, link } }).parse(markdown)
  return { html, headings }
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The plugin of vite. */
export function pages() {
  return {
    name: 'pages',
    transform(source, id) {
      if (!id.endsWith('.md')) return null
      const { html, headings } = rendered(source)
      const code = `export const html = ${JSON.stringify(html)}\nexport const headings = ${JSON.stringify(headings)}\n`
      return { code, map: null }
    },
  }
}
