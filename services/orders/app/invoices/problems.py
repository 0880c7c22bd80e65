"""Refusals about invoices."""

from services.kit.problems import conflict, declared_in, not_found, unprocessable

INVOICE_NOT_FOUND = not_found(
    "INVOICE_NOT_FOUND",
    "没有这张发票。",
    "There is no such invoice.",
    "请从订单中查看其发票。",
    "Look at the order's invoices.",
)
INVOICE_TOO_MUCH = conflict(
    "INVOICE_TOO_MUCH",
    "超出此订单可开票的金额（已付减已退减已开），见 left_fen；未作任何更改。",
    "More than can be invoiced of the order: paid less refunded less invoiced (`left_fen`); nothing was changed.",
    "请按不超过 left_fen 的金额申请；已退款的订单须先红冲原发票。",
    "Ask for `left_fen` at most; where the order was refunded, its invoice is red-lettered first.",
)
INVOICES_TOO_MANY = conflict(
    "INVOICES_TOO_MANY",
    "此订单申请发票的次数已达上限；未作任何更改。",
    "As many invoices were requested for this order as there can be; nothing was changed.",
    "请联系客服处理。",
    "Write to support.",
)
TITLE_UNREADABLE = unprocessable(
    "TITLE_UNREADABLE",
    "抬头含有看不见或改变文字方向的字符；未作任何更改。",
    "The title has characters that cannot be seen or that turn the direction of the text; nothing was changed.",
    "请手工输入抬头后重试。",
    "Type the title by hand and try again.",
)
TAX_ID_WRONG = unprocessable(
    "TAX_ID_WRONG",
    "税号无效：应为 18 位统一社会信用代码（含校验位），或个体工商户以身份证号登记的税号；未作任何更改。",
    "The tax id is neither a valid unified social credit code (18 characters with a check character) nor a sole "
    "trader's by identity number; nothing was changed.",
    "请对照营业执照检查后重试；个人抬头不填税号。",
    "Compare it with the business licence; leave it out for a person.",
)
INVOICE_SPECIAL_FOR_COMPANIES = unprocessable(
    "INVOICE_SPECIAL_FOR_COMPANIES",
    "增值税专用发票只能开给有税号的企业；未作任何更改。",
    "A special VAT invoice is for companies with a tax id only; nothing was changed.",
    "请填写企业抬头和税号，或改选普通发票。",
    "Give a company and its tax id, or choose an ordinary invoice.",
)
INVOICE_PAST_THIS = conflict(
    "INVOICE_PAST_THIS",
    "这张发票目前的状态不允许此操作，见 invoice_status；未作任何更改。",
    "This cannot be done to the invoice as it stands (`invoice_status`); nothing was changed.",
    "请刷新后查看发票状态。",
    "Look at how it stands now.",
)
INVOICE_RED_LETTER_FIRST = conflict(
    "INVOICE_RED_LETTER_FIRST",
    "这张发票用于更正另一张已开具的发票，原发票尚未红冲；未作任何更改。",
    "This invoice corrects another one, which is not red-lettered yet; nothing was changed.",
    "请先红冲原发票（见 corrects），再开具这一张。",
    "Red-letter the invoice named in `corrects` first, then issue this one.",
)
INVOICE_RED_LETTER_WRONG = conflict(
    "INVOICE_RED_LETTER_WRONG",
    "红字发票的金额不是目前应红冲的金额（见 red_due_fen）；未作任何更改。",
    "The red letter's amount is not what is to be red-lettered now (`red_due_fen`); nothing was changed.",
    "请刷新后核对；若红字发票已按全部金额开具，请先登记换开，再登记红冲。",
    "Look again. If the whole was red-lettered at the tax authority, ask for a correction first: it needs all of it.",
)
INVOICE_NUMBER_TAKEN = conflict(
    "INVOICE_NUMBER_TAKEN",
    "这个发票号码已被另一张发票或红字发票使用；未作任何更改。",
    "Another invoice or red letter has this number; nothing was changed.",
    "请对照税务系统核对号码后重试。",
    "Compare the number with the tax authority's system, then try again.",
)
INVOICE_NUMBER_UNKNOWN = conflict(
    "INVOICE_NUMBER_UNKNOWN",
    "这张发票及其红字发票没有此号码，见 numbers；未作任何更改。",
    "Neither the invoice nor a red letter of it has this number (`numbers` has those that they have); nothing was "
    "changed.",
    "请刷新后核对要更正的号码。",
    "Look again which number is to be corrected.",
)
INVOICE_CODE_MISSING = unprocessable(
    "INVOICE_CODE_MISSING",
    "8 位发票号码须连同发票代码填写；未作任何更改。",
    "An invoice number of 8 digits is one only with its invoice code; nothing was changed.",
    "数电票请填 20 位号码；旧版发票请填“发票代码-发票号码”，例如 011002300411-12345678。",
    "Give the 20 digits of a digital invoice, or code and number of an earlier one, such as 011002300411-12345678.",
)
INVOICE_FILE_MISSING = conflict(
    "INVOICE_FILE_MISSING",
    "没有找到与此校验和、大小一致的 PDF 文件；未作任何更改。",
    "There is no PDF of this checksum and size; nothing was changed.",
    "请先上传发票 PDF，再确认开具。",
    "Upload the invoice's PDF first, then confirm it.",
)
INVOICE_NOT_ISSUED = conflict(
    "INVOICE_NOT_ISSUED",
    "这张发票尚未开具，还不能下载。",
    "This invoice is not issued yet and cannot be downloaded.",
    "开具后请再来下载。",
    "Come back once it is issued.",
)
PERSON_ERASED = conflict(
    "PERSON_ERASED",
    "该账号的个人信息已按申请删除，不能再申请发票；未作任何更改。",
    "This person's data was erased on request, so no invoice can be requested any more; nothing was changed.",
    "如仍需发票，请联系客服。",
    "Write to support if you still need one.",
)

INVOICE_PROBLEMS = declared_in(globals())
