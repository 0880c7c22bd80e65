import { area } from '../../i18n/area'

const zh = {
  'moderation.title': '评价审核',
  'moderation.lead': '被举报、等待处理的评价，最近举报的在前。隐藏后只有作者本人能看到，并能看到您的理由。',
  'moderation.empty': '没有待处理的举报。',
  'moderation.emptyNext': '有学员举报评价时会出现在这里。',
  'moderation.reports': '{count} 次举报，最近的理由：{reason}',
  'moderation.reportedAt': '最近举报于 {time}',
  'moderation.course': '课程页',
  'moderation.hide': '隐藏评价',
  'moderation.keep': '保留评价',
  'moderation.hidden': '已隐藏“{name}”的评价，作者会看到您的理由。',
  'moderation.kept': '已保留“{name}”的评价。',
  'moderation.hint': '理由会记入审计日志；隐藏时作者也会看到。',
} as const

const en: Record<keyof typeof zh, string> = {
  'moderation.title': 'Moderation of reviews',
  'moderation.lead':
    'Reviews that were reported and wait, the latest report first. A hidden review is seen by its author alone, with your reason.',
  'moderation.empty': 'No report waits.',
  'moderation.emptyNext': 'Reviews that learners report appear here.',
  'moderation.reports': 'Reports: {count}; the last one because: {reason}',
  'moderation.reportedAt': 'Last reported {time}',
  'moderation.course': 'Course page',
  'moderation.hide': 'Hide the review',
  'moderation.keep': 'Keep the review',
  'moderation.hidden': 'The review by {name} is hidden; its author reads your reason.',
  'moderation.kept': 'The review by {name} stays.',
  'moderation.hint': 'Goes into the audit log; the author of a hidden review reads it too.',
}

export const t = area(zh, en)
