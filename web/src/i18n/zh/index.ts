import { account } from './account'
import { core } from './core'
import { learning } from './learning'
import { shop } from './shop'
import { staff } from './staff'

/** Every message, by area of the product: one file for each, so that areas can grow side by side. */
export const zh = { ...core, ...account, ...learning, ...shop, ...staff } as const

export type Key = keyof typeof zh
