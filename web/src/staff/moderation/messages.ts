import { area } from '../../i18n/area'

const zh = {
  'moderation.title': '评价审核',
  'moderation.lead': '被学员举报的评价，最新的评价在前。隐藏后只有作者本人能看到，并能看到您的理由。',
  'moderation.state': '状态',
  'moderation.state.waiting': '待处理',
  'moderation.state.decided': '近 30 天已处理',
  'moderation.empty.waiting': '没有待处理的举报。',
  'moderation.emptyNext.waiting': '有学员举报评价时会出现在这里。',
  'moderation.empty.decided': '近 30 天没有处理过举报。',
  'moderation.emptyNext.decided': '处理过的评价会在这里保留 30 天，可以改变决定。',
  'moderation.reports': '{count} 次举报，最近的理由：{reason}',
  'moderation.reportedAt': '最近举报于 {time}',
  'moderation.course': '课程页',
  'moderation.isHidden': '已隐藏',
  'moderation.hide': '隐藏评价',
  'moderation.keep': '保留评价',
  'moderation.show': '恢复显示',
  'moderation.done.hide': '已隐藏“{name}”的评价，作者会看到您的理由。',
  'moderation.done.keep': '已保留“{name}”的评价。',
  'moderation.done.show': '“{name}”的评价已恢复显示。',
  'moderation.authorReads': '作者会读到这段理由，同时记入审计日志。',
  'moderation.auditHint': '理由会记入审计日志。',
} as const

const en: Record<keyof typeof zh, string> = {
  'moderation.title': 'Moderation of reviews',
  'moderation.lead':
    'Reviews that learners reported, the newest review first. A hidden review is seen by its author alone, with your reason.',
  'moderation.state': 'State',
  'moderation.state.waiting': 'Waiting',
  'moderation.state.decided': 'Decided in 30 days',
  'moderation.empty.waiting': 'No report waits.',
  'moderation.emptyNext.waiting': 'Reviews that learners report appear here.',
  'moderation.empty.decided': 'Nothing was decided in the last 30 days.',
  'moderation.emptyNext.decided': 'What was decided stays here for 30 days, and can be decided anew.',
  'moderation.reports': 'Reports: {count}; the last one because: {reason}',
  'moderation.reportedAt': 'Last reported {time}',
  'moderation.course': 'Course page',
  'moderation.isHidden': 'Hidden',
  'moderation.hide': 'Hide the review',
  'moderation.keep': 'Keep the review',
  'moderation.show': 'Show it again',
  'moderation.done.hide': 'The review by {name} is hidden; its author reads your reason.',
  'moderation.done.keep': 'The review by {name} stays.',
  'moderation.done.show': 'The review by {name} is shown again.',
  'moderation.authorReads': 'The author reads this; it is kept in the audit log too.',
  'moderation.auditHint': 'The reason is kept in the audit log.',
}

export const t = area(zh, en)
