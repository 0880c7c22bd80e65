import type { components } from '@xueshi/client/catalog'
import { pick } from '../i18n'
import { area } from '../i18n/area'

/** How the chip of each status looks. */
export const STATUS_TONES: Record<components['schemas']['EnquiryLine']['status'], string> = {
  open: 'gold',
  answered: 'good',
  closed: 'plain',
}

const zh = {
  'support.title': '客服',
  'support.lead': '课程、会员、订单或学时有问题，都可以在这里问。回复会出现在同一个会话里。',
  'support.about': '关于课程：',
  'support.ask': '提问',
  'support.subject': '主题',
  'support.subjectMissing': '请写一个简短的主题。',
  'support.text': '内容',
  'support.textMissing': '请写下您的问题。',
  'support.privacy': '请不要在这里填写密码或完整的证件号码。',
  'support.send': '发送',
  'support.own': '我的咨询',
  'support.empty': '还没有咨询。',
  'support.emptyNext': '在上方提问，客服会在这里答复。',
  'support.signIn': '登录后提问',
  'support.signInWhy': '登录后提问，回复只有您和客服能看到。',
  'support.status.open': '待答复',
  'support.status.answered': '已答复',
  'support.status.closed': '已结束',
  'support.unread': '{count} 条新消息',
  'support.count': '{count} 条消息 · {time}',
  'support.back': '返回列表',
  'support.you': '我',
  'support.staff': '客服',
  'support.learner': '学员',
  'support.reply': '继续留言',
  'support.close': '结束咨询',
  'support.closeHint': '例如：问题已解决。',
  'support.reopens': '此咨询已结束；再次留言会重新打开。',
  'desk.title': '咨询与客服',
  'desk.lead': '待答复的按等待时间排列，等得最久的在前。',
  'desk.status': '状态',
  'desk.empty': '没有这一状态的咨询。',
  'desk.reply': '答复学员',
  'desk.replyMissing': '请写下答复。',
  'desk.closeHint': '例如：问题已解决。会记入审计日志，学员不会看到。',
} as const

const en: Record<keyof typeof zh, string> = {
  'support.title': 'Customer service',
  'support.lead': 'Ask about courses, membership, orders or hours. Answers appear in the same thread.',
  'support.about': 'About the course: ',
  'support.ask': 'Ask',
  'support.subject': 'Subject',
  'support.subjectMissing': 'Give it a short subject.',
  'support.text': 'Your question',
  'support.textMissing': 'Write your question.',
  'support.privacy': 'Do not write passwords or whole identity numbers here.',
  'support.send': 'Send',
  'support.own': 'My questions',
  'support.empty': 'No questions yet.',
  'support.emptyNext': 'Ask above; customer service answers here.',
  'support.signIn': 'Sign in to ask',
  'support.signInWhy': 'Sign in to ask; only you and customer service see the answers.',
  'support.status.open': 'Waiting',
  'support.status.answered': 'Answered',
  'support.status.closed': 'Closed',
  'support.unread': '{count} new',
  'support.count': '{count} {count|message|messages} · {time}',
  'support.back': 'Back to the list',
  'support.you': 'Me',
  'support.staff': 'Customer service',
  'support.learner': 'Learner',
  'support.reply': 'Add a message',
  'support.close': 'End the enquiry',
  'support.closeHint': 'Such as: this is settled.',
  'support.reopens': 'This is closed; another message opens it again.',
  'desk.title': 'Enquiries',
  'desk.lead': 'Open ones first by how long they have waited.',
  'desk.status': 'Status',
  'desk.empty': 'No enquiry has this status.',
  'desk.reply': 'Answer the learner',
  'desk.replyMissing': 'Write your answer.',
  'desk.closeHint': 'Such as: this is settled. Kept in the audit log; the learner does not read it.',
}

export const t = area(zh, en)

type Of = Pick<components['schemas']['EnquiryLine'], 'course_title' | 'course_title_en'>

/** What the course was called that an enquiry is about; null: of none, or it was not kept then. */
export function titleOf(enquiry: Of): string | null {
  return enquiry.course_title && pick(enquiry.course_title, enquiry.course_title_en)
}
