/** The exact sum of decimals that are text, such as "1.5"; hours never become a float. */
export function sum(decimals: string[]): string {
  const places = Math.max(0, ...decimals.map((decimal) => decimal.split('.')[1]?.length ?? 0))
  const scaled = decimals.map((decimal) => {
    const [whole = '0', fraction = ''] = decimal.split('.')
    return BigInt(whole + fraction.padEnd(places, '0'))
  })
  const total = scaled
    .reduce((all, one) => all + one, 0n)
    .toString()
    .padStart(places + 1, '0')
  return places === 0 ? total : `${total.slice(0, -places)}.${total.slice(-places)}`
}

/** Whether a decimal that is text is nothing. */
export function isZero(decimal: string): boolean {
  return !/[1-9]/.test(decimal)
}
