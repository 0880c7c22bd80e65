// What WeChat's own browser puts into every page, through which a page asks for a payment.

/** What the payer did, as the bridge says; whether anything was paid, the server knows. 'missing': there is no bridge. */
export type Said = 'ok' | 'cancel' | 'fail' | 'missing'

interface Bridge {
  invoke: (name: string, parameters: Record<string, string>, answered: (answer: { err_msg: string }) => void) => void
}

declare global {
  interface Window {
    WeixinJSBridge?: Bridge
  }
}

const READY = 'WeixinJSBridgeReady'
const PATIENCE_MS = 5_000

/** Has WeChat ask for a payment, by the parameters that the server signed. */
export async function askBridge(parameters: Record<string, string>): Promise<Said> {
  const bridge = await readyBridge()
  if (!bridge) return 'missing'
  return new Promise((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg: said }) => {
      const word = said.split(':')[1]
      resolve(word === 'ok' || word === 'cancel' ? word : 'fail')
    })
  })
}

/** The bridge, which may come a moment after the page. */
function readyBridge(): Promise<Bridge | undefined> {
  if (window.WeixinJSBridge) return Promise.resolve(window.WeixinJSBridge)
  return new Promise((resolve) => {
    const look = (): void => resolve(window.WeixinJSBridge)
    document.addEventListener(READY, look, { once: true })
    setTimeout(look, PATIENCE_MS)
  })
}
