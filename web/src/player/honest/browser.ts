// What the client's modules expect of a browser when they are loaded. Imported before them.

const nothing = { getItem: () => null, setItem: () => undefined, removeItem: () => undefined }
Object.assign(globalThis, { localStorage: nothing, sessionStorage: nothing, document: { documentElement: {} } })
