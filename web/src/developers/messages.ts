import { area } from '../i18n/area'

const zh = {
  'developers.title': '开发者指南',
  'developers.reference': 'API 参考',
  'developers.reference.lead': '由服务自身的代码生成，与正在运行的版本一致。内容为英文。',
  'developers.services': '服务',
  'developers.catalog': '课程 catalog',
  'developers.orders': '订单 orders',
  'developers.playback': '观看 playback',
  'developers.credits': '学时 credits',
  'developers.document': 'OpenAPI 文档（JSON）',
  'developers.codes': '错误代码',
  'developers.codes.all': '所有服务',
}

const en: Record<keyof typeof zh, string> = {
  'developers.title': 'Developer guide',
  'developers.reference': 'API reference',
  'developers.reference.lead': 'Made from the code of the services themselves, as they run.',
  'developers.services': 'Services',
  'developers.catalog': 'catalog',
  'developers.orders': 'orders',
  'developers.playback': 'playback',
  'developers.credits': 'credits',
  'developers.document': 'OpenAPI document (JSON)',
  'developers.codes': 'Error codes',
  'developers.codes.all': 'Every service',
}

export const t = area(zh, en)
