import { area } from '../../i18n/area'

const zh = {
  'access.title': '账号安全',
  'access.lead': '同事丢失设备又没有恢复代码时，重置其两步验证。',
  'access.email': '同事的登录邮箱',
  'access.emailMissing': '请填写邮箱',
  'access.reset': '重置两步验证',
  'access.dialog': '重置 {email} 的两步验证',
  'access.follows':
    '对方的所有登录会立即结束，密码作废；系统会把设置新密码的验证码寄到该邮箱。请先用其他方式确认是本人。',
  'access.done': '已重置。新密码的验证码已寄给对方。',
  'access.auditHint': '理由会记入审计日志。',
} as const

const en: Record<keyof typeof zh, string> = {
  'access.title': 'Account security',
  'access.lead': 'For a colleague who has lost the device and has no recovery codes: reset the second factor.',
  'access.email': 'Your colleague’s e-mail address',
  'access.emailMissing': 'Enter an e-mail address',
  'access.reset': 'Reset the second factor',
  'access.dialog': 'Reset the second factor of {email}',
  'access.follows':
    'All their sign-ins end at once and the password becomes worthless; a code for a new one goes to that address. Make sure by other means that it is really them.',
  'access.done': 'It is reset. A code for a new password was mailed.',
  'access.auditHint': 'The reason is kept in the audit log.',
}

export const t = area(zh, en)
