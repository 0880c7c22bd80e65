import { area } from '../i18n/area'

const zh = {
  'proof.lead': '完整看完一门课、确认每一次互动，学时才会入账。这由服务器判断，每一步都有记录，事后谁都可以核对。',
  'proof.whole': '只认完整观看',
  'proof.whole.text': '从头到尾都看到才算完成。回看随时可以；向前跳过的部分不计，也不能用更快的播放换来更多学时。',
  'proof.prompts': '随机出现的互动',
  'proof.prompts.text':
    '共有几次，开始前就会告诉您；何时出现，谁也无法提前知道。互动会一直等您，没有倒计时，确认之后接着看。有的课程会顺便问一个问题。',
  'proof.clock': '时间由服务器计',
  'proof.clock.text':
    '浏览器只报告看到哪里，能计多少由服务器的时钟决定。同一时间只能学习一门课；断网或换设备，已保存的进度都不会丢。',
  'proof.signed': '每一步都有签名',
  'proof.signed.text':
    '开始、互动、暂停和完成，都写入环环相扣的签名记录。完成之后封存为证据包，至少保存五年，删改任何一处都会被发现。',
  'proof.ledger': '每一笔都说得清',
  'proof.ledger.text':
    '每张证书分别计算：计入、暂存还是不计，都写明原因和下一步。更正不会抹去原来的记录，只会新增一笔。',
  'proof.checked': '任何人都能查验',
  'proof.checked.text':
    '每份学时证书都有编号和二维码，凭它可以知道证书今天是否有效。审核机构凭公开密钥可以离线核对证据包，不需要经过我们。',
  'proof.keys': '公开密钥（JWK）',
}

const en: Record<keyof typeof zh, string> = {
  'proof.lead':
    'Hours are awarded for a course that was watched to the end with every prompt confirmed. The server decides, every step is recorded, and anybody can check it later.',
  'proof.whole': 'Only a whole watch counts',
  'proof.whole.text':
    'A course is complete when all of it was watched. Go back as often as you like; what was skipped does not count, and playing faster earns nothing extra.',
  'proof.prompts': 'Prompts at random moments',
  'proof.prompts.text':
    'How many there are is said before you start; when they come, nobody can know. A prompt waits for you without a countdown, and watching goes on once it is confirmed. Some courses ask a question with it.',
  'proof.clock': 'The server keeps the time',
  'proof.clock.text':
    'The browser only reports where you are; how much counts is decided by the server’s clock. One course at a time. What was saved survives a lost network and a change of device.',
  'proof.signed': 'Every step is signed',
  'proof.signed.text':
    'Starts, prompts, pauses and completions go into a chain of signed records. A complete watch is sealed as an evidence pack and kept for at least five years; any change to it shows.',
  'proof.ledger': 'Every entry is explained',
  'proof.ledger.text':
    'Each certificate is counted by itself: awarded, held or not counted, with the reason and what to do. A correction never erases an entry; it adds one.',
  'proof.checked': 'Anybody can verify',
  'proof.checked.text':
    'Each certificate of completion has a code and a QR code that tell whether it stands today. Auditors verify evidence packs offline with our public keys, without asking us.',
  'proof.keys': 'Public keys (JWK)',
}

export const t = area(zh, en)
