// Prints the gzip size of what the first page loads (entry script, what it imports statically, and their styles)
// and fails above the budget.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const BUDGET_KB = 120
const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))

function filesOf(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk || seen.has(chunk.file)) return seen
  seen.add(chunk.file)
  for (const style of chunk.css ?? []) seen.add(style)
  for (const imported of chunk.imports ?? []) filesOf(imported, seen)
  return seen
}

// The home page is loaded lazily, but it is what a visitor sees first, so it counts.
const first = filesOf('src/home/HomePage.vue', filesOf('index.html'))
let total = 0
for (const file of first) {
  const size = gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length / 1000
  total += size
  console.log(`${size.toFixed(1).padStart(7)} kB gzip  ${file}`)
}
console.log(`${total.toFixed(1).padStart(7)} kB gzip  initial load (budget ${BUDGET_KB} kB)`)
if (total > BUDGET_KB) {
  console.error(`The initial load is ${(total - BUDGET_KB).toFixed(1)} kB over its budget: load something lazily.`)
  process.exit(1)
}
