/** How an order looks: what has to be noticed. */
import type { MyOrder } from '@huixiang/api'

export const stateChip = (state: MyOrder['state']): string => ({ placed: '', fulfilled: '', completed: '', refunded: 'warm', cancelled: 'dull' })[state]

export const paymentChip = (payment: NonNullable<MyOrder['payment']>): string => ({ due: 'warm', paid: '', none: 'dull' })[payment]
