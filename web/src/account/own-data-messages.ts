import { area } from '../i18n/area'

const zh = {
  'own.title': '我的数据与账号',
  'own.lead': '下载我们保存的关于您的全部信息，或永久删除账号。',
  'own.copy': '下载我的数据',
  'own.copyText':
    '目录、学时、订单与观看四个服务保存的关于您的全部信息，以及待确认证书的照片，存为一个 JSON 文件。请妥善保管。',
  'own.copied': '已保存到您的下载目录。',
  'own.delete': '删除我的账号',
  'own.deleteText': '确认后立即删除，不能撤销或恢复，也没有等待期。建议先下载一份您的数据。',
  'own.goes': '将删除',
  'own.goes.profile': '个人资料、实名、证书编号与照片',
  'own.goes.signIn': '手机号、邮箱、微信与密码；所有登录都会结束',
  'own.goes.words': '您写的笔记、收藏，以及评价、举报与咨询中的文字和署名',
  'own.goes.names': '学时证明上的姓名：PDF 不再提供，凭编号仍可查验学时是否有效',
  'own.lost': '您将失去',
  'own.lost.membership': '会员权益与已购课程：以后不能再用，也不因删除而退款',
  'own.lost.hours': '尚未申报的学时：已提交但未送出的申报会撤回，请先申报',
  'own.lost.orders': '进行中的订单、退款和发票：之后您看不到进展，未开具的发票会取消，请先办完',
  'own.stays': '将保留',
  'own.stays.ledger': '学时账、观看记录与工作人员的操作日志：只有一个不再指向任何人的编号，用于证明学时账没有被改动',
  'own.stays.batches': '已送交认证机构的申报：认证机构有自己的记录',
  'own.stays.orders': '订单，以及已开具的发票（含抬头）：税法要求保存',
  'own.stays.certificate': '已确认证书编号的加密摘要：同一编号不能用于新账号',
  'own.stays.backups': '备份：最多 35 天',
  'own.recent': '删除前须在十分钟内登录过，以确认是您本人。',
  'own.again': '重新登录',
  'own.type': '请输入“{word}”以确认',
  'own.word': '删除账号',
  'own.wrong': '与要求输入的文字不符',
  'own.confirm': '永久删除账号',
  'own.done': '账号已删除',
  'own.doneText': '您已退出登录，其余信息正在删除。此手机号或邮箱以后可以注册新账号。',
} as const

const en: Record<keyof typeof zh, string> = {
  'own.title': 'My data and account',
  'own.lead': 'Download all that we hold about you, or delete your account for good.',
  'own.copy': 'Download my data',
  'own.copyText':
    'All that the four services (catalogue, hours, orders and watching) hold about you, with the pictures of certificates that wait, as one JSON file. Keep it in a safe place.',
  'own.copied': 'Saved to your downloads.',
  'own.delete': 'Delete my account',
  'own.deleteText':
    'It happens at once and cannot be undone; there is no time to think again. Download your data first.',
  'own.goes': 'What is deleted',
  'own.goes.profile': 'Your profile, real name, the numbers of your certificates and their pictures',
  'own.goes.signIn': 'Your phone number, e-mail address, WeChat and password; everything signed in is signed out',
  'own.goes.words': 'Your notes and favourites, and your words and name in reviews, reports and enquiries',
  'own.goes.names':
    'The name on certificates of completion: there is no PDF any more, and their numbers still say whether the hours stand',
  'own.lost': 'What you lose',
  'own.lost.membership': 'Your membership and the courses you bought: they cannot be used, and are not refunded for it',
  'own.lost.hours':
    'Hours that are not declared yet; what was submitted and has not left is withdrawn. Declare them first',
  'own.lost.orders':
    'Orders, refunds and invoices under way: you will not see how they end, and invoices not yet issued are cancelled. Finish them first',
  'own.stays': 'What stays, and why',
  'own.stays.ledger':
    'The ledger of hours, records of watching and the log of what staff did, under an id that leads to nobody: they prove that nothing was changed',
  'own.stays.batches': 'What was handed to the certifying body, which keeps its own record',
  'own.stays.orders': 'Orders, and invoices that were issued, with whom they name: tax law has them kept',
  'own.stays.certificate': 'A keyed hash of confirmed certificate numbers: none serves for a new account',
  'own.stays.backups': 'Backups, for 35 days at most',
  'own.recent': 'You must have signed in within ten minutes, which proves that it is you.',
  'own.again': 'Sign in again',
  'own.type': 'Type “{word}” to confirm',
  'own.word': 'delete my account',
  'own.wrong': 'That is not what you were asked to type',
  'own.confirm': 'Delete my account for good',
  'own.done': 'Your account is deleted',
  'own.doneText':
    'You are signed out, and the rest is being deleted. Your number or address may begin a new account later.',
}

export const t = area(zh, en)
