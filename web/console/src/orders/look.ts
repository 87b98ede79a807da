/** How an order looks: what has to be noticed. */
import type { MyOrder } from '@huixiang/api'

/** So long after it was placed an order should be done. */
export const LATE_DAYS = 3

export const stateChip = (state: MyOrder['state']): string => ({ placed: '', fulfilled: '', completed: '', refunded: 'warm', cancelled: 'dull' })[state]

export const paymentChip = (payment: NonNullable<MyOrder['payment']>): string => ({ due: 'warm', paid: '', none: 'dull' })[payment]
