import type { Key } from '../zh'
import { account } from './account'
import { core } from './core'
import { learning } from './learning'
import { shop } from './shop'
import { staff } from './staff'

export const en: Record<Key, string> = { ...core, ...account, ...learning, ...shop, ...staff }
