/** A message with its {parameters} filled in; {count|hour|hours} is the first word for one and the second for more. */
export function fill(message: string, parameters: Record<string, string | number>): string {
  return message.replace(/\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g, (whole, name: string, one?: string, more?: string) => {
    const value = parameters[name]
    if (one !== undefined && more !== undefined) return Number(value) === 1 ? one : more
    return String(value ?? whole)
  })
}
