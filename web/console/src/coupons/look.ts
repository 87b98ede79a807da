/** How batches look: what has to be noticed. */
import type { CodeBatch } from '@huixiang/api'

export const batchChip = (state: CodeBatch['state']): string =>
  ({ waiting: 'warm', ready: '', handing: 'warm', handed: '', refused: 'dull', voided: 'dull' })[state]
