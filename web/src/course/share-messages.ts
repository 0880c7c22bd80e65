import { area } from '../i18n/area'

const zh = {
  'share.title': '分享课程',
  'share.picture': '分享卡片：{title}，{hours} 学时，讲师 {names}，含课程二维码',
  'share.scan': '扫码查看课程',
  'share.by': '讲师 {names}',
  'share.system': '分享…',
  'share.save': '保存图片',
  'share.copy': '复制链接',
  'share.copied': '链接已复制。',
  'share.link': '课程链接',
  'share.linkHint': '链接里没有您的任何信息。',
  'share.failed': '没有成功，请保存图片，或选中链接自行复制。',
} as const

const en: Record<keyof typeof zh, string> = {
  'share.title': 'Share this course',
  'share.picture': 'Card: {title}, {hours} hours, by {names}, with a QR code of the course',
  'share.scan': 'Scan to see the course',
  'share.by': 'By {names}',
  'share.system': 'Share…',
  'share.save': 'Save picture',
  'share.copy': 'Copy link',
  'share.copied': 'The link was copied.',
  'share.link': 'Link of the course',
  'share.linkHint': 'Nothing about you is in the link.',
  'share.failed': 'That did not work: save the picture, or select the link and copy it.',
}

export const t = area(zh, en)
