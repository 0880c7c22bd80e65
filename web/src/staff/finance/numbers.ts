/** A 发票号码 of 20 digits, or of an earlier invoice 发票代码 and its 8 digits. */
export const INVOICE_NUMBER = /^(\d{20}|(\d{10}|\d{12})-\d{8})$/
