import type { staff as zh } from '../zh/staff'

export const staff: Record<keyof typeof zh, string> = {
  'staff.title': 'Workbench',
  'staff.lead': 'Listed by your roles; the server checks and records every step.',
  'staff.roles': 'Your roles',
  'staff.none': 'No tool is open to you.',
  'staff.noneNext': 'Ask an administrator to add your account to the right group, then sign in again.',
  'staff.role.editor': 'Editor',
  'staff.role.reviewer': 'Reviewer',
  'staff.role.finance': 'Finance',
  'staff.role.auditor': 'Auditor',
  'staff.role.records': 'Records',
  'staff.role.administrator': 'Administrator',
  'staff.role.moderator': 'Moderator',
  'staff.role.support': 'Support',
}
