declare module 'uqr' {
  /** A QR code as SVG. `border` is the quiet zone around it, in squares. */
  export function renderSVG(content: string, options?: { border?: number }): string
}
