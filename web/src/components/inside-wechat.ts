/** Whether this is WeChat's own browser, where nothing is scanned, and where other pages to pay on do not open. */
export const isInsideWeChat = (): boolean => /MicroMessenger/i.test(navigator.userAgent)
