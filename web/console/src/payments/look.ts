/** How an instruction looks: what has to be noticed. */
import type { JudgedDay, PaymentInstruction } from '@huixiang/api'

import { DAY_MS } from '../days'

export const stateChip = ({ state }: PaymentInstruction): string => ({ sent: '', failed: 'bad', confirmed: '', voided: 'dull' })[state]

export const outcomeChip = ({ outcome }: JudgedDay): string => ({ missing: 'bad', differs: 'warm', agrees: '' })[outcome]

/** Open for over a day, as the reconciliation counts it. */
export const isLate = ({ state, sent_at }: PaymentInstruction): boolean =>
  (state === 'sent' || state === 'failed') && Date.now() - Date.parse(sent_at) > DAY_MS
